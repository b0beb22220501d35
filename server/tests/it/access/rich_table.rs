//! The table of the rich dialect: at least one row for each message of a client.

use std::collections::HashSet;

use parlor::message::{PageOf, RoomAt};
use parlor::{ClientId, ClientMessage, ErrorCode, RoomName};
use parlor_server::access::Action;

use super::table;

/// What decides about a message in a room, from a connection that has not tried to join the room, and from one that has.
///
/// - `enters`: whether the person may read the room; the answer to all others in a room that was not joined is
///   `not_in_room`;
/// - an action: what `may` decides about it;
/// - `lists`, `finds`: the answer contains the room exactly if the person may know of it;
/// - `fine`: it is about no room, or changes nothing of it;
/// - another word is the code of the refusal.
const TABLE: &str = "
| message         | not joined     | joined         |
|-----------------|----------------|----------------|
| hello           | enters         | hello_expected |
| post            | not_in_room    | Post           |
| edit            | not_in_room    | Change         |
| react           | not_in_room    | React          |
| delete          | not_in_room    | Change         |
| topic           | not_in_room    | SetTopic       |
| discard         | fine           | fine           |
| page            | not_in_room    | Read           |
| read            | not_in_room    | MarkRead       |
| unread          | not_in_room    | MarkRead       |
| typing          | not_in_room    | Type           |
| search          | not_in_room    | Read           |
| search all      | fine           | finds          |
| rooms           | lists          | lists          |
| away            | fine           | fine           |
| ping            | fine           | fine           |
| claim           | name_taken     | name_taken     |
| leave           | fine           | fine           |
| part            | fine           | fine           |
| join            | enters         | enters         |
";

/// What decides about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Enters,
    May(Action),
    Lists,
    Finds,
    Fine,
    Refused(ErrorCode),
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RichRow {
    pub(crate) message: &'static str,
    pub(crate) not_joined: Rule,
    pub(crate) joined: Rule,
}

impl RichRow {
    /// Whether the message names a room. Others are played once.
    pub(crate) fn has_room(self) -> bool {
        !matches!(self.message, "away" | "ping" | "claim" | "leave")
    }
}

pub(crate) fn rows() -> Vec<RichRow> {
    let rows = table::rows::<3>(TABLE).into_iter();
    rows.map(|[message, not_joined, joined]| RichRow { message, not_joined: rule(not_joined), joined: rule(joined) })
        .collect()
}

fn rule(cell: &str) -> Rule {
    match (cell, table::action(cell)) {
        (_, Some(action)) => Rule::May(action),
        ("enters", _) => Rule::Enters,
        ("lists", _) => Rule::Lists,
        ("finds", _) => Rule::Finds,
        ("fine", _) => Rule::Fine,
        (code, _) => Rule::Refused(serde_json::from_value(code.into()).unwrap()),
    }
}

/// The message of a row. `target` is the seq of the message that it is about, and `number` makes ids and texts unique.
pub(crate) fn message(row: RichRow, room: RoomName, target: u64, number: u64) -> ClientMessage {
    let client_id = ClientId::parse(&format!("cell-{number}")).unwrap();
    let (target_seq, text) = (target, format!("cell {number}"));
    let target = target_seq.into();
    let search = |room: Option<RoomName>| ClientMessage::Search {
        request: 0,
        room,
        words: "marker".to_owned(),
        time_zone: None,
        utc_offset_minutes: 0,
    };
    match row.message {
        "hello" => ClientMessage::Hello { token: None, rooms: vec![RoomAt { room, cursor: None }] },
        "post" => ClientMessage::post(room, client_id, text),
        "edit" => ClientMessage::Edit { room, client_id, target, body: text },
        "react" => ClientMessage::React { room, client_id, target, emoji: "👍".to_owned(), on: true },
        "delete" => ClientMessage::Delete { room, client_id, target },
        "topic" => ClientMessage::Topic { room, client_id, topic: text },
        "discard" => ClientMessage::Discard { room, client_id },
        "page" => ClientMessage::Page { room, request: 0, of: PageOf::After(0) },
        "read" => ClientMessage::Read { room, seq: 1 },
        "unread" => ClientMessage::Unread { room, seq: 1 },
        "typing" => ClientMessage::Typing { room },
        "search" => search(Some(room)),
        "search all" => search(None),
        "rooms" => ClientMessage::Rooms,
        "away" => ClientMessage::Away { away: true },
        "ping" => ClientMessage::Ping,
        "claim" => ClientMessage::Claim { name: "Owner".to_owned() },
        "leave" => ClientMessage::Leave,
        "part" => ClientMessage::Part { room },
        "join" => ClientMessage::Join(RoomAt { room, cursor: None }),
        other => panic!("not a message: {other}"),
    }
}

#[test]
fn every_message_of_a_client_has_a_row() {
    // Serde lists the types: "unknown variant ``, expected one of `hello`, `claim`, …".
    let error = serde_json::from_str::<ClientMessage>(r#"{"type":""}"#).unwrap_err().to_string();
    let (_, listed) = error.split_once("one of ").unwrap();
    let types: HashSet<_> = listed.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(types.len() >= 19, "{error}");
    let sent = rows().into_iter().map(|row| {
        let json = serde_json::to_value(message(row, RoomName::default(), 1, 1)).unwrap();
        let kind = json["type"].as_str().unwrap().to_owned();
        assert_eq!(row.message.split(' ').next(), Some(kind.as_str()));
        kind
    });
    assert_eq!(sent.collect::<HashSet<_>>(), types);
}

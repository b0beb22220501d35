//! Verification of the hash chain (invariant 11).

use parlor_server::engine::{Append, Operation};

use super::erasure::mentioned;
use super::records::{append_all_in, bo, delete, edit, post, react, room_named, submission};
use crate::support::engine::{ana, body};
use crate::support::fixture::{Fixture, append};

/// Changes of one event each, and its seq.
const CHANGES: [(&str, u64); 10] = [
    ("UPDATE messages SET body = 'message 9'", 1),
    ("UPDATE messages SET name = 'Bo'", 2),
    ("UPDATE messages SET digest = link", 3),
    ("UPDATE changes SET emoji = '🎉'", 4),
    ("UPDATE changes SET target = target - 1", 5),
    ("UPDATE messages SET reply_to = NULL", 6),
    ("DELETE FROM messages", 2),
    ("UPDATE changes SET kind = 'edited'", 7),
    ("UPDATE messages SET mentions = replace(mentions, 'bo', 'ana')", 8),
    ("UPDATE messages SET mentions = NULL", 8),
];

pub(super) async fn verification_finds_an_altered_dropped_or_moved_event(fixture: &impl Fixture) {
    let rooms: Vec<_> = (0..=CHANGES.len()).map(|number| room_named(&format!("room-{number}"))).collect();
    for room in &rooms {
        append_all_in(fixture, room, 1..=3).await;
        let mention = Operation::Post { body: body("@X"), mentions: Some(mentioned("bo")), reply_to: None };
        for operation in [
            submission(&bo(), "r", react(2, "👍", true)),
            submission(&ana(), "e", edit(2, "other")),
            submission(&ana(), "a", post("answer", Some(1))),
            submission(&ana(), "d", delete(3)),
            submission(&ana(), "m8", mention),
        ] {
            append(fixture, Append { room: room.clone(), ..operation }).await.unwrap();
        }
    }
    for ((sql, seq), room) in CHANGES.iter().zip(&rooms) {
        let place = format!("(SELECT id << 40 FROM rooms WHERE name = '{}') + {seq}", room.as_str());
        fixture.execute(&format!("{sql} WHERE place = {place}"));
        assert_eq!(fixture.log().first_break(room).await, Ok(Some(*seq)), "{sql}");
    }
    assert_eq!(fixture.log().first_break(&rooms[CHANGES.len()]).await, Ok(None));
}

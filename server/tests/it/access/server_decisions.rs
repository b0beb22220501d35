//! The decisions of [`may_on_server`] as a table, and what they mean for every action in a room.

use std::collections::HashSet;

use parlor::{AuthorId, ErrorCode, RoomName};
use parlor_server::access::{
    Action, Actor, Admission, RoomCreation, RoomObject, RoomPolicy, ServerAction, ServerPolicy, ServerRole, may,
    may_on_server,
};

use super::table;

/// Each combination of server and actor has exactly one row. `any` covers all values of a column.
///
/// The answers: `yes`; `members` if it needs an invitation; `owners` if only owners of the server may do it.
const TABLE: &str = "
| admission           | creation | who                    | named | Visit   | Write   | CreateRoom | Manage |
|---------------------|----------|------------------------|-------|---------|---------|------------|--------|
| open                | everyone | plain guest            | any   | yes     | yes     | yes        | owners |
| open                | members  | guest                  | yes   | yes     | yes     | yes        | owners |
| open                | members  | guest                  | no    | yes     | yes     | members    | owners |
| open                | members  | plain                  | any   | yes     | yes     | members    | owners |
| open                | owners   | plain guest            | any   | yes     | yes     | owners     | owners |
| guests_read         | owners   | plain guest            | any   | yes     | members | owners     | owners |
| guests_read         | everyone | plain guest            | any   | yes     | members | members    | owners |
| guests_read         | members  | plain guest            | any   | yes     | members | members    | owners |
| invited             | owners   | plain guest            | any   | members | members | owners     | owners |
| invited             | everyone | plain guest            | any   | members | members | members    | owners |
| invited             | members  | plain guest            | any   | members | members | members    | owners |
| any                 | everyone | member moderator       | any   | yes     | yes     | yes        | owners |
| any                 | members  | member moderator       | any   | yes     | yes     | yes        | owners |
| any                 | owners   | member moderator       | any   | yes     | yes     | owners     | owners |
| any                 | any      | bot                    | any   | yes     | yes     | yes        | owners |
| any                 | any      | owner                  | any   | yes     | yes     | yes        | yes    |
";

/// The columns that describe server and actor.
const CONDITIONS: usize = 4;

const COLUMNS: usize = CONDITIONS + ServerAction::ALL.len();

type Combination = [&'static str; CONDITIONS];

fn combinations() -> Vec<Combination> {
    let mut all = Vec::new();
    for admission in Admission::ALL.map(Admission::as_str) {
        for creation in RoomCreation::ALL.map(RoomCreation::as_str) {
            for who in ["plain", "guest", "member", "moderator", "owner", "bot"] {
                all.extend(["yes", "no"].map(|named| [admission, creation, who, named]));
            }
        }
    }
    all
}

fn policy([admission, creation, ..]: Combination) -> ServerPolicy {
    let (admission, room_creation) = (Admission::parse(admission).unwrap(), RoomCreation::parse(creation).unwrap());
    ServerPolicy { admission, room_creation, ..ServerPolicy::default() }
}

fn actor<'a>([_, _, who, named]: Combination, account: &'a AuthorId, rooms: &'a [RoomName]) -> Actor<'a> {
    let named = named == "yes";
    match who {
        "plain" => Actor::Plain { named },
        "bot" => Actor::Bot { rooms, named },
        role => Actor::Person { account, named, role: ServerRole::parse(role) },
    }
}

fn answer(word: &str) -> Result<(), ErrorCode> {
    match word {
        "yes" => Ok(()),
        "members" => Err(ErrorCode::MembersOnly),
        "owners" => Err(ErrorCode::OwnersOnly),
        _ => panic!("not an answer: {word}"),
    }
}

#[test]
fn may_on_server_decides_as_in_the_table() {
    let headings = table::headings::<COLUMNS>(TABLE);
    let actions: Vec<_> = headings[CONDITIONS..].iter().map(|name| table::server_action(name).unwrap()).collect();
    assert_eq!(actions.iter().collect::<HashSet<_>>(), ServerAction::ALL.iter().collect(), "each action has a column");
    for (combination, row) in table::rows_of::<CONDITIONS, COLUMNS>(TABLE, combinations()) {
        let account = AuthorId("me".into());
        for (action, word) in actions.iter().zip(&row[CONDITIONS..]) {
            let decision = may_on_server(actor(combination, &account, &[]), *action, &policy(combination));
            assert_eq!(decision, answer(word), "{combination:?} {action:?}");
        }
    }
}

#[test]
fn a_closed_server_changes_only_what_needs_its_permission() {
    let (account, lobby) = (AuthorId("me".into()), RoomName::default());
    let rooms = [lobby.clone()];
    let open = ServerPolicy::default();
    for combination in combinations() {
        let (server, actor) = (policy(combination), actor(combination, &account, &rooms));
        for action in Action::ALL {
            let decide =
                |server| may(actor, action, RoomObject { server, name: &lobby, policy: &RoomPolicy::default() });
            let may = |action| may_on_server(actor, action, &server).is_ok();
            let needs_to_write = !matches!(action, Action::Find | Action::Read | Action::MarkRead | Action::Leave);
            let expected = match decide(&open) {
                _ if !may(ServerAction::Visit) => Err(ErrorCode::MembersOnly),
                // In a room without owner nobody manages anything.
                Err(ErrorCode::OwnersOnly) => Err(ErrorCode::OwnersOnly),
                _ if needs_to_write && !may(ServerAction::Write) => Err(ErrorCode::MembersOnly),
                decision => decision,
            };
            assert_eq!(decide(&server), expected, "{combination:?} {action:?}");
        }
    }
}

#[test]
fn a_bot_is_hidden_from_every_room_that_its_token_is_not_for() {
    let (server, lobby, other) = (ServerPolicy::default(), RoomName::default(), RoomName::parse("other").unwrap());
    let actor = Actor::Bot { rooms: std::slice::from_ref(&lobby), named: true };
    for action in Action::ALL {
        let policy = RoomPolicy::default();
        let decide = |name| may(actor, action, RoomObject { server: &server, name, policy: &policy });
        assert_eq!(decide(&other), Err(ErrorCode::NoSuchRoom), "{action:?}");
        assert_ne!(decide(&lobby), Err(ErrorCode::NoSuchRoom), "{action:?}");
    }
}

//! The decisions of [`may`] as a table: every action of every actor in every room.

use std::collections::{HashMap, HashSet};

use parlor::{AuthorId, ErrorCode, RoomName};
use parlor_server::access::{Action, Actor, RoomKind, RoomObject, RoomPolicy, RoomRole, ServerPolicy, may};

use super::table;

/// Each combination of room and actor has exactly one row. `any` covers all values of a column.
///
/// - owner: whether the room has one; state: `active`, `announcements` or `archived`;
/// - who: a plain client, a person without a role in the room, a room member, or an owner; named: whether they have a name.
///
/// The answers: `yes`; `hidden` as if there were no such room; `open` if it is hidden unless the room is open; `name` if a
/// name is needed first; `archived`; `owners` if only owners may do it.
const TABLE: &str = "
| kind          | owner | state         | who                 | named | Find   | Read   | MarkRead | Leave  | Type     | Post     | Change   | React    | SetTopic | Manage |
|---------------|-------|---------------|---------------------|-------|--------|--------|----------|--------|----------|----------|----------|----------|----------|--------|
| open unlisted | any   | any           | plain person member | no    | open   | yes    | yes      | yes    | name     | name     | name     | name     | name     | owners |
| open unlisted | yes   | any           | owner               | no    | open   | yes    | yes      | yes    | name     | name     | name     | name     | name     | yes    |
| open unlisted | no    | active        | plain person member | yes   | open   | yes    | yes      | yes    | yes      | yes      | yes      | yes      | yes      | owners |
| open unlisted | yes   | active        | plain person member | yes   | open   | yes    | yes      | yes    | yes      | yes      | yes      | yes      | owners   | owners |
| open unlisted | yes   | active        | owner               | yes   | open   | yes    | yes      | yes    | yes      | yes      | yes      | yes      | yes      | yes    |
| open unlisted | no    | announcements | plain person member | yes   | open   | yes    | yes      | yes    | owners   | owners   | yes      | yes      | yes      | owners |
| open unlisted | yes   | announcements | plain person member | yes   | open   | yes    | yes      | yes    | owners   | owners   | yes      | yes      | owners   | owners |
| open unlisted | yes   | announcements | owner               | yes   | open   | yes    | yes      | yes    | yes      | yes      | yes      | yes      | yes      | yes    |
| open unlisted | any   | archived      | plain person member | yes   | open   | yes    | yes      | yes    | archived | archived | archived | archived | archived | owners |
| open unlisted | yes   | archived      | owner               | yes   | open   | yes    | yes      | yes    | archived | archived | archived | archived | archived | yes    |
| private       | any   | any           | plain person        | any   | hidden | hidden | hidden   | hidden | hidden   | hidden   | hidden   | hidden   | hidden   | hidden |
| private       | any   | any           | member              | no    | yes    | yes    | yes      | yes    | name     | name     | name     | name     | name     | owners |
| private       | yes   | any           | owner               | no    | yes    | yes    | yes      | yes    | name     | name     | name     | name     | name     | yes    |
| private       | no    | active        | member              | yes   | yes    | yes    | yes      | yes    | yes      | yes      | yes      | yes      | yes      | owners |
| private       | yes   | active        | member              | yes   | yes    | yes    | yes      | yes    | yes      | yes      | yes      | yes      | owners   | owners |
| private       | yes   | active        | owner               | yes   | yes    | yes    | yes      | yes    | yes      | yes      | yes      | yes      | yes      | yes    |
| private       | no    | announcements | member              | yes   | yes    | yes    | yes      | yes    | owners   | owners   | yes      | yes      | yes      | owners |
| private       | yes   | announcements | member              | yes   | yes    | yes    | yes      | yes    | owners   | owners   | yes      | yes      | owners   | owners |
| private       | yes   | announcements | owner               | yes   | yes    | yes    | yes      | yes    | yes      | yes      | yes      | yes      | yes      | yes    |
| private       | any   | archived      | member              | yes   | yes    | yes    | yes      | yes    | archived | archived | archived | archived | archived | owners |
| private       | yes   | archived      | owner               | yes   | yes    | yes    | yes      | yes    | archived | archived | archived | archived | archived | yes    |
";

/// The columns that describe room and actor.
const CONDITIONS: usize = 5;

const COLUMNS: usize = CONDITIONS + Action::ALL.len();

/// Room and actor, each part as it is written in the table.
type Combination = [&'static str; CONDITIONS];

fn combinations() -> Vec<Combination> {
    let mut all = Vec::new();
    for kind in ["open", "unlisted", "private"] {
        for owner in ["yes", "no"] {
            for state in ["active", "announcements", "archived"] {
                for who in ["plain", "person", "member", "owner"] {
                    if who != "owner" || owner == "yes" {
                        all.extend(["yes", "no"].map(|named| [kind, owner, state, who, named]));
                    }
                }
            }
        }
    }
    all
}

/// The decisions of `may` for a combination. Whether an archived room is also one for announcements changes nothing.
fn decisions([kind, owner, state, who, named]: Combination, action: Action) -> Vec<Result<(), ErrorCode>> {
    let (me, other) = (AuthorId("me".into()), AuthorId("other".into()));
    let mut roles = HashMap::new();
    match who {
        "member" => roles.extend([(me.clone(), RoomRole::Member)]),
        "owner" => roles.extend([(me.clone(), RoomRole::Owner)]),
        _ => {}
    }
    if owner == "yes" {
        roles.insert(other, RoomRole::Owner);
    }
    let named = named == "yes";
    let actor = if who == "plain" { Actor::Plain { named } } else { Actor::Person { account: &me, named, role: None } };
    let (kind, archived) = (RoomKind::parse(kind).unwrap(), state == "archived");
    let announcements: &[bool] = if archived { &[false, true] } else { &[state == "announcements"] };
    let policy = |only: &bool| RoomPolicy {
        kind,
        title: String::new(),
        archived,
        announcements_only: *only,
        roles: roles.clone(),
    };
    let (server, name) = (ServerPolicy::default(), RoomName::default());
    let decide = |only| may(actor, action, RoomObject { server: &server, name: &name, policy: &policy(only) });
    announcements.iter().map(decide).collect()
}

fn answer(word: &str, kind: &str) -> Result<(), ErrorCode> {
    match word {
        "yes" => Ok(()),
        "open" if kind == "open" => Ok(()),
        "open" | "hidden" => Err(ErrorCode::NoSuchRoom),
        "name" => Err(ErrorCode::NotNamed),
        "archived" => Err(ErrorCode::RoomArchived),
        "owners" => Err(ErrorCode::OwnersOnly),
        _ => panic!("not an answer: {word}"),
    }
}

#[test]
fn may_decides_as_in_the_table() {
    let headings = table::headings::<COLUMNS>(TABLE);
    let actions: Vec<_> = headings[CONDITIONS..].iter().map(|name| table::action(name).unwrap()).collect();
    assert_eq!(actions.iter().collect::<HashSet<_>>(), Action::ALL.iter().collect(), "each action has a column");
    for (combination, row) in table::rows_of::<CONDITIONS, COLUMNS>(TABLE, combinations()) {
        for (action, word) in actions.iter().zip(&row[CONDITIONS..]) {
            for decision in decisions(combination, *action) {
                assert_eq!(decision, answer(word, combination[0]), "{combination:?} {action:?}");
            }
        }
    }
}

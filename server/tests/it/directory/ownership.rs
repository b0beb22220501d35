//! Rooms that begin with an operation on their log: who owns them, and under which names none can begin.

use std::collections::HashMap;

use parlor::{Author, RoomName};
use parlor_server::access::{RoomKind, RoomPolicy, RoomRole};
use parlor_server::engine::{Append, EngineError, Operation, RoomChange, RoomStatus};

use super::log_access::{end, texts};
use super::records::{account, author, epoch, message, policy, private_room, public_room, room};
use crate::support::engine::body;
use crate::support::fixture::{Fixture, append};

fn ana() -> Author {
    author("ana", "Ana")
}

pub(super) async fn the_first_message_of_a_room_makes_its_author_the_owner(fixture: &impl Fixture) {
    let (directory, kitchen) = (fixture.directory(), room("kitchen"));
    append(fixture, message(&kitchen, &ana(), "m1")).await.unwrap();
    append(fixture, message(&kitchen, &author("bo", "Bo"), "m1")).await.unwrap();
    let roles = HashMap::from([(account("ana"), RoomRole::Owner)]);
    assert_eq!(policy(directory, &kitchen).await, RoomPolicy { roles, ..RoomPolicy::default() });
    let topic =
        Append { operation: Operation::Topic { topic: "Tea".to_owned() }, ..message(&room("attic"), &ana(), "t") };
    append(fixture, topic).await.unwrap();
    assert_eq!(directory.room_role(&room("attic"), &account("ana")).await, Ok(Some(RoomRole::Owner)));
}

pub(super) async fn the_first_message_of_a_plain_client_leaves_a_room_without_owner(fixture: &impl Fixture) {
    let kitchen = room("kitchen");
    let plain = Append::from_plain(kitchen.clone(), epoch("kitchen"), author("plain-1", "Bo"), body("hello"));
    append(fixture, plain).await.unwrap();
    append(fixture, message(&kitchen, &ana(), "m1")).await.unwrap();
    assert_eq!(policy(fixture.directory(), &kitchen).await, RoomPolicy::default());
}

pub(super) async fn the_lobby_has_no_owner(fixture: &impl Fixture) {
    append(fixture, message(&RoomName::default(), &ana(), "m1")).await.unwrap();
    assert_eq!(policy(fixture.directory(), &RoomName::default()).await, RoomPolicy::default());
}

pub(super) async fn an_operation_without_effect_creates_no_room(fixture: &impl Fixture) {
    let topic = Append { operation: Operation::Topic { topic: String::new() }, ..message(&room("attic"), &ana(), "t") };
    append(fixture, topic).await.unwrap();
    assert_eq!(fixture.directory().room_status(&room("attic")).await, Ok(RoomStatus::Unknown));
}

pub(super) async fn a_created_room_has_an_empty_log_with_its_epoch(fixture: &impl Fixture) {
    let (directory, ana) = (fixture.directory(), account("ana"));
    directory.create_room(public_room("kitchen", RoomKind::Open, "ana")).await.unwrap();
    directory.create_room(private_room(7, "Family", "ana")).await.unwrap();
    for (name, expected) in [(room("kitchen"), epoch("kitchen")), (RoomName::private(7), epoch("Family"))] {
        let created = end(fixture, &name, &ana).await;
        assert_eq!((created.seq, &created.epoch), (0, &expected));
        assert_eq!(append(fixture, message(&name, &author("bo", "Bo"), "m1")).await.unwrap().seq, 1);
        assert_eq!(texts(fixture, &name, &ana).await, ["text of m1"]);
        assert_eq!(end(fixture, &name, &ana).await.epoch, expected, "the message's epoch is not used");
        assert_eq!(directory.room_role(&name, &account("bo")).await, Ok(None), "the room has its owner already");
    }
}

pub(super) async fn no_room_begins_under_the_id_of_a_private_room(fixture: &impl Fixture) {
    let name = RoomName::private(7);
    let refused = append(fixture, message(&name, &ana(), "m1")).await;
    assert_eq!(refused, Err(EngineError::NoSuchRoom));
    assert_eq!(fixture.directory().room_status(&name).await, Ok(RoomStatus::Unknown));
}

pub(super) async fn no_room_begins_under_a_similar_or_retired_name(fixture: &impl Fixture) {
    let directory = fixture.directory();
    append(fixture, message(&room("fish"), &ana(), "m1")).await.unwrap();
    directory.create_room(public_room("cop", RoomKind::Open, "ana")).await.unwrap();
    for similar in ["ﬁsh", "сор"] {
        let refused = append(fixture, message(&room(similar), &ana(), "m1")).await;
        assert_eq!(refused, Err(EngineError::RoomNameTaken), "{similar}");
        assert_eq!(directory.room_status(&room(similar)).await, Ok(RoomStatus::Unknown));
    }
    let to = RoomName::private(7);
    let change = RoomChange::Rename { to, kind: RoomKind::Private, title: "Fish".to_owned(), members: vec![] };
    directory.change_room(&room("fish"), change).await.unwrap();
    directory.delete_room(&room("cop")).await.unwrap();
    for retired in ["fish", "cop"] {
        for id in ["m1", "m2"] {
            let refused = append(fixture, message(&room(retired), &ana(), id)).await;
            assert_eq!(refused, Err(EngineError::NoSuchRoom), "{id} in {retired}");
        }
        assert!(matches!(directory.room_status(&room(retired)).await, Ok(RoomStatus::Retired { .. })));
    }
}

pub(super) async fn only_open_rooms_that_are_not_archived_are_listed(fixture: &impl Fixture) {
    let directory = fixture.directory();
    for (name, kind) in [("open", RoomKind::Open), ("hidden", RoomKind::Unlisted), ("old", RoomKind::Open)] {
        directory.create_room(public_room(name, kind, "ana")).await.unwrap();
    }
    directory.create_room(private_room(7, "Family", "ana")).await.unwrap();
    directory.change_room(&room("old"), RoomChange::Archived(true)).await.unwrap();
    append(fixture, message(&room("new"), &ana(), "m1")).await.unwrap();
    let listed = async || {
        let rooms = fixture.log().open_rooms(9).await.unwrap();
        rooms.into_iter().map(|(name, _)| name.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, ["new", "open"]);
    directory.change_room(&room("new"), RoomChange::Listed(false)).await.unwrap();
    directory.change_room(&room("old"), RoomChange::Archived(false)).await.unwrap();
    let mut rooms = listed().await;
    rooms.sort_unstable();
    assert_eq!(rooms, ["old", "open"]);
}

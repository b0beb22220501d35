//! Deletion of a room with everything in it.

use parlor::time_zone::UTC;
use parlor::{AuthorId, RoomName, Search};
use parlor_server::access::{RoomKind, RoomRole};
use parlor_server::engine::{Directory, EngineError, ReadContext, RoomChange, RoomStatus};

use super::log_access::texts;
use super::records::{account, author, invitation, message, private_room, public_room, room, scope_of, secret};
use crate::support::engine::permit;
use crate::support::fixture::{Fixture, append};

const DELETED: RoomStatus = RoomStatus::Retired { moved_to: None };

fn owner() -> AuthorId {
    account("owner")
}

pub(super) async fn a_deleted_room_has_no_messages(fixture: &impl Fixture) {
    let (directory, log, kitchen) = (fixture.directory(), fixture.log(), room("kitchen"));
    for name in ["kitchen", "attic"] {
        directory.create_room(public_room(name, RoomKind::Open, "owner")).await.unwrap();
        append(fixture, message(&room(name), &author("owner", "Zoe"), "m1")).await.unwrap();
    }
    directory.delete_room(&kitchen).await.unwrap();
    assert_eq!(directory.room_status(&kitchen).await, Ok(DELETED));
    let permit = permit(&kitchen);
    assert_eq!(log.log_end(&permit).await, Ok(None));
    assert_eq!(log.topic(&permit).await, Ok(String::new()));
    assert_eq!(log.writers(&permit, 9).await, Ok(vec![]));
    let context = ReadContext { up_to: 9, reader: owner() };
    assert_eq!(log.newest(&permit, context).await.unwrap().events, []);
    let search = Search::parse("text", &UTC).unwrap();
    let rooms = vec![permit, crate::support::engine::permit(&room("attic"))];
    let found = log.search(rooms, search, owner()).await.unwrap();
    assert_eq!(found.hits.iter().map(|hit| hit.room.as_str()).collect::<Vec<_>>(), ["attic"]);
    assert_eq!(texts(fixture, &room("attic"), &owner()).await, ["text of m1"]);
    assert_eq!(log.open_rooms(9).await.unwrap().len(), 1);
}

pub(super) async fn nothing_can_be_written_to_a_deleted_room(fixture: &impl Fixture) {
    let directory = fixture.directory();
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    append(fixture, message(&room("kitchen"), &author("owner", "Zoe"), "m1")).await.unwrap();
    append(fixture, message(&RoomName::private(7), &author("owner", "Zoe"), "m1")).await.unwrap();
    for name in [room("kitchen"), RoomName::private(7)] {
        directory.delete_room(&name).await.unwrap();
        // The first of them would have been a retry.
        for id in ["m1", "m2"] {
            let refused = append(fixture, message(&name, &author("owner", "Zoe"), id)).await;
            assert_eq!(refused, Err(EngineError::NoSuchRoom), "{id} in {name:?}");
        }
        directory.mark_read(&owner(), &name, 1).await.unwrap();
        assert_eq!(directory.read_up_to(&owner(), &name).await, Ok(None));
        assert_eq!(directory.delete_room(&name).await, Err(EngineError::NoSuchRoom));
        assert_eq!(directory.room_status(&name).await, Ok(DELETED));
    }
}

pub(super) async fn a_deleted_room_has_no_people_and_no_invitations(directory: &dyn Directory) {
    let name = RoomName::private(7);
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.change_room(&name, RoomChange::Role(account("ana"), Some(RoomRole::Member))).await.unwrap();
    directory.add_invitation(invitation("code", &name, None)).await.unwrap();
    for (id, joined) in [("ana", &name), ("ana", &room("attic")), ("owner", &name)] {
        directory.join_room(&author(id, id), joined).await.unwrap();
    }
    directory.mark_read(&account("ana"), &name, 1).await.unwrap();
    directory.delete_room(&name).await.unwrap();
    let permit = permit(&name);
    assert_eq!(directory.room_members(&permit).await, Ok(vec![]));
    assert_eq!(directory.joined_people(&permit).await, Ok(vec![]));
    assert_eq!(directory.joined_people_named(&permit, vec!["ana".to_owned()]).await, Ok(vec![]));
    assert_eq!(directory.joined_rooms(&account("ana")).await, Ok(vec![(room("attic"), String::new())]));
    assert_eq!(directory.private_rooms(&account("ana")).await, Ok(vec![]));
    assert_eq!(directory.room_role(&name, &account("ana")).await, Ok(None));
    assert_eq!(directory.read_up_to(&account("ana"), &name).await, Ok(None));
    assert_eq!(directory.invitations(scope_of(&name)).await, Ok(vec![]));
    assert_eq!(directory.invitation(secret("code")).await, Ok(None));
    assert_eq!(directory.accept_invitation(secret("code"), &account("bo")).await, Ok(None));
}

pub(super) async fn the_earlier_names_of_a_deleted_room_lead_nowhere(directory: &dyn Directory) {
    directory.create_room(public_room("first", RoomKind::Open, "owner")).await.unwrap();
    for (name, to) in [("first", "second"), ("second", "third")] {
        let change = RoomChange::Rename { to: room(to), kind: RoomKind::Open, title: String::new(), members: vec![] };
        assert_eq!(directory.retired_name(&room(name)).await, Ok(None));
        directory.change_room(&room(name), change).await.unwrap();
        assert_eq!(directory.room_status(&room("first")).await, Ok(RoomStatus::Retired { moved_to: Some(room(to)) }));
        assert_eq!(directory.retired_name(&room("first")).await, Ok(Some(Some(room(to)))));
    }
    directory.delete_room(&room("third")).await.unwrap();
    for name in ["first", "second", "third"] {
        assert_eq!(directory.room_status(&room(name)).await, Ok(DELETED), "{name}");
        assert_eq!(directory.retired_name(&room(name)).await, Ok(Some(None)), "{name}");
    }
    assert_eq!(directory.retired_name(&room("unknown")).await, Ok(None));
}

pub(super) async fn a_room_created_after_a_deletion_has_nothing_of_the_deleted_one(fixture: &impl Fixture) {
    let directory = fixture.directory();
    append(fixture, message(&room("kitchen"), &author("owner", "Zoe"), "m1")).await.unwrap();
    directory.mark_read(&owner(), &room("kitchen"), 1).await.unwrap();
    directory.delete_room(&room("kitchen")).await.unwrap();
    directory.create_room(public_room("attic", RoomKind::Open, "ana")).await.unwrap();
    assert_eq!(directory.read_up_to(&owner(), &room("attic")).await, Ok(None));
    assert_eq!(directory.room_role(&room("attic"), &owner()).await, Ok(None));
    let posted = append(fixture, message(&room("attic"), &author("owner", "Zoe"), "m1")).await.unwrap();
    assert_eq!(posted.seq, 1, "it is no retry");
    assert_eq!(texts(fixture, &room("attic"), &owner()).await, ["text of m1"]);
}

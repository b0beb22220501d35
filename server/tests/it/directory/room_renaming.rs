//! Another name for a room: what stays, and who follows.

use std::collections::HashMap;

use parlor::{Author, RoomName};
use parlor_server::access::{RoomKind, RoomRole};
use parlor_server::engine::{Directory, RoomChange, RoomStatus};

use super::log_access::{end, seqs_after, texts};
use super::records::{account, author, invitation, message, policy, private_room, public_room, room, scope_of, secret};
use crate::support::engine::permit;
use crate::support::fixture::{Fixture, append};

fn to_private(number: u128, title: &str, members: &[&str]) -> RoomChange {
    let members = members.iter().map(|id| account(id)).collect();
    RoomChange::Rename { to: RoomName::private(number), kind: RoomKind::Private, title: title.to_owned(), members }
}

fn to_public(name: &str, kind: RoomKind) -> RoomChange {
    RoomChange::Rename { to: room(name), kind, title: String::new(), members: Vec::new() }
}

fn moved(to: &RoomName) -> RoomStatus {
    RoomStatus::Retired { moved_to: Some(to.clone()) }
}

fn owner() -> Author {
    author("owner", "Zoe")
}

pub(super) async fn a_room_that_becomes_private_is_open_to_its_owners_and_the_chosen_members(
    directory: &dyn Directory,
) {
    let private = RoomName::private(7);
    directory.create_room(public_room("kitchen", RoomKind::Unlisted, "owner")).await.unwrap();
    let second = RoomChange::Role(account("second"), Some(RoomRole::Owner));
    directory.change_room(&room("kitchen"), second).await.unwrap();
    let renamed = directory.change_room(&room("kitchen"), to_private(7, "Family", &["ana", "second"])).await.unwrap();
    let roles = [("owner", RoomRole::Owner), ("second", RoomRole::Owner), ("ana", RoomRole::Member)];
    assert_eq!(renamed.roles, HashMap::from(roles.map(|(id, role)| (account(id), role))));
    assert_eq!((renamed.kind, renamed.title.as_str()), (RoomKind::Private, "Family"));
    assert_eq!(policy(directory, &private).await, renamed);
    assert_eq!(directory.room_status(&room("kitchen")).await, Ok(moved(&private)));
    assert_eq!(directory.room_role(&room("kitchen"), &account("owner")).await, Ok(None));
    assert_eq!(directory.private_rooms(&account("ana")).await, Ok(vec![(private, "Family".to_owned())]));
}

pub(super) async fn only_those_with_access_keep_a_room_that_becomes_private_in_their_list(directory: &dyn Directory) {
    directory.create_room(public_room("kitchen", RoomKind::Open, "owner")).await.unwrap();
    for id in ["owner", "ana", "bo"] {
        for name in ["kitchen", "attic"] {
            directory.join_room(&author(id, id), &room(name)).await.unwrap();
        }
    }
    directory.change_room(&room("kitchen"), to_private(7, "Family", &["ana"])).await.unwrap();
    let attic = (room("attic"), String::new());
    for id in ["owner", "ana"] {
        let joined = directory.joined_rooms(&account(id)).await.unwrap();
        assert_eq!(joined, [attic.clone(), (RoomName::private(7), "Family".to_owned())], "{id}");
    }
    assert_eq!(directory.joined_rooms(&account("bo")).await, Ok(vec![attic]));
    assert_eq!(directory.joined_people(&permit(&room("kitchen"))).await, Ok(vec![]));
}

pub(super) async fn everybody_follows_a_room_that_stays_or_becomes_public(directory: &dyn Directory) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    for id in ["owner", "ana"] {
        directory.join_room(&author(id, id), &RoomName::private(7)).await.unwrap();
    }
    directory.change_room(&RoomName::private(7), to_public("family", RoomKind::Unlisted)).await.unwrap();
    directory.join_room(&author("bo", "bo"), &room("family")).await.unwrap();
    let renamed = directory.change_room(&room("family"), to_public("friends", RoomKind::Open)).await.unwrap();
    assert_eq!((renamed.kind, renamed.title.as_str()), (RoomKind::Open, ""));
    for id in ["owner", "ana", "bo"] {
        assert_eq!(directory.joined_rooms(&account(id)).await, Ok(vec![(room("friends"), String::new())]), "{id}");
    }
    for earlier in [RoomName::private(7), room("family")] {
        assert_eq!(directory.room_status(&earlier).await, Ok(moved(&room("friends"))), "{earlier:?}");
    }
}

pub(super) async fn a_room_that_becomes_public_has_no_members_but_its_owners(directory: &dyn Directory) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    let member = RoomChange::Role(account("ana"), Some(RoomRole::Member));
    directory.change_room(&RoomName::private(7), member).await.unwrap();
    let opened = directory.change_room(&RoomName::private(7), to_public("family", RoomKind::Open)).await.unwrap();
    assert_eq!(opened.roles, HashMap::from([(account("owner"), RoomRole::Owner)]));
}

pub(super) async fn a_member_from_before_a_room_was_public_gets_no_access_when_it_is_private_again(
    directory: &dyn Directory,
) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    let member = RoomChange::Role(account("ana"), Some(RoomRole::Member));
    directory.change_room(&RoomName::private(7), member).await.unwrap();
    directory.change_room(&RoomName::private(7), to_public("family", RoomKind::Open)).await.unwrap();
    let closed = directory.change_room(&room("family"), to_private(8, "Family", &["bo"])).await.unwrap();
    let roles = [("owner", RoomRole::Owner), ("bo", RoomRole::Member)];
    assert_eq!(closed.roles, HashMap::from(roles.map(|(id, role)| (account(id), role))));
}

pub(super) async fn a_renamed_room_keeps_its_log_receipts_and_read_markers(fixture: &impl Fixture) {
    let directory = fixture.directory();
    let mut name = room("kitchen");
    let first = append(fixture, message(&name, &owner(), "m1")).await.unwrap();
    append(fixture, message(&name, &author("ana", "Ana"), "m2")).await.unwrap();
    directory.mark_read(&account("owner"), &name, 1).await.unwrap();
    let before = end(fixture, &name, &account("owner")).await;
    for (renaming, to) in [
        (to_private(7, "Family", &["ana"]), RoomName::private(7)),
        (to_public("attic", RoomKind::Unlisted), room("attic")),
        (to_public("cellar", RoomKind::Open), room("cellar")),
    ] {
        directory.change_room(&name, renaming).await.unwrap();
        name = to;
        assert_eq!(end(fixture, &name, &account("owner")).await, before, "{name:?}");
        assert_eq!(texts(fixture, &name, &account("owner")).await, ["text of m1", "text of m2"]);
        assert_eq!(append(fixture, message(&name, &owner(), "m1")).await, Ok(first), "a retry");
        assert_eq!(directory.read_up_to(&account("owner"), &name).await, Ok(Some(1)));
    }
    assert_eq!(append(fixture, message(&name, &owner(), "m3")).await.unwrap().seq, 3);
    assert_eq!(seqs_after(fixture, &name, &account("owner"), &before).await, [3]);
}

pub(super) async fn nothing_is_left_under_the_earlier_name_of_a_room(fixture: &impl Fixture) {
    let (directory, kitchen) = (fixture.directory(), room("kitchen"));
    append(fixture, message(&kitchen, &owner(), "m1")).await.unwrap();
    directory.mark_read(&account("owner"), &kitchen, 1).await.unwrap();
    directory.change_room(&kitchen, to_private(7, "Family", &[])).await.unwrap();
    let permit = permit(&kitchen);
    assert_eq!(fixture.log().log_end(&permit).await, Ok(None));
    assert_eq!(fixture.log().writers(&permit, 9).await, Ok(vec![]));
    assert_eq!(directory.read_up_to(&account("owner"), &kitchen).await, Ok(None));
    assert_eq!(directory.room_members(&permit).await, Ok(vec![]));
    assert_eq!(directory.similar_room(&room("kitchen")).await, Ok(None));
}

pub(super) async fn an_invitation_leads_to_the_new_name_of_its_room(directory: &dyn Directory) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.add_invitation(invitation("code", &RoomName::private(7), None)).await.unwrap();
    directory.change_room(&RoomName::private(7), to_private(8, "Friends", &[])).await.unwrap();
    let found = directory.invitation(secret("code")).await.unwrap();
    assert_eq!(found.unwrap().room, Some((RoomName::private(8), "Friends".to_owned())));
    assert_eq!(directory.invitations(scope_of(&RoomName::private(8))).await.unwrap().len(), 1);
    assert_eq!(directory.invitations(scope_of(&RoomName::private(7))).await, Ok(vec![]));
}

pub(super) async fn an_invitation_to_a_room_that_became_public_makes_nobody_a_member(directory: &dyn Directory) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.add_invitation(invitation("code", &RoomName::private(7), None)).await.unwrap();
    directory.change_room(&RoomName::private(7), to_public("family", RoomKind::Open)).await.unwrap();
    directory.accept_invitation(secret("code"), &account("ana")).await.unwrap();
    assert_eq!(directory.room_role(&room("family"), &account("ana")).await, Ok(None), "only owners have a role");
}

//! Rooms: how they are created, and how their settings change.

use std::collections::HashMap;

use parlor::RoomName;
use parlor_server::access::{RoomKind, RoomPolicy, RoomRole};
use parlor_server::engine::{Directory, EngineError, RoomChange, RoomStatus};

use super::records::{account, invitation, policy, private_room, public_room, room, scope_of};

/// The policy of a new room of this kind.
fn new_policy(kind: RoomKind, title: &str) -> RoomPolicy {
    let roles = HashMap::from([(account("owner"), RoomRole::Owner)]);
    RoomPolicy { kind, title: title.to_owned(), archived: false, announcements_only: false, roles }
}

pub(super) async fn a_created_room_belongs_to_its_creator(directory: &dyn Directory) {
    let private = RoomName::private(7);
    for name in [&room("open"), &room("unlisted"), &private] {
        assert_eq!(directory.room_status(name).await, Ok(RoomStatus::Unknown));
        assert_eq!(directory.room_role(name, &account("owner")).await, Ok(None));
    }
    directory.create_room(public_room("open", RoomKind::Open, "owner")).await.unwrap();
    directory.create_room(public_room("unlisted", RoomKind::Unlisted, "owner")).await.unwrap();
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    for (name, kind, title) in [
        (room("open"), RoomKind::Open, ""),
        (room("unlisted"), RoomKind::Unlisted, ""),
        (private, RoomKind::Private, "Family"),
    ] {
        assert_eq!(policy(directory, &name).await, new_policy(kind, title), "{name:?}");
        assert_eq!(directory.room_role(&name, &account("owner")).await, Ok(Some(RoomRole::Owner)));
        assert_eq!(directory.room_role(&name, &account("other")).await, Ok(None));
    }
}

/// Makes a change and returns the new policy, which is also stored.
async fn change(directory: &dyn Directory, name: &RoomName, change: RoomChange) -> RoomPolicy {
    let changed = directory.change_room(name, change).await.unwrap();
    assert_eq!(policy(directory, name).await, changed);
    changed
}

pub(super) async fn an_open_room_is_listed_or_not(directory: &dyn Directory) {
    directory.create_room(public_room("kitchen", RoomKind::Open, "owner")).await.unwrap();
    for (listed, kind) in [(false, RoomKind::Unlisted), (false, RoomKind::Unlisted), (true, RoomKind::Open)] {
        let changed = change(directory, &room("kitchen"), RoomChange::Listed(listed)).await;
        assert_eq!(changed, new_policy(kind, ""));
    }
}

pub(super) async fn title_archive_and_announcements_change_one_setting_each(directory: &dyn Directory) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    let mut expected = new_policy(RoomKind::Private, "Family");
    for archived in [true, false, true] {
        expected.archived = archived;
        assert_eq!(change(directory, &RoomName::private(7), RoomChange::Archived(archived)).await, expected);
    }
    for only in [true, false, true] {
        expected.announcements_only = only;
        assert_eq!(change(directory, &RoomName::private(7), RoomChange::AnnouncementsOnly(only)).await, expected);
    }
    "Friends".clone_into(&mut expected.title);
    assert_eq!(change(directory, &RoomName::private(7), RoomChange::Title("Friends".to_owned())).await, expected);
}

pub(super) async fn a_public_room_gets_no_title(directory: &dyn Directory) {
    directory.create_room(public_room("kitchen", RoomKind::Unlisted, "owner")).await.unwrap();
    let changed = change(directory, &room("kitchen"), RoomChange::Title("Title".to_owned())).await;
    assert_eq!(changed, new_policy(RoomKind::Unlisted, ""));
}

pub(super) async fn members_get_change_and_lose_their_role(directory: &dyn Directory) {
    let (name, ana) = (RoomName::private(7), account("ana"));
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.create_room(private_room(8, "Other", "owner")).await.unwrap();
    let mut expected = new_policy(RoomKind::Private, "Family");
    for role in [Some(RoomRole::Member), Some(RoomRole::Owner), Some(RoomRole::Member), None, None] {
        let changed = change(directory, &name, RoomChange::Role(ana.clone(), role)).await;
        match role {
            Some(role) => drop(expected.roles.insert(ana.clone(), role)),
            None => drop(expected.roles.remove(&ana)),
        }
        assert_eq!(changed, expected);
        assert_eq!(directory.room_role(&name, &ana).await, Ok(role));
    }
    assert_eq!(policy(directory, &RoomName::private(8)).await, new_policy(RoomKind::Private, "Other"));
}

pub(super) async fn a_room_keeps_its_last_owner(directory: &dyn Directory) {
    let owner = account("owner");
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.create_room(public_room("kitchen", RoomKind::Open, "owner")).await.unwrap();
    for name in [RoomName::private(7), room("kitchen")] {
        let before = policy(directory, &name).await;
        for role in [Some(RoomRole::Member), None] {
            let refused = directory.change_room(&name, RoomChange::Role(owner.clone(), role)).await;
            assert_eq!(refused, Err(EngineError::LastOwner), "{name:?} {role:?}");
            assert_eq!(policy(directory, &name).await, before);
        }
        change(directory, &name, RoomChange::Role(owner.clone(), Some(RoomRole::Owner))).await;
        change(directory, &name, RoomChange::Role(account("second"), Some(RoomRole::Owner))).await;
        let changed = change(directory, &name, RoomChange::Role(owner.clone(), None)).await;
        assert_eq!(changed.roles, HashMap::from([(account("second"), RoomRole::Owner)]));
        let refused = directory.change_room(&name, RoomChange::Role(account("second"), None)).await;
        assert_eq!(refused, Err(EngineError::LastOwner));
    }
}

pub(super) async fn two_owners_who_leave_at_once_leave_one_owner(directory: &dyn Directory) {
    let name = RoomName::private(7);
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    change(directory, &name, RoomChange::Role(account("second"), Some(RoomRole::Owner))).await;
    let leave = |id: &str| directory.change_room(&name, RoomChange::Role(account(id), None));
    let (one, other) = tokio::join!(leave("owner"), leave("second"));
    let refused = [&one, &other].into_iter().filter(|left| **left == Err(EngineError::LastOwner)).count();
    assert_eq!(refused, 1, "{one:?} {other:?}");
    assert!(policy(directory, &name).await.has_owner());
}

pub(super) async fn a_room_that_does_not_exist_cannot_be_changed(directory: &dyn Directory) {
    directory.create_room(public_room("deleted", RoomKind::Open, "owner")).await.unwrap();
    directory.delete_room(&room("deleted")).await.unwrap();
    for name in [room("unknown"), room("deleted"), RoomName::private(7)] {
        for change in [
            RoomChange::Listed(true),
            RoomChange::Title("Title".to_owned()),
            RoomChange::Archived(true),
            RoomChange::AnnouncementsOnly(true),
            RoomChange::Role(account("ana"), Some(RoomRole::Owner)),
            RoomChange::Role(account("ana"), None),
            RoomChange::Rename { to: room("new"), kind: RoomKind::Open, title: String::new(), members: vec![] },
        ] {
            assert_eq!(directory.change_room(&name, change).await, Err(EngineError::NoSuchRoom), "{name:?}");
        }
        assert_eq!(directory.delete_room(&name).await, Err(EngineError::NoSuchRoom));
        let invited = directory.add_invitation(invitation("code", &name, None)).await;
        assert_eq!(invited, Err(EngineError::NoSuchRoom));
        assert_eq!(directory.invitations(scope_of(&name)).await, Ok(vec![]));
    }
    assert_eq!(directory.room_status(&room("new")).await, Ok(RoomStatus::Unknown));
}

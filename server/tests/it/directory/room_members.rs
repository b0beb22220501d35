//! Room members: how they are listed, and how many there can be.

use parlor::{RoomName, limits};
use parlor_server::access::{RoomKind, RoomRole};
use parlor_server::engine::{Directory, EngineError, NameHolder, RoomChange, RoomMember, SecretHash};

use super::records::{
    account, author, invitation, permit_of, policy, private_room, public_room, room, scope_of, secret, session,
};

fn member(id: &str, name: &str, role: RoomRole) -> RoomMember {
    RoomMember { account: account(id), name: name.to_owned(), role }
}

async fn add(directory: &dyn Directory, name: &RoomName, id: &str, role: RoomRole) {
    directory.change_room(name, RoomChange::Role(account(id), Some(role))).await.unwrap();
}

pub(super) async fn members_are_listed_with_their_last_names_owners_first(directory: &dyn Directory) {
    let name = RoomName::private(7);
    for id in ["owner", "ana", "bo", "nameless"] {
        directory.store_account(session(id, id)).await.unwrap();
    }
    for (id, claimed) in [("owner", "Zoe"), ("ana", "Ana"), ("bo", "Bo"), ("ana", "Anastasia")] {
        directory.claim_name(&author(id, claimed), NameHolder::Account).await.unwrap();
    }
    directory.release_names(vec![account("ana")]).await.unwrap();
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    for (id, role) in [("ana", RoomRole::Member), ("bo", RoomRole::Owner), ("nameless", RoomRole::Member)] {
        add(directory, &name, id, role).await;
    }
    let mut members = directory.room_members(&permit_of(directory, &name, &account("ana")).await).await.unwrap();
    assert!(members[..2].iter().all(|member| member.role == RoomRole::Owner), "{members:?}");
    members.sort_unstable_by(|a, b| a.account.as_str().cmp(b.account.as_str()));
    let expected = [
        member("ana", "Anastasia", RoomRole::Member),
        member("bo", "Bo", RoomRole::Owner),
        member("nameless", "", RoomRole::Member),
        member("owner", "Zoe", RoomRole::Owner),
    ];
    assert_eq!(members, expected);
}

pub(super) async fn the_private_rooms_of_an_account_are_those_that_are_open_to_it(directory: &dyn Directory) {
    for (number, title, owner) in [(1, "Family", "ana"), (2, "Friends", "bo"), (3, "Closed", "bo")] {
        directory.create_room(private_room(number, title, owner)).await.unwrap();
    }
    directory.create_room(public_room("kitchen", RoomKind::Open, "ana")).await.unwrap();
    directory.create_room(public_room("attic", RoomKind::Unlisted, "ana")).await.unwrap();
    add(directory, &RoomName::private(2), "ana", RoomRole::Member).await;
    let rooms = async || {
        let mut rooms = directory.private_rooms(&account("ana")).await.unwrap();
        rooms.sort_unstable();
        rooms
    };
    let family = (RoomName::private(1), "Family".to_owned());
    assert_eq!(rooms().await, [family.clone(), (RoomName::private(2), "Friends".to_owned())]);
    directory.change_room(&RoomName::private(2), RoomChange::Role(account("ana"), None)).await.unwrap();
    assert_eq!(rooms().await, [family]);
    directory.delete_room(&RoomName::private(1)).await.unwrap();
    assert_eq!(rooms().await, []);
}

pub(super) async fn a_member_whose_access_ends_leaves_the_room(directory: &dyn Directory) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.create_room(public_room("kitchen", RoomKind::Open, "owner")).await.unwrap();
    for name in [RoomName::private(7), room("kitchen")] {
        add(directory, &name, "ana", RoomRole::Owner).await;
        for id in ["ana", "owner"] {
            directory.join_room(&author(id, id), &name).await.unwrap();
        }
        directory.change_room(&name, RoomChange::Role(account("ana"), None)).await.unwrap();
    }
    let joined = directory.joined_rooms(&account("ana")).await.unwrap();
    assert_eq!(joined, [(room("kitchen"), String::new())], "everybody may stay in an open room");
    assert_eq!(directory.joined_rooms(&account("owner")).await.unwrap().len(), 2);
}

/// Creates a private room with as many members as it may have, the owner included.
async fn full_room(directory: &dyn Directory) -> RoomName {
    directory.create_room(public_room("party", RoomKind::Open, "owner")).await.unwrap();
    let members = (1..limits::ROOM_MEMBERS).map(|number| account(&number.to_string())).collect();
    let (to, title) = (RoomName::private(7), "Party".to_owned());
    let change = RoomChange::Rename { to: to.clone(), kind: RoomKind::Private, title, members };
    let policy = directory.change_room(&room("party"), change).await.unwrap();
    assert_eq!(policy.roles.len(), limits::ROOM_MEMBERS);
    to
}

pub(super) async fn a_full_room_gets_another_member_when_one_has_left(directory: &dyn Directory) {
    let name = full_room(directory).await;
    let code: SecretHash = secret("code");
    directory.add_invitation(invitation("code", &name, Some(5))).await.unwrap();
    for role in [RoomRole::Member, RoomRole::Owner] {
        let added = directory.change_room(&name, RoomChange::Role(account("one too many"), Some(role))).await;
        assert_eq!(added, Err(EngineError::TooManyMembers));
    }
    let accepted = directory.accept_invitation(code, &account("one too many")).await;
    assert_eq!(accepted, Err(EngineError::TooManyMembers));
    assert!(directory.accept_invitation(code, &account("1")).await.unwrap().is_some(), "a member already");
    let unused = &directory.invitations(scope_of(&name)).await.unwrap()[0];
    assert_eq!((unused.uses_left, unused.used), (Some(5), 0));
    add(directory, &name, "1", RoomRole::Owner).await;
    directory.change_room(&name, RoomChange::Role(account("2"), None)).await.unwrap();
    assert!(directory.accept_invitation(code, &account("one too many")).await.unwrap().is_some());
    assert_eq!(policy(directory, &name).await.roles.len(), limits::ROOM_MEMBERS);
}

pub(super) async fn a_room_does_not_become_private_with_too_many_members(directory: &dyn Directory) {
    directory.create_room(public_room("party", RoomKind::Open, "owner")).await.unwrap();
    let before = policy(directory, &room("party")).await;
    let members = (1..=limits::ROOM_MEMBERS).map(|number| account(&number.to_string())).collect();
    let (to, title) = (RoomName::private(7), "Party".to_owned());
    let change = RoomChange::Rename { to, kind: RoomKind::Private, title, members };
    let renamed = directory.change_room(&room("party"), change).await.map(|policy| policy.roles.len());
    assert_eq!(renamed, Err(EngineError::TooManyMembers), "the owner counts, too");
    assert_eq!(policy(directory, &room("party")).await, before);
}

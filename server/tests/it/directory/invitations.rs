//! Invitations to private rooms: how long and how often they can be used.

use futures_util::future::join_all;
use parlor::{RoomName, limits};
use parlor_server::access::{RoomKind, RoomRole};
use parlor_server::engine::{Directory, EngineError, Invitation, NewInvitation, Offer, RoomChange};

use super::records::{account, invitation, policy, private_room, public_room, room, scope_of, secret};

/// Creates two private rooms and returns the first.
async fn create_rooms(directory: &dyn Directory) -> RoomName {
    for (number, title) in [(7, "Family"), (8, "Other")] {
        directory.create_room(private_room(number, title, "owner")).await.unwrap();
    }
    RoomName::private(7)
}

async fn accept(directory: &dyn Directory, code: &str, id: &str) -> Option<RoomName> {
    let offer = directory.accept_invitation(secret(code), &account(id)).await.unwrap()?;
    offer.room.map(|(name, _)| name)
}

/// What an invitation to the room "Family" offers, of somebody who is no owner of the server.
fn offer(name: &RoomName) -> Offer {
    Offer { room: Some((name.clone(), "Family".to_owned())), role: None }
}

/// How often each usable invitation of the room can be and has been used, by the order in which they were made.
async fn uses(directory: &dyn Directory, name: &RoomName) -> Vec<(Option<u32>, u32)> {
    let mut invitations = directory.invitations(scope_of(name)).await.unwrap();
    invitations.sort_unstable_by_key(|invitation| invitation.id.0);
    invitations.iter().map(|Invitation { uses_left, used, .. }| (*uses_left, *used)).collect()
}

pub(super) async fn an_invitation_makes_an_account_a_member_of_its_room(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    let new = invitation("code", &name, None);
    directory.add_invitation(new.clone()).await.unwrap();
    assert_eq!(directory.invitation(secret("code")).await, Ok(Some(offer(&name))));
    assert_eq!(uses(directory, &name).await, [(None, 0)], "a look uses nothing up");
    assert_eq!(directory.invitations(scope_of(&name)).await.unwrap()[0].expires, new.expires);
    for id in ["ana", "bo"] {
        assert_eq!(accept(directory, "code", id).await, Some(name.clone()));
        assert_eq!(directory.room_role(&name, &account(id)).await, Ok(Some(RoomRole::Member)));
    }
    assert_eq!(uses(directory, &name).await, [(None, 2)]);
    assert_eq!(policy(directory, &RoomName::private(8)).await.roles.len(), 1);
}

pub(super) async fn an_unknown_code_invites_nobody(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    assert_eq!(directory.invitation(secret("unknown")).await, Ok(None));
    assert_eq!(accept(directory, "unknown", "ana").await, None);
    assert_eq!(directory.room_role(&name, &account("ana")).await, Ok(None));
}

pub(super) async fn there_are_no_invitations_to_public_rooms(directory: &dyn Directory) {
    for (name, kind) in [("kitchen", RoomKind::Open), ("attic", RoomKind::Unlisted)] {
        directory.create_room(public_room(name, kind, "owner")).await.unwrap();
        let refused = directory.add_invitation(invitation(name, &room(name), None)).await;
        assert_eq!(refused, Err(EngineError::NoSuchRoom), "{name}");
        assert_eq!(directory.invitation(secret(name)).await, Ok(None));
    }
}

pub(super) async fn accepting_twice_counts_once_and_keeps_the_role(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    directory.add_invitation(invitation("code", &name, Some(3))).await.unwrap();
    for id in ["ana", "ana", "owner"] {
        assert_eq!(accept(directory, "code", id).await, Some(name.clone()), "{id}");
    }
    assert_eq!(uses(directory, &name).await, [(Some(2), 1)]);
    assert_eq!(directory.room_role(&name, &account("owner")).await, Ok(Some(RoomRole::Owner)));
    directory.change_room(&name, RoomChange::Role(account("ana"), None)).await.unwrap();
    assert_eq!(accept(directory, "code", "ana").await, Some(name.clone()));
    assert_eq!(uses(directory, &name).await, [(Some(1), 2)], "somebody who was removed uses it again");
}

pub(super) async fn an_invitation_for_some_people_ends_with_the_last_of_them(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    directory.add_invitation(invitation("code", &name, Some(2))).await.unwrap();
    let ids: Vec<_> = (0..8).map(|number| account(&number.to_string())).collect();
    let accepted = join_all(ids.iter().map(|id| directory.accept_invitation(secret("code"), id))).await;
    assert_eq!(accepted.iter().filter(|accepted| **accepted == Ok(Some(offer(&name)))).count(), 2, "{accepted:?}");
    assert_eq!(accepted.iter().filter(|accepted| **accepted == Ok(None)).count(), 6, "{accepted:?}");
    assert_eq!(policy(directory, &name).await.roles.len(), 3);
    assert_eq!(directory.invitation(secret("code")).await, Ok(None));
    assert_eq!(directory.invitations(scope_of(&name)).await, Ok(vec![]));
}

pub(super) async fn an_expired_invitation_cannot_be_used(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    directory.add_invitation(NewInvitation { expires: 1, ..invitation("past", &name, None) }).await.unwrap();
    assert_eq!(directory.invitation(secret("past")).await, Ok(None));
    assert_eq!(accept(directory, "past", "ana").await, None);
    assert_eq!(directory.invitations(scope_of(&name)).await, Ok(vec![]));
    assert_eq!(directory.room_role(&name, &account("ana")).await, Ok(None));
}

pub(super) async fn a_revoked_invitation_cannot_be_used(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    for code in ["one", "two"] {
        directory.add_invitation(invitation(code, &name, None)).await.unwrap();
    }
    accept(directory, "one", "ana").await;
    let id = directory
        .invitations(scope_of(&name))
        .await
        .unwrap()
        .iter()
        .find(|invitation| invitation.used == 1)
        .unwrap()
        .id;
    directory.revoke_invitation(scope_of(&RoomName::private(8)), id, &account("owner")).await.unwrap();
    assert_eq!(uses(directory, &name).await, [(None, 1), (None, 0)], "it is not one of the other room");
    for _ in 0..2 {
        directory.revoke_invitation(scope_of(&name), id, &account("owner")).await.unwrap();
    }
    assert_eq!(uses(directory, &name).await, [(None, 0)]);
    assert_eq!(directory.invitation(secret("one")).await, Ok(None));
    assert_eq!(accept(directory, "one", "bo").await, None);
    assert_eq!(accept(directory, "two", "bo").await, Some(name));
}

pub(super) async fn a_room_with_too_many_invitations_gets_another_when_one_has_ended(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    // Those that can't be used any more do not count.
    directory.add_invitation(NewInvitation { expires: 1, ..invitation("past", &name, None) }).await.unwrap();
    for number in 0..limits::INVITATIONS_PER_ROOM {
        let uses = (number == 0).then_some(1);
        directory.add_invitation(invitation(&number.to_string(), &name, uses)).await.unwrap();
    }
    let add = async |code: &str| directory.add_invitation(invitation(code, &name, None)).await;
    assert_eq!(add("more").await, Err(EngineError::TooManyInvitations));
    assert_eq!(directory.invitation(secret("more")).await, Ok(None));
    assert_eq!(directory.invitations(scope_of(&name)).await.unwrap().len(), limits::INVITATIONS_PER_ROOM);
    directory.add_invitation(invitation("other room", &RoomName::private(8), None)).await.unwrap();
    accept(directory, "0", "ana").await;
    assert_eq!(add("after the last use").await, Ok(()));
    assert_eq!(add("more").await, Err(EngineError::TooManyInvitations));
    let id = directory.invitations(scope_of(&name)).await.unwrap()[0].id;
    directory.revoke_invitation(scope_of(&name), id, &account("owner")).await.unwrap();
    assert_eq!(add("after a revocation").await, Ok(()));
}

pub(super) async fn an_invitation_ends_when_its_maker_owns_the_room_no_more(directory: &dyn Directory) {
    let name = create_rooms(directory).await;
    let set = async |id: &str, role| {
        directory.change_room(&name, RoomChange::Role(account(id), role)).await.unwrap();
    };
    set("bo", Some(RoomRole::Owner)).await;
    directory
        .add_invitation(NewInvitation { by: Some(account("bo")), ..invitation("of bo", &name, None) })
        .await
        .unwrap();
    assert!(directory.invitation(secret("of bo")).await.unwrap().is_some());
    set("bo", Some(RoomRole::Member)).await;
    assert_eq!(directory.invitation(secret("of bo")).await, Ok(None));
    assert_eq!(accept(directory, "of bo", "ana").await, None);
}

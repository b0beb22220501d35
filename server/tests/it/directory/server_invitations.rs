//! Invitations to the server: who makes them, and what they give.

use parlor::{RoomName, limits};
use parlor_server::access::{Admission, RoomRole, ServerPolicy, ServerRole};
use parlor_server::engine::{Directory, EngineError, InvitationScope, NewInvitation, Offer, RoomChange};

use super::records::{account, invitation, private_room, secret, server_invitation, session};
use super::server_settings::store_people;
use crate::support::engine::unix_millis;
use crate::support::fixture::Fixture;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// An invitation of the command line to become an owner.
fn owner_link(code: &str) -> NewInvitation {
    NewInvitation { by: None, role: ServerRole::Owner, uses: Some(1), ..server_invitation(code, "", None) }
}

fn member_offer() -> Offer {
    Offer { room: None, role: Some(ServerRole::Member) }
}

async fn role(directory: &dyn Directory, id: &str) -> Option<ServerRole> {
    directory.server_role(&account(id)).await.unwrap()
}

async fn close(directory: &dyn Directory, admission: Admission) {
    let policy = ServerPolicy { admission, ..ServerPolicy::default() };
    directory.set_server_policy(policy, false, &account("ana")).await.unwrap();
}

pub(super) async fn an_invitation_to_the_server_makes_an_account_a_member(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    directory.add_invitation(server_invitation("code", "ana", Some(2))).await.unwrap();
    assert_eq!(directory.invitation(secret("code")).await, Ok(Some(member_offer())));
    for id in ["bo", "bo", "ana"] {
        assert_eq!(directory.accept_invitation(secret("code"), &account(id)).await, Ok(Some(member_offer())));
    }
    assert_eq!(role(directory, "bo").await, Some(ServerRole::Member));
    assert_eq!(role(directory, "ana").await, Some(ServerRole::Owner), "nobody loses a role by an invitation");
    let listed = &directory.invitations(InvitationScope::Server).await.unwrap()[0];
    assert_eq!((listed.uses_left, listed.used, listed.note.as_str()), (Some(1), 1, "note of code"));
    directory.revoke_invitation(InvitationScope::Server, listed.id, &account("ana")).await.unwrap();
    assert_eq!(directory.invitation(secret("code")).await, Ok(None));
    assert_eq!(role(directory, "bo").await, Some(ServerRole::Member), "who has accepted it stays");
}

pub(super) async fn an_invitation_ends_when_its_maker_is_no_owner_any_more(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo", "Cy"]).await;
    directory.set_server_role(&account("bo"), Some(ServerRole::Owner), &account("ana")).await.unwrap();
    directory.add_invitation(server_invitation("code", "bo", None)).await.unwrap();
    directory.set_server_role(&account("bo"), Some(ServerRole::Moderator), &account("ana")).await.unwrap();
    assert_eq!(directory.invitation(secret("code")).await, Ok(None));
    assert_eq!(directory.accept_invitation(secret("code"), &account("cy")).await, Ok(None));
    assert_eq!(directory.invitations(InvitationScope::Server).await, Ok(vec![]));
    assert_eq!(role(directory, "cy").await, None);
}

pub(super) async fn the_link_of_the_command_line_makes_one_owner_and_ends_the_others(fixture: &mut impl Fixture) {
    let directory = fixture.directory();
    for id in ["ana", "bo"] {
        directory.store_account(session(id, id)).await.unwrap();
    }
    for code in ["first", "second", "old"] {
        directory.add_invitation(owner_link(code)).await.unwrap();
    }
    let offer = Some(Offer { room: None, role: Some(ServerRole::Owner) });
    assert_eq!(directory.invitation(secret("first")).await, Ok(offer.clone()));
    assert_eq!(directory.accept_invitation(secret("first"), &account("ana")).await, Ok(offer));
    assert_eq!(role(directory, "ana").await, Some(ServerRole::Owner));
    for code in ["first", "second", "old"] {
        assert_eq!(directory.accept_invitation(secret(code), &account("bo")).await, Ok(None), "{code}");
    }
    let expires = unix_millis() + DAY_MS;
    directory.add_invitation(NewInvitation { expires, ..owner_link("later") }).await.unwrap();
    fixture.pass_time(DAY_MS).await;
    assert_eq!(fixture.directory().invitation(secret("later")).await, Ok(None), "it is valid for a day");
}

pub(super) async fn an_owner_can_always_be_made_however_many_invitations_there_are(directory: &dyn Directory) {
    store_people(directory, &["Ana"]).await;
    for number in 0..limits::SERVER_INVITATIONS {
        directory.add_invitation(server_invitation(&number.to_string(), "ana", None)).await.unwrap();
    }
    let refused = directory.add_invitation(server_invitation("more", "ana", None)).await;
    assert_eq!(refused, Err(EngineError::TooManyInvitations));
    assert_eq!(directory.add_invitation(owner_link("owner")).await, Ok(()));
    assert!(directory.invitation(secret("owner")).await.unwrap().is_some());
}

pub(super) async fn the_invitation_of_a_rooms_owner_lets_only_members_into_a_closed_server(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo", "Cy", "Dee"]).await;
    directory.set_server_role(&account("bo"), Some(ServerRole::Member), &account("ana")).await.unwrap();
    directory.set_server_role(&account("dee"), Some(ServerRole::Member), &account("ana")).await.unwrap();
    let room = RoomName::private(7);
    directory.create_room(private_room(7, "Family", "bo")).await.unwrap();
    directory.change_room(&room, RoomChange::Role(account("ana"), Some(RoomRole::Owner))).await.unwrap();
    for (code, by) in [("of bo", "bo"), ("of ana", "ana")] {
        let by = Some(account(by));
        directory.add_invitation(NewInvitation { by, ..invitation(code, &room, Some(1)) }).await.unwrap();
    }
    for admission in [Admission::GuestsRead, Admission::Invited] {
        close(directory, admission).await;
        let refused = directory.accept_invitation(secret("of bo"), &account("cy")).await;
        assert_eq!(refused, Err(EngineError::MembersOnly), "{admission:?}");
        assert_eq!(directory.room_role(&room, &account("cy")).await, Ok(None));
    }
    assert!(directory.accept_invitation(secret("of bo"), &account("dee")).await.unwrap().is_some());
    let offer = directory.accept_invitation(secret("of ana"), &account("cy")).await.unwrap().unwrap();
    assert_eq!(offer.role, Some(ServerRole::Member), "an owner of the server invites to both");
    assert_eq!(directory.room_role(&room, &account("cy")).await, Ok(Some(RoomRole::Member)));
    assert_eq!(role(directory, "cy").await, Some(ServerRole::Member));
}

//! Links that end by themselves.

use parlor::{RoomName, limits};
use parlor_server::engine::{DeviceLink, NewInvitation};

use super::records::{account, invitation, private_room, scope_of, secret, session};
use crate::support::engine::unix_millis;
use crate::support::fixture::Fixture;

/// Longer than a case takes.
const MINUTE_MS: u64 = 60_000;

const LINK_MS: u64 = limits::DEVICE_LINK_SECONDS * 1_000;

pub(super) async fn a_device_link_is_valid_for_some_minutes(fixture: &mut impl Fixture) {
    for id in ["ana", "bo"] {
        let link = DeviceLink {
            code: secret(id),
            account: account(id),
            session: secret("the session"),
            address: "::1".to_owned(),
        };
        fixture.directory().add_device_link(link).await.unwrap();
    }
    fixture.pass_time(LINK_MS - MINUTE_MS).await;
    let directory = fixture.directory();
    assert_eq!(directory.device_link(secret("ana")).await, Ok(Some(account("ana"))));
    assert_eq!(directory.redeem_device_link(secret("ana"), session("v", "one")).await, Ok(Some(account("ana"))));
    fixture.pass_time(MINUTE_MS).await;
    let directory = fixture.directory();
    assert_eq!(directory.device_link(secret("bo")).await, Ok(None));
    assert_eq!(directory.redeem_device_link(secret("bo"), session("v", "two")).await, Ok(None));
    assert_eq!(directory.sessions(&account("bo")).await, Ok((vec![], None)));
}

pub(super) async fn expired_device_links_do_not_count(fixture: &mut impl Fixture) {
    let link = |id: usize| DeviceLink {
        session: secret("the session"),
        code: secret(&id.to_string()),
        account: account(&id.to_string()),
        address: "::1".to_owned(),
    };
    for number in 0..limits::DEVICE_LINKS_PER_ADDRESS {
        fixture.directory().add_device_link(link(number)).await.unwrap();
    }
    fixture.pass_time(LINK_MS).await;
    let added = fixture.directory().add_device_link(link(limits::DEVICE_LINKS_PER_ADDRESS)).await;
    assert_eq!(added, Ok(None));
}

pub(super) async fn an_invitation_is_valid_until_it_expires_and_its_members_stay(fixture: &mut impl Fixture) {
    let name = RoomName::private(7);
    fixture.directory().create_room(private_room(7, "Family", "owner")).await.unwrap();
    let expires = unix_millis() + 2 * MINUTE_MS;
    fixture.directory().add_invitation(NewInvitation { expires, ..invitation("code", &name, None) }).await.unwrap();
    fixture.pass_time(MINUTE_MS).await;
    let accepted = fixture.directory().accept_invitation(secret("code"), &account("ana")).await;
    assert_eq!(accepted.unwrap().unwrap().room.unwrap().0, name);
    fixture.pass_time(MINUTE_MS).await;
    let directory = fixture.directory();
    assert_eq!(directory.invitation(secret("code")).await, Ok(None));
    assert_eq!(directory.accept_invitation(secret("code"), &account("bo")).await, Ok(None));
    assert_eq!(directory.accept_invitation(secret("code"), &account("ana")).await, Ok(None), "a member already");
    assert_eq!(directory.invitations(scope_of(&name)).await, Ok(vec![]));
    assert!(directory.room_role(&name, &account("ana")).await.unwrap().is_some());
}

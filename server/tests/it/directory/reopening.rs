//! What is stored is there again after the storage has been reopened.

use parlor::RoomName;
use parlor_server::access::{RoomKind, RoomRole};
use parlor_server::engine::{
    ConfusableKey, DeviceLink, EngineError, NameHolder, Offer, Right, RoomChange, RoomStatus, SecretLookup,
};

use super::log_access::texts;
use super::records::{account, author, invitation, message, policy, public_room, room, scope_of, secret, session};
use crate::support::fixture::{Fixture, append};

pub(super) async fn the_names_of_accounts_are_still_held_and_those_of_connections_are_not(fixture: &mut impl Fixture) {
    let renamed = author("ana", "Ana Maria");
    let directory = fixture.directory();
    for author in [&author("ana", "Ana"), &author("bo", "Bo"), &renamed] {
        directory.claim_name(author, NameHolder::Account).await.unwrap();
    }
    directory.claim_name(&author("plain", "Cy"), NameHolder::Connection).await.unwrap();
    directory.release_names(vec![account("bo")]).await.unwrap();
    fixture.reopen().await;
    let directory = fixture.directory();
    assert_eq!(directory.holders().await.unwrap(), std::slice::from_ref(&renamed));
    let key = vec![ConfusableKey::folded("ana maria").unwrap()];
    assert_eq!(directory.holders_of(key).await.unwrap(), [renamed]);
    let taken = directory.claim_name(&author("other", "ANA MARIA"), NameHolder::Connection).await;
    assert_eq!(taken, Err(EngineError::NameTaken));
    for (id, name) in [("1", "Ana"), ("2", "Bo"), ("3", "Cy")] {
        directory.claim_name(&author(id, name), NameHolder::Account).await.unwrap();
    }
}

pub(super) async fn a_forgotten_name_of_an_account_is_held_again(fixture: &mut impl Fixture) {
    let ana = author("ana", "Ana");
    fixture.directory().claim_name(&ana, NameHolder::Account).await.unwrap();
    fixture.directory().forget_name(&ana.id, NameHolder::Account);
    fixture.reopen().await;
    let taken = fixture.directory().claim_name(&author("other", "Ana"), NameHolder::Account).await;
    assert_eq!(taken, Err(EngineError::NameTaken));
    assert_eq!(fixture.directory().holders().await.unwrap(), [ana]);
}

pub(super) async fn a_forgotten_name_that_another_account_has_claimed_has_one_holder(fixture: &mut impl Fixture) {
    fixture.directory().claim_name(&author("ana", "Ana"), NameHolder::Account).await.unwrap();
    fixture.directory().forget_name(&account("ana"), NameHolder::Account);
    fixture.directory().claim_name(&author("other", "ANA"), NameHolder::Account).await.unwrap();
    fixture.reopen().await;
    let holders = fixture.directory().holders().await.unwrap();
    assert_eq!(holders.len(), 1, "{holders:?}");
}

pub(super) async fn the_secret_key_stays_the_same(fixture: &mut impl Fixture) {
    let key = fixture.directory().secret_key().await.unwrap();
    assert_ne!(key, [0; 32]);
    assert_eq!(fixture.directory().secret_key().await, Ok(key));
    fixture.reopen().await;
    assert_eq!(fixture.directory().secret_key().await, Ok(key));
}

pub(super) async fn sessions_and_device_links_are_still_valid(fixture: &mut impl Fixture) {
    let link = DeviceLink {
        code: secret("link"),
        account: account("ana"),
        session: secret("the session"),
        address: "::1".to_owned(),
    };
    let directory = fixture.directory();
    directory.store_account(session("ana", "one")).await.unwrap();
    directory.store_account(session("bo", "ended")).await.unwrap();
    directory.end_all_sessions(&account("bo")).await.unwrap();
    directory.add_device_link(link.clone()).await.unwrap();
    let before = directory.sessions(&account("ana")).await.unwrap();
    fixture.reopen().await;
    let directory = fixture.directory();
    assert_eq!(directory.sessions(&account("ana")).await.unwrap(), before);
    let ended = directory.look_up_secret(secret("ended"), account("bo")).await;
    assert_eq!(ended, Ok(SecretLookup::AccountOnly));
    assert_eq!(directory.redeem_device_link(link.code, session("v", "two")).await, Ok(Some(account("ana"))));
}

pub(super) async fn joined_rooms_and_read_markers_are_kept(fixture: &mut impl Fixture) {
    let directory = fixture.directory();
    directory.create_room(public_room("kitchen", RoomKind::Open, "ana")).await.unwrap();
    for name in ["kitchen", "attic"] {
        directory.join_room(&author("ana", "Ana"), &room(name)).await.unwrap();
    }
    directory.mark_read(&account("ana"), &room("kitchen"), 7).await.unwrap();
    let before = directory.joined_rooms(&account("ana")).await.unwrap();
    fixture.reopen().await;
    let directory = fixture.directory();
    assert_eq!(directory.joined_rooms(&account("ana")).await.unwrap(), before);
    assert_eq!(directory.read_up_to(&account("ana"), &room("kitchen")).await, Ok(Some(7)));
}

pub(super) async fn rooms_keep_their_settings_and_retired_names_their_successors(fixture: &mut impl Fixture) {
    let (directory, private) = (fixture.directory(), RoomName::private(7));
    append(fixture, message(&room("kitchen"), &author("owner", "Zoe"), "m1")).await.unwrap();
    let (to, title, members) = (private.clone(), "Family".to_owned(), vec![account("ana")]);
    let rename = RoomChange::Rename { to, kind: RoomKind::Private, title, members };
    directory.change_room(&room("kitchen"), rename).await.unwrap();
    let before = directory.change_room(&private, RoomChange::AnnouncementsOnly(true)).await.unwrap();
    directory.add_invitation(invitation("code", &private, Some(2))).await.unwrap();
    directory.create_room(public_room("deleted", RoomKind::Open, "owner")).await.unwrap();
    directory.delete_room(&room("deleted")).await.unwrap();
    fixture.reopen().await;
    let directory = fixture.directory();
    assert_eq!(policy(directory, &private).await, before);
    assert_eq!(before.roles[&account("ana")], RoomRole::Member);
    let moved = RoomStatus::Retired { moved_to: Some(private.clone()) };
    assert_eq!(directory.room_status(&room("kitchen")).await, Ok(moved));
    assert_eq!(directory.room_status(&room("deleted")).await, Ok(RoomStatus::Retired { moved_to: None }));
    assert_eq!(texts(fixture, &private, &account("ana")).await, ["text of m1"]);
    for retired in ["kitchen", "deleted"] {
        let refused = append(fixture, message(&room(retired), &author("owner", "Zoe"), "m2")).await;
        assert_eq!(refused, Err(EngineError::NoSuchRoom), "{retired}");
    }
    assert_eq!(
        directory.accept_invitation(secret("code"), &account("bo")).await,
        Ok(Some(Offer { room: Some((private.clone(), "Family".to_owned())), role: None }))
    );
    assert_eq!(directory.invitations(scope_of(&private)).await.unwrap()[0].uses_left, Some(1));
}

pub(super) async fn ended_rights_are_numbered_on(fixture: &mut impl Fixture) {
    for id in ["ana", "bo"] {
        fixture.directory().store_account(session(id, id)).await.unwrap();
    }
    fixture.directory().end_all_sessions(&account("ana")).await.unwrap();
    let before = fixture.directory().ended_rights(0).await.unwrap();
    fixture.reopen().await;
    let directory = fixture.directory();
    assert_eq!(directory.ended_rights(0).await.unwrap(), before);
    directory.end_all_sessions(&account("bo")).await.unwrap();
    let after = directory.ended_rights(before[0].counter).await.unwrap();
    assert_eq!(after.iter().map(|ended| &ended.right).collect::<Vec<_>>(), [&Right::AllSessions(account("bo"))]);
}

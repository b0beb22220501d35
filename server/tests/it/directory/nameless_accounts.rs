//! Accounts that never had a name, of which a limited number is stored.

use parlor::{RoomName, limits};
use parlor_server::access::{RoomKind, RoomRole};
use parlor_server::engine::{NameHolder, RoomChange, SecretLookup};

use super::records::{account, author, next_millisecond, private_room, public_room, room, secret, session};
use crate::support::fixture::Fixture;

async fn is_stored(fixture: &impl Fixture, id: &str) -> bool {
    let found = fixture.directory().look_up_secret(secret(id), account(id)).await.unwrap();
    assert_ne!(found, SecretLookup::AccountOnly, "an account is stored with its session");
    found != SecretLookup::Unknown
}

/// Number of accounts that may be stored beyond the limit before the ones too many are removed, at most.
const TOLERANCE: usize = 2_000;

pub(super) async fn of_too_many_nameless_accounts_the_one_that_was_unused_the_longest_is_removed(
    fixture: &mut impl Fixture,
) {
    let directory = fixture.directory();
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.create_room(public_room("kitchen", RoomKind::Open, "owner")).await.unwrap();
    for id in ["named", "member", "used", "unused"] {
        directory.store_account(session(id, id)).await.unwrap();
        directory.mark_read(&account(id), &room("kitchen"), 3).await.unwrap();
        next_millisecond().await;
    }
    directory.claim_name(&author("named", "Ana"), NameHolder::Account).await.unwrap();
    let role = RoomChange::Role(account("member"), Some(RoomRole::Member));
    directory.change_room(&RoomName::private(7), role).await.unwrap();
    fixture.store_nameless_accounts(limits::NAMELESS_ACCOUNTS - 2).await;
    next_millisecond().await;
    let directory = fixture.directory();
    let used = directory.sessions(&account("used")).await.unwrap().0[0].id;
    directory.mark_session_used(used).await.unwrap();
    assert!(is_stored(fixture, "unused").await);
    let mut stored = 0;
    while is_stored(fixture, "unused").await {
        assert!(stored < TOLERANCE, "no account has been removed");
        stored += 1;
        let id = format!("one too many {stored}");
        directory.store_account(session(&id, &id)).await.unwrap();
        assert!(is_stored(fixture, &id).await, "the new one stays");
    }
    for id in ["named", "member", "used", "one too many 1"] {
        assert!(is_stored(fixture, id).await, "{id}");
        assert_eq!(directory.sessions(&account(id)).await.unwrap().0.len(), 1, "{id}");
    }
    assert_eq!(directory.read_up_to(&account("unused"), &room("kitchen")).await, Ok(None));
    assert_eq!(directory.read_up_to(&account("used"), &room("kitchen")).await, Ok(Some(3)));
    directory.store_account(session("unused", "unused")).await.unwrap();
    assert!(is_stored(fixture, "unused").await, "its visitor is stored again");
}

//! Accounts that never had a name, of which a limited number is stored.

use futures_util::future::join_all;
use parlor::limits;
use parlor_server::access::RoomKind;
use parlor_server::engine::{Directory, NameHolder, SecretLookup};

use super::records::{account, author, next_millisecond, public_room, room, secret, session};

pub(super) async fn of_too_many_nameless_accounts_the_one_that_was_unused_the_longest_is_removed(
    directory: &dyn Directory,
) {
    directory.create_room(public_room("kitchen", RoomKind::Open, "owner")).await.unwrap();
    // In the order in which they are stored: one with a name, one that is used later, one that is not.
    for id in ["named", "used", "unused", "newer"] {
        directory.store_account(session(id, id)).await.unwrap();
        directory.mark_read(&account(id), &room("kitchen"), 3).await.unwrap();
        next_millisecond().await;
    }
    directory.claim_name(&author("named", "Ana"), NameHolder::Account).await.unwrap();
    let ids: Vec<_> = (3..limits::NAMELESS_ACCOUNTS).map(|number| number.to_string()).collect();
    let stored = join_all(ids.iter().map(|id| directory.store_account(session(id, id)))).await;
    assert!(stored.iter().all(Result::is_ok));
    next_millisecond().await;
    let used = directory.sessions(&account("used")).await.unwrap().0[0].id;
    directory.mark_session_used(used).await.unwrap();
    let look_up = async |id: &str| directory.look_up_secret(secret(id), account(id)).await.unwrap();
    for id in ["named", "used", "unused", "newer"] {
        assert!(matches!(look_up(id).await, SecretLookup::Session(_)), "{id}: the limit is not exceeded yet");
    }
    next_millisecond().await;
    directory.store_account(session("one too many", "one too many")).await.unwrap();
    for id in ["named", "used", "newer", "one too many"] {
        assert!(matches!(look_up(id).await, SecretLookup::Session(_)), "{id}");
    }
    assert_eq!(look_up("unused").await, SecretLookup::Unknown);
    assert_eq!(directory.read_up_to(&account("unused"), &room("kitchen")).await, Ok(None));
    assert_eq!(directory.read_up_to(&account("used"), &room("kitchen")).await, Ok(Some(3)));
    directory.store_account(session("unused", "unused")).await.unwrap();
    assert!(matches!(look_up("unused").await, SecretLookup::Session(_)), "its visitor is stored again");
}

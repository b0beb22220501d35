//! Accounts: when they are stored, and what the directory knows of a secret.

use parlor_server::engine::{Directory, EngineError, NewSession, SecretLookup, SessionRecord};

use super::records::{account, secret, session};
use crate::support::engine::unix_millis;

async fn only_session(directory: &dyn Directory, id: &str) -> SessionRecord {
    let (mut sessions, _) = directory.sessions(&account(id)).await.unwrap();
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    sessions.remove(0)
}

pub(super) async fn a_secret_is_unknown_before_its_account_is_stored_and_a_session_afterwards(
    directory: &dyn Directory,
) {
    let look_up = || directory.look_up_secret(secret("ana's"), account("ana"));
    assert_eq!(look_up().await.unwrap(), SecretLookup::Unknown);
    assert_eq!(directory.sessions(&account("ana")).await.unwrap(), (vec![], None));
    let before = unix_millis();
    directory.store_account(session("ana", "ana's")).await.unwrap();
    let record = only_session(directory, "ana").await;
    assert_eq!(look_up().await.unwrap(), SecretLookup::Session(record.clone()));
    assert_eq!((&record.account, record.secret), (&account("ana"), secret("ana's")));
    assert_eq!(record.device, "Device of ana's");
    assert!((before..=unix_millis()).contains(&record.created), "{record:?}, {before}");
    assert_eq!(record.last_used, record.created);
}

pub(super) async fn another_secret_of_a_stored_account_finds_the_account_only(directory: &dyn Directory) {
    directory.store_account(session("ana", "ana's")).await.unwrap();
    let found = directory.look_up_secret(secret("unknown"), account("ana")).await.unwrap();
    assert_eq!(found, SecretLookup::AccountOnly);
}

pub(super) async fn a_session_is_found_by_its_secret_whatever_account_is_asked_for(directory: &dyn Directory) {
    directory.store_account(session("ana", "ana's")).await.unwrap();
    directory.store_account(session("bo", "bo's")).await.unwrap();
    let of_ana = only_session(directory, "ana").await;
    for asked in ["bo", "unknown"] {
        let found = directory.look_up_secret(secret("ana's"), account(asked)).await.unwrap();
        assert_eq!(found, SecretLookup::Session(of_ana.clone()), "{asked}");
    }
}

pub(super) async fn an_account_is_stored_once(directory: &dyn Directory) {
    directory.store_account(session("ana", "ana's")).await.unwrap();
    let first = only_session(directory, "ana").await;
    let again = NewSession { device: "Other".to_owned(), ..session("ana", "ana's") };
    directory.store_account(again).await.unwrap();
    assert_eq!(only_session(directory, "ana").await, first);
    let store = || directory.store_account(session("bo", "bo's"));
    assert_eq!(tokio::join!(store(), store()), (Ok(()), Ok(())), "at once");
    only_session(directory, "bo").await;
}

pub(super) async fn a_session_that_has_ended_is_not_stored_again(directory: &dyn Directory) {
    directory.store_account(session("ana", "ana's")).await.unwrap();
    let id = only_session(directory, "ana").await.id;
    directory.end_session(&account("ana"), id).await.unwrap();
    assert_eq!(directory.store_account(session("ana", "ana's")).await, Err(EngineError::SessionEnded));
    assert_eq!(directory.store_account(session("ana", "another")).await, Err(EngineError::SessionEnded));
    assert_eq!(directory.sessions(&account("ana")).await.unwrap(), (vec![], None));
    let found = directory.look_up_secret(secret("ana's"), account("ana")).await.unwrap();
    assert_eq!(found, SecretLookup::AccountOnly);
}

pub(super) async fn an_account_without_an_old_secret_gets_no_session_by_it(directory: &dyn Directory) {
    directory.store_account(session("ana", "ana's")).await.unwrap();
    assert_eq!(directory.add_session_by_old_secret(session("ana", "other")).await, Ok(false));
    assert_eq!(directory.add_session_by_old_secret(session("unknown", "more")).await, Ok(false));
    only_session(directory, "ana").await;
    assert_eq!(directory.sessions(&account("unknown")).await.unwrap(), (vec![], None));
}

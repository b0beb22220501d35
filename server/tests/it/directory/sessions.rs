//! Sessions of an account: their order, how they end, and how many there can be.

use parlor::limits;
use parlor_server::engine::{DeviceLink, Directory, EndedRight, Right, SecretLookup, SessionId, SessionRecord};

use super::records::{account, next_millisecond, secret, session};

/// Adds a session in the way a second device gets one.
async fn add_session(directory: &dyn Directory, id: &str, text: &str) {
    let link = DeviceLink {
        code: secret(&format!("link of {text}")),
        account: account(id),
        session: secret("the session"),
        address: "::1".to_owned(),
    };
    directory.add_device_link(link.clone()).await.unwrap();
    let added = directory.redeem_device_link(link.code, session("visitor", text)).await.unwrap();
    assert_eq!(added, Some(account(id)));
    next_millisecond().await;
}

async fn sessions(directory: &dyn Directory, id: &str) -> Vec<SessionRecord> {
    directory.sessions(&account(id)).await.unwrap().0
}

async fn id_of(directory: &dyn Directory, id: &str, text: &str) -> SessionId {
    sessions(directory, id).await.into_iter().find(|session| session.secret == secret(text)).unwrap().id
}

fn devices(sessions: &[SessionRecord]) -> Vec<&str> {
    sessions.iter().map(|session| session.device.strip_prefix("Device of ").unwrap()).collect()
}

pub(super) async fn the_session_that_was_used_last_is_the_first(directory: &dyn Directory) {
    directory.store_account(session("ana", "one")).await.unwrap();
    next_millisecond().await;
    add_session(directory, "ana", "two").await;
    add_session(directory, "ana", "three").await;
    assert_eq!(devices(&sessions(directory, "ana").await), ["three", "two", "one"]);
    directory.mark_session_used(id_of(directory, "ana", "one").await).await.unwrap();
    next_millisecond().await;
    let used = sessions(directory, "ana").await;
    assert_eq!(devices(&used), ["one", "three", "two"]);
    assert!(used[0].last_used > used[0].created && used[0].last_used > used[1].last_used, "{used:?}");
    directory.mark_session_used(id_of(directory, "ana", "two").await).await.unwrap();
    assert_eq!(devices(&sessions(directory, "ana").await), ["two", "one", "three"]);
}

pub(super) async fn a_session_ends_once_and_its_secret_is_returned(directory: &dyn Directory) {
    directory.store_account(session("ana", "one")).await.unwrap();
    add_session(directory, "ana", "two").await;
    let id = id_of(directory, "ana", "one").await;
    assert_eq!(directory.end_session(&account("ana"), id).await, Ok(Some(secret("one"))));
    assert_eq!(directory.end_session(&account("ana"), id).await, Ok(None));
    assert_eq!(devices(&sessions(directory, "ana").await), ["two"]);
    directory.mark_session_used(id).await.unwrap();
    assert_eq!(devices(&sessions(directory, "ana").await), ["two"], "an ended session is not used again");
}

pub(super) async fn a_session_of_another_account_is_not_ended(directory: &dyn Directory) {
    directory.store_account(session("ana", "ana's")).await.unwrap();
    directory.store_account(session("bo", "bo's")).await.unwrap();
    let id = id_of(directory, "ana", "ana's").await;
    assert_eq!(directory.end_session(&account("bo"), id).await, Ok(None));
    assert_eq!(devices(&sessions(directory, "ana").await), ["ana's"]);
    assert_eq!(directory.ended_rights(0).await.unwrap(), []);
}

pub(super) async fn ending_all_sessions_ends_device_links_too_and_leaves_other_accounts(directory: &dyn Directory) {
    for (id, text) in [("ana", "ana's"), ("bo", "bo's")] {
        directory.store_account(session(id, text)).await.unwrap();
        add_session(directory, id, &format!("second of {id}")).await;
        let link = DeviceLink {
            code: secret(id),
            account: account(id),
            session: secret("the session"),
            address: "::1".to_owned(),
        };
        directory.add_device_link(link).await.unwrap();
    }
    directory.end_all_sessions(&account("ana")).await.unwrap();
    assert_eq!(directory.sessions(&account("ana")).await.unwrap(), (vec![], None));
    assert_eq!(directory.device_link(secret("ana")).await, Ok(None));
    assert_eq!(directory.redeem_device_link(secret("ana"), session("v", "late")).await, Ok(None));
    let found = directory.look_up_secret(secret("ana's"), account("ana")).await.unwrap();
    assert_eq!(found, SecretLookup::AccountOnly);
    assert_eq!(sessions(directory, "bo").await.len(), 2);
    assert_eq!(directory.device_link(secret("bo")).await, Ok(Some(account("bo"))));
}

/// Stores an account with as many sessions as it may have, "1" to "64". All but those in `unused` have been used.
async fn fill(directory: &dyn Directory, unused: &[&str]) {
    directory.store_account(session("ana", "1")).await.unwrap();
    next_millisecond().await;
    for number in 2..=limits::SESSIONS_PER_ACCOUNT {
        add_session(directory, "ana", &number.to_string()).await;
    }
    let full = sessions(directory, "ana").await;
    assert_eq!(full.len(), limits::SESSIONS_PER_ACCOUNT);
    for session in full.iter().rev().filter(|session| !unused.contains(&devices(std::slice::from_ref(session))[0])) {
        directory.mark_session_used(session.id).await.unwrap();
        next_millisecond().await;
    }
}

/// The sessions that have ended, by the secret that they had.
fn ended(rights: &[EndedRight]) -> Vec<&Right> {
    rights.iter().map(|ended| &ended.right).collect()
}

pub(super) async fn of_too_many_sessions_one_that_was_never_used_again_ends_first(directory: &dyn Directory) {
    fill(directory, &["20", "40"]).await;
    for (new, expected) in [("65", "20"), ("66", "40")] {
        add_session(directory, "ana", new).await;
        // The new session has not been used again either. It is not the one that ends next.
        directory.mark_session_used(id_of(directory, "ana", new).await).await.unwrap();
        next_millisecond().await;
        let left = sessions(directory, "ana").await;
        assert_eq!(left.len(), limits::SESSIONS_PER_ACCOUNT);
        assert!(devices(&left).contains(&new) && !devices(&left).contains(&expected), "{:?}", devices(&left));
    }
    let rights = directory.ended_rights(0).await.unwrap();
    let session = |text: &str| Right::Session(account("ana"), secret(text));
    assert_eq!(ended(&rights), [&session("20"), &session("40")]);
}

pub(super) async fn of_too_many_used_sessions_the_one_that_was_unused_the_longest_ends(directory: &dyn Directory) {
    fill(directory, &[]).await;
    directory.mark_session_used(id_of(directory, "ana", "1").await).await.unwrap();
    add_session(directory, "ana", "new").await;
    let left = sessions(directory, "ana").await;
    assert_eq!(left.len(), limits::SESSIONS_PER_ACCOUNT);
    assert!(devices(&left).contains(&"1") && devices(&left).contains(&"new"), "{:?}", devices(&left));
    let rights = directory.ended_rights(0).await.unwrap();
    assert_eq!(ended(&rights), [&Right::Session(account("ana"), secret("2"))]);
}

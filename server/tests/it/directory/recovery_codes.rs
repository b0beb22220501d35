//! Recovery codes.

use parlor::Name;
use parlor_server::engine::{Directory, SecretLookup};

use super::records::{account, secret, session};
use super::server_settings::store_people;
use crate::support::fixture::Fixture;

pub(super) async fn a_recovery_code_gives_sessions_of_its_account_after_all_others_have_ended(
    fixture: &mut impl Fixture,
) {
    let directory = fixture.directory();
    store_people(directory, &["Ana", "Bo"]).await;
    assert_eq!(directory.recovery_code_created(&account("ana")).await, Ok(None));
    directory.set_recovery_code(&account("ana"), secret("code")).await.unwrap();
    assert!(directory.recovery_code_created(&account("ana")).await.unwrap().is_some());
    directory.end_all_sessions(&account("ana")).await.unwrap();
    fixture.reopen().await;
    let directory = fixture.directory();
    let ana = Some((account("ana"), Name::parse("Ana").ok()));
    for device in ["first", "second"] {
        assert_eq!(directory.redeem_recovery_code(secret("code"), session("visitor", device)).await, Ok(ana.clone()));
        let found = directory.look_up_secret(secret(device), account("visitor")).await.unwrap();
        assert!(matches!(found, SecretLookup::Session(record) if record.account == account("ana")), "{device}");
    }
    assert_eq!(directory.sessions(&account("ana")).await.unwrap().0.len(), 2);
}

pub(super) async fn a_newer_recovery_code_replaces_the_earlier_one(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    directory.set_recovery_code(&account("bo"), secret("of bo")).await.unwrap();
    for code in ["old", "new"] {
        directory.set_recovery_code(&account("ana"), secret(code)).await.unwrap();
    }
    for (code, is_valid) in [("old", false), ("new", true), ("of bo", true), ("unknown", false)] {
        let redeemed = directory.redeem_recovery_code(secret(code), session("visitor", code)).await.unwrap();
        assert_eq!(redeemed.is_some(), is_valid, "{code}");
    }
    directory.remove_recovery_code(&account("ana")).await.unwrap();
    assert_eq!(directory.redeem_recovery_code(secret("new"), session("visitor", "late")).await, Ok(None));
    assert_eq!(directory.recovery_code_created(&account("ana")).await, Ok(None));
    assert!(directory.recovery_code_created(&account("bo")).await.unwrap().is_some());
}

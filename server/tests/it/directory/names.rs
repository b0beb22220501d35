//! Names: who can hold which, and how they are found.

use futures_util::future::join_all;
use parlor_server::engine::{ConfusableKey, Directory, EngineError, NameHolder};

use super::records::{account, author};
use super::server_settings::store_people;

const HOLDERS: [NameHolder; 2] = [NameHolder::Account, NameHolder::Connection];

/// The ids of the holders of names that equal `name` after case folding.
async fn ids_of_holders(directory: &dyn Directory, name: &str) -> Vec<String> {
    let keys = vec![ConfusableKey::folded(name).unwrap()];
    let holders = directory.holders_of(keys).await.unwrap();
    let mut ids: Vec<_> = holders.into_iter().map(|holder| holder.id.as_str().to_owned()).collect();
    ids.sort_unstable();
    ids
}

async fn names_of_accounts(directory: &dyn Directory) -> Vec<String> {
    let mut names: Vec<_> =
        directory.holders().await.unwrap().into_iter().map(|holder| holder.name.to_string()).collect();
    names.sort_unstable();
    names
}

pub(super) async fn look_alike_names_have_one_holder_among_accounts_and_connections(directory: &dyn Directory) {
    // The same name, another case, invisible characters, and Cyrillic letters.
    for (round, (held, claimed)) in
        [("Paul", "Paul"), ("Ana", "aNA"), ("Ana ❤", "Ana ❤\u{fe0f}"), ("paypal", "pаypаl"), ("Ёж", "ёж")]
            .iter()
            .enumerate()
    {
        for (first, second) in HOLDERS.iter().flat_map(|first| HOLDERS.map(|second| (*first, second))) {
            let [holder, other] = ["holder", "other"].map(|who| format!("{who}-{round}"));
            directory.claim_name(&author(&holder, held), first).await.unwrap();
            let refused = directory.claim_name(&author(&other, claimed), second).await;
            assert_eq!(refused, Err(EngineError::NameTaken), "{held} {first:?}, {claimed} {second:?}");
            directory.release_names(vec![account(&holder)]).await.unwrap();
            directory.claim_name(&author(&other, claimed), second).await.unwrap();
            directory.release_names(vec![account(&other)]).await.unwrap();
        }
    }
}

pub(super) async fn ascii_names_conflict_only_if_they_are_equal_after_case_folding(directory: &dyn Directory) {
    for (id, name) in [("1", "Ill"), ("2", "lll"), ("3", "modern"), ("4", "modem")] {
        directory.claim_name(&author(id, name), NameHolder::Account).await.unwrap();
    }
    assert_eq!(directory.claim_name(&author("5", "ILL"), NameHolder::Account).await, Err(EngineError::NameTaken));
}

pub(super) async fn a_holder_who_takes_another_name_releases_the_earlier_one(directory: &dyn Directory) {
    for holder in HOLDERS {
        // The second name looks like the first, which is the holder's own.
        for name in ["Ana", "ana", "Ana Maria"] {
            directory.claim_name(&author("ana", name), holder).await.unwrap();
        }
        assert_eq!(ids_of_holders(directory, "ANA MARIA").await, ["ana"]);
        directory.claim_name(&author("other", "Ana"), holder).await.unwrap();
        directory.release_names(vec![account("ana"), account("other")]).await.unwrap();
    }
}

pub(super) async fn a_refused_claim_leaves_the_name_that_was_held(directory: &dyn Directory) {
    directory.claim_name(&author("ana", "Ana"), NameHolder::Account).await.unwrap();
    directory.claim_name(&author("bo", "Bo"), NameHolder::Account).await.unwrap();
    assert_eq!(directory.claim_name(&author("bo", "ANA"), NameHolder::Account).await, Err(EngineError::NameTaken));
    assert_eq!(names_of_accounts(directory).await, ["Ana", "Bo"]);
    assert_eq!(directory.claim_name(&author("cy", "Bo"), NameHolder::Account).await, Err(EngineError::NameTaken));
}

pub(super) async fn a_name_claimed_by_many_at_once_has_one_holder(directory: &dyn Directory) {
    let claims: Vec<_> = (0..16).map(|number| author(&format!("id-{number}"), "Ana")).collect();
    let claimed = join_all(claims.iter().map(|author| directory.claim_name(author, NameHolder::Account))).await;
    assert_eq!(claimed.iter().filter(|claim| claim.is_ok()).count(), 1, "{claimed:?}");
    assert!(claimed.iter().all(|claim| matches!(claim, Ok(()) | Err(EngineError::NameTaken))), "{claimed:?}");
    let holders = directory.holders().await.unwrap();
    assert_eq!(holders, [claims[claimed.iter().position(Result::is_ok).unwrap()].clone()]);
}

pub(super) async fn many_names_are_released_by_one_request(directory: &dyn Directory) {
    let holder = |number: usize| author(&format!("id-{number}"), &format!("Ana {number}"));
    for number in 0..100 {
        directory.claim_name(&holder(number), NameHolder::Account).await.unwrap();
    }
    let unknown = account("nobody");
    let released = (1..100).map(|number| holder(number).id).chain([unknown]).collect();
    directory.release_names(released).await.unwrap();
    assert_eq!(directory.holders().await.unwrap(), [holder(0)]);
}

pub(super) async fn a_connections_name_is_found_by_its_key_and_is_not_among_those_of_accounts(
    directory: &dyn Directory,
) {
    let ana = author("plain-1", "Ana");
    directory.claim_name(&ana, NameHolder::Connection).await.unwrap();
    assert_eq!(directory.holders().await.unwrap(), []);
    assert_eq!(directory.holders_of(vec![ConfusableKey::folded("ANA").unwrap()]).await.unwrap(), [ana]);
    directory.forget_name(&account("plain-1"), NameHolder::Connection);
    assert_eq!(ids_of_holders(directory, "Ana").await, [""; 0]);
    directory.claim_name(&author("plain-2", "Ana"), NameHolder::Connection).await.unwrap();
}

pub(super) async fn several_keys_find_the_holders_of_all_of_them(directory: &dyn Directory) {
    for (id, name, holder) in
        [("1", "Ana", NameHolder::Account), ("2", "Bo", NameHolder::Connection), ("3", "Cy", NameHolder::Account)]
    {
        directory.claim_name(&author(id, name), holder).await.unwrap();
    }
    let keys = ["BO", "cy", "Dee"].map(|name| ConfusableKey::folded(name).unwrap());
    let mut found = directory.holders_of(keys.into()).await.unwrap();
    found.sort_unstable_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    assert_eq!(found, [author("2", "Bo"), author("3", "Cy")]);
    assert_eq!(directory.holders_of(Vec::new()).await.unwrap(), []);
}

pub(super) async fn a_forgotten_name_can_be_claimed(directory: &dyn Directory) {
    directory.claim_name(&author("ana", "Ana"), NameHolder::Account).await.unwrap();
    directory.forget_name(&account("ana"), NameHolder::Account);
    directory.forget_name(&account("nobody"), NameHolder::Account);
    assert_eq!(ids_of_holders(directory, "Ana").await, [""; 0]);
    directory.claim_name(&author("other", "ana"), NameHolder::Account).await.unwrap();
    assert_eq!(ids_of_holders(directory, "Ana").await, ["other"]);
}

pub(super) async fn the_last_name_of_an_account_is_known_after_it_was_released(directory: &dyn Directory) {
    assert_eq!(directory.last_name(&account("ana")).await, Ok(None));
    store_people(directory, &["Ana"]).await;
    for _ in 0..2 {
        assert_eq!(directory.last_name(&account("ana")).await.unwrap().unwrap().as_str(), "Ana");
        directory.release_names(vec![account("ana")]).await.unwrap();
    }
}

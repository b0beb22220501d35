//! Random claims and releases, compared with a model: two ASCII names conflict if they are equal after case folding.

use std::collections::BTreeMap;

use parlor_server::engine::{ConfusableKey, Directory, EngineError, NameHolder};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::records::{account, author};

const SEQUENCES: usize = 16;

/// The ids of accounts and of connections that claim names.
const ACCOUNTS: [&str; 3] = ["a1", "a2", "a3"];
const CONNECTIONS: [&str; 2] = ["c1", "c2"];

#[derive(Clone, Debug)]
enum Step {
    Claim(&'static str, NameHolder, String),
    Release(Vec<&'static str>),
    Forget(&'static str),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = || "[abAB]{1,2}";
    let step = prop_oneof![
        4 => (prop::sample::select(&ACCOUNTS[..]), name())
            .prop_map(|(id, name)| Step::Claim(id, NameHolder::Account, name)),
        3 => (prop::sample::select(&CONNECTIONS[..]), name())
            .prop_map(|(id, name)| Step::Claim(id, NameHolder::Connection, name)),
        1 => prop::sample::subsequence(&ACCOUNTS[..], 1..3).prop_map(Step::Release),
        1 => prop::sample::select(&CONNECTIONS[..]).prop_map(Step::Forget),
    ];
    prop::collection::vec(step, 1..32)
}

/// The names that are held, by the id of their holder.
type Model = BTreeMap<&'static str, String>;

async fn apply(directory: &dyn Directory, model: &mut Model, step: &Step) {
    match step {
        Step::Claim(id, holder, name) => {
            let taken = model.iter().any(|(other, theirs)| other != id && theirs.eq_ignore_ascii_case(name));
            let expected = if taken { Err(EngineError::NameTaken) } else { Ok(()) };
            assert_eq!(directory.claim_name(&author(id, name), *holder).await, expected, "{step:?}, {model:?}");
            if !taken {
                model.insert(id, name.clone());
            }
        }
        Step::Release(ids) => {
            directory.release_names(ids.iter().map(|id| account(id)).collect()).await.unwrap();
            ids.iter().for_each(|id| drop(model.remove(id)));
        }
        Step::Forget(id) => {
            directory.forget_name(&account(id), NameHolder::Account);
            model.remove(id);
        }
    }
}

async fn compare(directory: &dyn Directory, model: &Model, steps: &[Step]) {
    let stored = directory.holders().await.unwrap();
    let stored: Model = stored.iter().map(|holder| (known_id(holder.id.as_str()), holder.name.to_string())).collect();
    let accounts: Model = model.clone().into_iter().filter(|(id, _)| ACCOUNTS.contains(id)).collect();
    assert_eq!(stored, accounts, "{steps:?}");
    for (id, name) in model {
        let keys = vec![ConfusableKey::folded(&name.to_ascii_uppercase()).unwrap()];
        let found = directory.holders_of(keys).await.unwrap();
        assert!(found.contains(&author(id, name)), "{id} holds {name}, found {found:?} after {steps:?}");
    }
}

fn known_id(id: &str) -> &'static str {
    ACCOUNTS.into_iter().chain(CONNECTIONS).find(|known| *known == id).unwrap()
}

pub(super) async fn random_claims_and_releases_agree_with_a_model(directory: &dyn Directory) {
    let mut runner = TestRunner::default();
    for _ in 0..SEQUENCES {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let mut model = Model::new();
        for (number, step) in steps.iter().enumerate() {
            apply(directory, &mut model, step).await;
            compare(directory, &model, &steps[..=number]).await;
        }
        directory.release_names(ACCOUNTS.iter().chain(&CONNECTIONS).map(|id| account(id)).collect()).await.unwrap();
    }
}

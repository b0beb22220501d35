//! On PostgreSQL, only those who hold their names can append: another node may have given the name away.

use parlor_server::engine::{Append, EngineError, EventLog, NameDirectory as _, NameHolder};

use super::records::{bo, last_seq, next_event, person, post, submission, subscribe};
use crate::support::engine::{ana, room};
use crate::support::fixture::commit;
use crate::support::postgres::TestDatabase;

/// A message whose sender knows of all failures.
fn message(author: &parlor::Author, id: &str) -> Append {
    Append { known_failures: u64::MAX, ..submission(author, id, post(id, None)) }
}

#[tokio::test]
async fn authors_without_their_names_are_refused_and_their_retries_are_not() {
    let database = TestDatabase::create();
    let (engine, mut deliveries) = database.open().await;
    subscribe(&engine, &room()).await;
    for author in [&ana(), &person(1), &person(2), &person(3)] {
        engine.claim_name(author, NameHolder::Connection).await.unwrap();
    }
    let first = commit(&engine, message(&ana(), "m1")).await.unwrap();
    engine.release_names(vec![ana().id, person(1).id]).await.unwrap();
    let renamed = parlor::Author { name: bo().name, ..person(2) };
    engine.claim_name(&renamed, NameHolder::Connection).await.unwrap();
    database.query("DELETE FROM names WHERE holder = 'p3'");
    for author in [ana(), person(1), person(2), person(3), bo()] {
        assert_eq!(commit(&engine, message(&author, "late")).await, Err(EngineError::NameLost), "{author:?}");
    }
    assert_eq!(commit(&engine, message(&ana(), "m1")).await, Ok(first), "it was accepted before");
    assert_eq!(commit(&engine, message(&renamed, "m2")).await.unwrap().seq, 2);
    for seq in 1..=2 {
        assert_eq!(next_event(&mut deliveries).await.1.seq, seq);
    }
    assert_eq!(last_seq(&engine, &room()).await, 2);
}

#[tokio::test]
async fn later_operations_of_an_author_do_not_overtake_one_that_was_refused_without_a_name() {
    let database = TestDatabase::create();
    let (engine, _deliveries) = database.open().await;
    engine.claim_name(&ana(), NameHolder::Connection).await.unwrap();
    commit(&engine, submission(&ana(), "m1", post("1", None))).await.unwrap();
    engine.release_names(vec![ana().id]).await.unwrap();
    let known_failures = engine.failures();
    let later = |id: &str| Append { known_failures, ..submission(&ana(), id, post(id, None)) };
    assert_eq!(commit(&engine, later("m2")).await, Err(EngineError::NameLost));
    engine.claim_name(&ana(), NameHolder::Connection).await.unwrap();
    assert_eq!(commit(&engine, later("m3")).await, Err(EngineError::Unavailable));
    let known_failures = engine.failures();
    for (id, seq) in [("m2", 2), ("m3", 3)] {
        let receipt = commit(&engine, Append { known_failures, ..later(id) }).await;
        assert_eq!(receipt.unwrap().seq, seq);
    }
}

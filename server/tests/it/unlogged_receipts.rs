//! Requests that change nothing in a room without a log are acknowledged once and for all, too.

use parlor::{Author, AuthorId, ClientId, Epoch, RoomName, limits};
use parlor_server::engine::{Append, EmbeddedEngine, EngineError, EventLog, LogHistory as _, Operation, Receipt};

use crate::support::engine::{TempDir, ana, append, message, open, permit, room};

fn topic(who: &Author, room: &RoomName, id: &str, topic: &str) -> Append {
    Append {
        room: room.clone(),
        author: who.clone(),
        client_id: ClientId::parse(id).unwrap(),
        operation: Operation::Topic { topic: topic.to_owned() },
        epoch: Epoch("first".into()),
        known_failures: 0,
        skip_receipt: false,
        owns_new_room: true,
    }
}

fn ben() -> Author {
    Author { id: AuthorId("ben-id".into()), ..ana() }
}

async fn asks(engine: &EmbeddedEngine, what: Append) -> Result<u64, EngineError> {
    append(engine, what).await.map(|receipt| receipt.seq)
}

#[tokio::test]
async fn a_repeated_request_without_effect_has_no_effect() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    let first = append(&engine, topic(&ana(), &room(), "a", "")).await.unwrap();
    assert_eq!(first.seq, 0);
    assert_eq!(append(&engine, topic(&ana(), &room(), "a", "")).await, Ok(first));
    assert_eq!(engine.log_end(&permit(&room())).await, Ok(None), "no room is created by it");
    assert_eq!(engine.open_rooms(9).await, Ok(vec![]));
    assert_eq!(asks(&engine, topic(&ben(), &room(), "b", "Tea")).await, Ok(1));
    assert_eq!(append(&engine, topic(&ana(), &room(), "a", "")).await, Ok(first), "the log has begun meanwhile");
    assert_eq!(engine.topic(&permit(&room())).await.unwrap(), "Tea");
    assert_eq!(asks(&engine, topic(&ana(), &room(), "c", "")).await, Ok(2), "another request is another one");
}

#[tokio::test]
async fn a_reused_client_id_gets_its_receipt_and_creates_no_log() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    assert_eq!(asks(&engine, topic(&ana(), &room(), "m1", "")).await, Ok(0));
    assert_eq!(asks(&engine, message(1)).await, Ok(0), "ids are of one kind");
    assert_eq!(asks(&engine, topic(&ana(), &room(), "m1", "Tea")).await, Ok(0));
    assert_eq!(engine.log_end(&permit(&room())).await, Ok(None));
    assert_eq!(asks(&engine, Append { author: ben(), ..message(1) }).await, Ok(1), "others have ids of their own");
}

#[tokio::test]
async fn receipts_outlive_a_restart_and_count_for_one_room() {
    let temp_dir = TempDir::new();
    let kitchen = RoomName::parse("kitchen").unwrap();
    let first: Receipt = {
        let (engine, _deliveries) = open(&temp_dir.0);
        let receipt = append(&engine, topic(&ana(), &room(), "a", "")).await.unwrap();
        engine.close().await;
        receipt
    };
    let (engine, _deliveries) = open(&temp_dir.0);
    assert_eq!(append(&engine, topic(&ana(), &room(), "a", "Tea")).await, Ok(first));
    assert_eq!(asks(&engine, topic(&ana(), &kitchen, "a", "Tea")).await, Ok(1));
}

#[tokio::test]
async fn a_session_at_its_receipt_limit_is_refused_and_keeps_its_receipts() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    let rooms = ["attic", "cellar"].map(|name| RoomName::parse(name).unwrap());
    for number in 0..limits::UNLOGGED_RECEIPTS {
        assert_eq!(asks(&engine, topic(&ana(), &rooms[number % 2], &number.to_string(), "")).await, Ok(0));
    }
    let surplus = topic(&ana(), &rooms[0], "surplus", "");
    assert_eq!(asks(&engine, surplus.clone()).await, Err(EngineError::TooManyReceipts));
    assert!(parlor::ErrorCode::from(EngineError::TooManyReceipts).is_retryable());
    assert_eq!(asks(&engine, topic(&ben(), &rooms[0], "b", "")).await, Ok(0), "others are not concerned");
    for number in 0..limits::UNLOGGED_RECEIPTS {
        assert_eq!(asks(&engine, topic(&ana(), &rooms[number % 2], &number.to_string(), "Tea")).await, Ok(0));
    }
    // When a room gets its log, its receipts count no longer, and still hold.
    assert_eq!(asks(&engine, Append { room: rooms[1].clone(), ..message(1) }).await, Ok(1));
    assert_eq!(asks(&engine, surplus).await, Ok(0));
    assert_eq!(asks(&engine, topic(&ana(), &rooms[1], "1", "Tea")).await, Ok(0));
}

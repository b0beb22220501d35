//! Which operations are refused, change nothing, or are retries.

use parlor::{Author, Name, RoomName};
use parlor_server::engine::{Append, EngineError, EventLog, LogHistory as _};

use super::fixture::{apply, bo, delete, edit, post, react, submission, submit, topic};
use crate::support::engine::{TempDir, ana, append, append_all, message, open, permit, room};

#[tokio::test]
async fn only_messages_can_be_answered_and_changed() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    let operations_on = |target| {
        [
            post("x", Some(target)),
            edit(target, "x"),
            delete(target),
            react(target, "👍", true),
            react(target, "👍", false),
        ]
    };
    for operation in operations_on(1) {
        assert_eq!(submit(&engine, &ana(), "early", operation).await, Err(EngineError::NoSuchMessage));
    }
    assert_eq!(engine.log_end(&permit(&room())).await.unwrap(), None, "a refusal creates no log");
    append_all(&engine, 1..=1).await;
    let reaction = apply(&engine, &ana(), "r", react(1, "👍", true)).await;
    let kitchen = RoomName::parse("kitchen").unwrap();
    append(&engine, Append { room: kitchen.clone(), ..message(1) }).await.unwrap();
    for target in [0, reaction, 3, 1 << 40, u64::MAX] {
        for operation in operations_on(target) {
            assert_eq!(
                submit(&engine, &ana(), "later", operation.clone()).await,
                Err(EngineError::NoSuchMessage),
                "{operation:?}"
            );
        }
    }
    let in_other_room = Append { room: kitchen, ..submission(&ana(), "there", edit(2, "x")) };
    assert_eq!(append(&engine, in_other_room).await, Err(EngineError::NoSuchMessage));
    assert_eq!(engine.log_end(&permit(&room())).await.unwrap().unwrap().seq, 2);
}

#[tokio::test]
async fn messages_are_owned_by_author_id_and_not_by_name() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=1).await;
    let namesake = Author { name: ana().name, ..bo() };
    assert_eq!(submit(&engine, &namesake, "e", edit(1, "x")).await, Err(EngineError::NotYours));
    assert_eq!(submit(&engine, &namesake, "d", delete(1)).await, Err(EngineError::NotYours));
    let renamed = Author { name: Name::parse("Ana Maria").unwrap(), ..ana() };
    assert_eq!(apply(&engine, &renamed, "e", edit(1, "mine")).await, 2);
    assert_eq!(apply(&engine, &renamed, "d", delete(1)).await, 3);
    assert_eq!(submit(&engine, &namesake, "d", delete(1)).await, Err(EngineError::NotYours));
}

#[tokio::test]
async fn a_deleted_message_can_only_be_answered() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=1).await;
    apply(&engine, &bo(), "r", react(1, "👍", true)).await;
    apply(&engine, &ana(), "d", delete(1)).await;
    for operation in [edit(1, "x"), react(1, "👍", true), react(1, "👍", false), react(1, "🎉", true)] {
        assert_eq!(submit(&engine, &ana(), "late", operation).await, Err(EngineError::MessageDeleted));
    }
    assert_eq!(apply(&engine, &bo(), "a", post("what was it?", Some(1))).await, 4);
}

#[tokio::test]
async fn an_operation_without_effect_gets_the_seq_of_the_event_that_had_its_effect() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=1).await;
    assert_eq!(apply(&engine, &ana(), "a1", edit(1, "message 1")).await, 1);
    assert_eq!(apply(&engine, &ana(), "a2", edit(1, "other")).await, 2);
    let edited = submit(&engine, &ana(), "a3", edit(1, "other")).await.unwrap();
    assert_eq!(edited, submit(&engine, &ana(), "a2", edit(1, "other")).await.unwrap());
    assert_eq!(apply(&engine, &bo(), "b1", react(1, "👍", false)).await, 1, "never added, so the seq of the message");
    assert_eq!(apply(&engine, &bo(), "b2", react(1, "👍", true)).await, 3);
    assert_eq!(apply(&engine, &bo(), "b3", react(1, "👍", true)).await, 3);
    assert_eq!(apply(&engine, &bo(), "b4", react(1, "👍", false)).await, 4);
    assert_eq!(apply(&engine, &bo(), "b5", react(1, "👍", false)).await, 4);
    assert_eq!(apply(&engine, &bo(), "t1", topic("")).await, 0, "no topic was ever set");
    assert_eq!(apply(&engine, &bo(), "t2", topic("Tea")).await, 5);
    assert_eq!(apply(&engine, &ana(), "t3", topic("Tea")).await, 5);
    assert_eq!(apply(&engine, &ana(), "d1", delete(1)).await, 6);
    assert_eq!(apply(&engine, &ana(), "d2", delete(1)).await, 6);
    assert_eq!(engine.log_end(&permit(&room())).await.unwrap().unwrap().seq, 6);
}

#[tokio::test]
async fn a_retry_gets_the_first_receipt() {
    let temp_dir = TempDir::new();
    let operations = [
        ("same", edit(1, "message 1"), 1),
        ("edit", edit(1, "other"), 2),
        ("on", react(1, "👍", true), 3),
        ("on-again", react(1, "👍", true), 3),
        ("off", react(1, "👍", false), 4),
        ("back", edit(1, "message 1"), 5),
        ("topic", topic("Tea"), 6),
        ("answer", post("answer", Some(1)), 7),
        ("delete", delete(1), 8),
    ];
    let mut receipts = Vec::new();
    {
        let (engine, _deliveries) = open(&temp_dir.0);
        append_all(&engine, 1..=1).await;
        for (id, operation, seq) in &operations {
            let receipt = submit(&engine, &ana(), id, operation.clone()).await.unwrap();
            assert_eq!(receipt.seq, *seq, "{id}");
            receipts.push(receipt);
        }
        engine.close().await;
    }
    let (engine, _deliveries) = open(&temp_dir.0);
    for ((id, operation, _), receipt) in operations.into_iter().zip(receipts) {
        assert_eq!(submit(&engine, &ana(), id, operation).await, Ok(receipt), "{id}");
        // An operation with the same id is a retry, whatever it asks for.
        assert_eq!(submit(&engine, &ana(), id, topic("Coffee")).await, Ok(receipt), "{id}");
    }
    assert_eq!(submit(&engine, &ana(), "m1", edit(1, "x")).await.unwrap().seq, 1);
    assert_eq!(engine.log_end(&permit(&room())).await.unwrap().unwrap().seq, 8);
    assert_eq!(engine.topic(&permit(&room())).await.unwrap(), "Tea");
}

#[tokio::test]
async fn a_topic_survives_a_restart_and_belongs_to_one_room() {
    let temp_dir = TempDir::new();
    let kitchen = RoomName::parse("kitchen").unwrap();
    {
        let (engine, _deliveries) = open(&temp_dir.0);
        assert_eq!(engine.topic(&permit(&room())).await.unwrap(), "");
        apply(&engine, &ana(), "t1", topic("Tea")).await;
        apply(&engine, &bo(), "t2", topic("Tea & biscuits")).await;
        append(&engine, Append { room: kitchen.clone(), ..message(1) }).await.unwrap();
        engine.close().await;
    }
    let (engine, _deliveries) = open(&temp_dir.0);
    assert_eq!(engine.topic(&permit(&room())).await.unwrap(), "Tea & biscuits");
    assert_eq!(engine.topic(&permit(&kitchen)).await.unwrap(), "");
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    apply(&engine, &bo(), "t3", topic("")).await;
    assert_eq!(engine.topic(&permit(&room())).await.unwrap(), "");
}

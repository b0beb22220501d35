//! Receipts: retries, refusals, and operations of plain clients.

use parlor::{Epoch, RoomName};
use parlor_server::engine::{Append, EngineError};

use super::records::{
    append_all, bo, delete, edit, last_seq, newest, next_event, next_events, post, react, submission, submit,
    subscribe, topic,
};
use crate::support::engine::{ana, body, message, permit, room, seqs};
use crate::support::fixture::{Fixture, append, commit};

pub(super) async fn a_retried_message_has_one_event_and_one_receipt_also_after_a_restart(fixture: &mut impl Fixture) {
    let first = append(fixture, message(1)).await.unwrap();
    assert_eq!(append(fixture, message(1)).await.unwrap(), first);
    fixture.reopen().await;
    subscribe(fixture.log(), &room()).await;
    assert_eq!(append(fixture, message(1)).await.unwrap(), first);
    // The same client id of another person, or in another room, is another message.
    assert_eq!(append(fixture, Append { author: bo(), ..message(1) }).await.unwrap().seq, 2);
    let kitchen = RoomName::parse("kitchen").unwrap();
    assert_eq!(append(fixture, Append { room: kitchen.clone(), ..message(1) }).await.unwrap().seq, 1);
    let (_, deliveries) = fixture.log_and_deliveries();
    let (of, event) = next_event(deliveries).await;
    assert_eq!((of, event.seq), (room(), 2), "the retry is not delivered");
}

pub(super) async fn a_retry_gets_the_first_receipt(fixture: &mut impl Fixture) {
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
    append_all(fixture, 1..=1).await;
    for (id, operation, seq) in &operations {
        let receipt = submit(fixture, &ana(), id, operation.clone()).await.unwrap();
        assert_eq!(receipt.seq, *seq, "{id}");
        receipts.push(receipt);
    }
    fixture.reopen().await;
    for ((id, operation, _), receipt) in operations.into_iter().zip(receipts) {
        assert_eq!(submit(fixture, &ana(), id, operation).await, Ok(receipt), "{id}");
        // An operation with the same id is a retry, whatever it asks for.
        assert_eq!(submit(fixture, &ana(), id, topic("Coffee")).await, Ok(receipt), "{id}");
    }
    assert_eq!(submit(fixture, &ana(), "m1", edit(1, "x")).await.unwrap().seq, 1);
    assert_eq!(last_seq(fixture.log(), &room()).await, 8);
    assert_eq!(fixture.log().topic(&permit(&room())).await.unwrap(), "Tea");
}

pub(super) async fn a_refused_operation_leaves_nothing(fixture: &mut impl Fixture) {
    subscribe(fixture.log(), &room()).await;
    append_all(fixture, 1..=1).await;
    let before = newest(fixture.log()).await;
    let refused = [
        ("r1", edit(1, "x"), EngineError::NotYours),
        ("r2", delete(1), EngineError::NotYours),
        ("r3", post("x", Some(2)), EngineError::NoSuchMessage),
        ("r4", react(7, "👍", true), EngineError::NoSuchMessage),
    ];
    for (id, operation, error) in &refused {
        assert_eq!(submit(fixture, &bo(), id, operation.clone()).await, Err(*error), "{id}");
        let id = submission(&bo(), id, topic("")).client_id;
        assert_eq!(fixture.log().receipt(&permit(&room()), &bo().id, &id).await, Ok(None));
    }
    assert_eq!(last_seq(fixture.log(), &room()).await, 1);
    assert_eq!(newest(fixture.log()).await, before);
    assert_eq!(fixture.query_integer("SELECT count(*) FROM receipts"), 1);
    // Refused operations share a commit with others.
    let mut pending = Vec::new();
    for (id, operation, _) in &refused {
        for operation in
            [submission(&bo(), &format!("{id}-post"), post(id, None)), submission(&bo(), id, operation.clone())]
        {
            pending.push(fixture.log().append(operation).await.unwrap());
        }
    }
    let mut outcomes = Vec::new();
    for pending in pending {
        outcomes.push(pending.committed().await.map(|receipt| receipt.seq));
    }
    let (not_yours, no_message) = (Err(EngineError::NotYours), Err(EngineError::NoSuchMessage));
    // Meanwhile there is a second message.
    assert_eq!(outcomes, [Ok(2), not_yours, Ok(3), not_yours, Ok(4), Ok(5), Ok(6), no_message]);
    assert_eq!(seqs(&next_events(fixture, 6).await), (1..=6).collect::<Vec<_>>());
}

pub(super) async fn without_failures_rich_and_plain_messages_are_accepted(fixture: &impl Fixture) {
    assert_eq!(fixture.log().failures(), 0);
    append(fixture, message(1)).await.unwrap();
    // A plain message keeps no order across failures.
    let (room, epoch) = (room(), Epoch("first".into()));
    let plain = Append::from_plain(room, epoch, ana(), body("plain"));
    assert_eq!(append(fixture, plain).await.unwrap().seq, 2);
}

pub(super) async fn a_closed_engine_accepts_nothing(fixture: &impl Fixture) {
    append(fixture, message(1)).await.unwrap();
    fixture.log().close().await;
    assert_eq!(commit(fixture.log(), message(2)).await, Err(EngineError::Unavailable));
}

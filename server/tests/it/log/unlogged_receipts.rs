//! Requests that change nothing in a room without a log are acknowledged once and for all, too.

use parlor::{Author, RoomName, limits};
use parlor_server::engine::{Append, EngineError};

use super::records::{bo, claim_names, submission};
use crate::support::engine::{ana, message, permit, room};
use crate::support::fixture::{Fixture, append, commit};

fn topic(who: &Author, room: &RoomName, id: &str, topic: &str) -> Append {
    Append { room: room.clone(), ..submission(who, id, super::records::topic(topic)) }
}

/// The seq of the receipt.
async fn seq_of(fixture: &impl Fixture, operation: Append) -> Result<u64, EngineError> {
    append(fixture, operation).await.map(|receipt| receipt.seq)
}

pub(super) async fn a_repeated_request_without_effect_has_no_effect(fixture: &impl Fixture) {
    let first = append(fixture, topic(&ana(), &room(), "a", "")).await.unwrap();
    assert_eq!(first.seq, 0);
    assert_eq!(append(fixture, topic(&ana(), &room(), "a", "")).await, Ok(first));
    assert_eq!(fixture.log().log_end(&permit(&room())).await, Ok(None), "no room is created by it");
    assert_eq!(fixture.log().open_rooms(9).await, Ok(vec![]));
    assert_eq!(seq_of(fixture, topic(&bo(), &room(), "b", "Tea")).await, Ok(1));
    assert_eq!(append(fixture, topic(&ana(), &room(), "a", "")).await, Ok(first), "the log has begun meanwhile");
    assert_eq!(fixture.log().topic(&permit(&room())).await.unwrap(), "Tea");
    assert_eq!(seq_of(fixture, topic(&ana(), &room(), "c", "")).await, Ok(2), "another request is another one");
}

pub(super) async fn a_reused_client_id_gets_its_receipt_and_creates_no_log(fixture: &impl Fixture) {
    assert_eq!(seq_of(fixture, topic(&ana(), &room(), "m1", "")).await, Ok(0));
    assert_eq!(seq_of(fixture, message(1)).await, Ok(0), "ids are of one kind");
    assert_eq!(seq_of(fixture, topic(&ana(), &room(), "m1", "Tea")).await, Ok(0));
    assert_eq!(fixture.log().log_end(&permit(&room())).await, Ok(None));
    assert_eq!(seq_of(fixture, Append { author: bo(), ..message(1) }).await, Ok(1), "others have ids of their own");
}

pub(super) async fn receipts_outlive_a_restart_and_count_for_one_room(fixture: &mut impl Fixture) {
    let kitchen = RoomName::parse("kitchen").unwrap();
    let first = append(fixture, topic(&ana(), &room(), "a", "")).await.unwrap();
    fixture.reopen().await;
    assert_eq!(append(fixture, topic(&ana(), &room(), "a", "Tea")).await, Ok(first));
    assert_eq!(seq_of(fixture, topic(&ana(), &kitchen, "a", "Tea")).await, Ok(1));
}

pub(super) async fn a_session_at_its_receipt_limit_is_refused_and_keeps_its_receipts(fixture: &impl Fixture) {
    let rooms = ["attic", "cellar"].map(|name| RoomName::parse(name).unwrap());
    claim_names(fixture.directory(), &[ana()]).await;
    let send_all = async |text: &str| {
        for number in 0..limits::UNLOGGED_RECEIPTS {
            let operation = topic(&ana(), &rooms[number % 2], &number.to_string(), text);
            assert_eq!(commit(fixture.log(), operation).await.unwrap().seq, 0);
        }
    };
    send_all("").await;
    let surplus = topic(&ana(), &rooms[0], "surplus", "");
    assert_eq!(seq_of(fixture, surplus.clone()).await, Err(EngineError::TooManyReceipts));
    assert!(parlor::ErrorCode::from(EngineError::TooManyReceipts).is_retryable());
    assert_eq!(seq_of(fixture, topic(&bo(), &rooms[0], "b", "")).await, Ok(0), "others are not concerned");
    send_all("Tea").await;
    // When a room gets its log, its receipts count no longer, and still hold.
    assert_eq!(seq_of(fixture, Append { room: rooms[1].clone(), ..message(1) }).await, Ok(1));
    assert_eq!(seq_of(fixture, surplus).await, Ok(0));
    assert_eq!(seq_of(fixture, topic(&ana(), &rooms[1], "1", "Tea")).await, Ok(0));
}

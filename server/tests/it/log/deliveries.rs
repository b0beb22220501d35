//! Deliveries: their order, signals between them, and what they contain.

use parlor::{EventKind, Quote};
use parlor_server::engine::{Delivery, Signal};

use super::records::{
    append_all, apply, bo, body_of, delete, edit, newest, next_delivery, next_events, post, quote_of, react, subscribe,
    topic, whole_log,
};
use crate::support::engine::{ana, room};
use crate::support::fixture::Fixture;

pub(super) async fn deliveries_are_in_log_order_with_signals_between_them(fixture: &mut impl Fixture) {
    subscribe(fixture.log(), &room()).await;
    append_all(fixture, 1..=3).await;
    fixture.log().signal(room(), Signal::Joined(ana())).await;
    append_all(fixture, 4..=5).await;
    let (_, deliveries) = fixture.log_and_deliveries();
    let mut seqs = Vec::new();
    for _ in 0..6 {
        seqs.push(match next_delivery(deliveries).await {
            Delivery::Committed { event, is_own, .. } => {
                assert!(is_own, "nobody else appends");
                Some(event.seq)
            }
            _ => None,
        });
    }
    assert_eq!(seqs, [Some(1), Some(2), Some(3), None, Some(4), Some(5)]);
}

pub(super) async fn events_are_delivered_after_the_end_that_was_read(fixture: &mut impl Fixture) {
    append_all(fixture, 1..=3).await;
    // An engine may deliver all events. Those of rooms without a subscription can be dropped.
    assert_eq!(subscribe(fixture.log(), &room()).await, 3);
    append_all(fixture, 4..=5).await;
    let (_, deliveries) = fixture.log_and_deliveries();
    let mut seqs = Vec::new();
    while seqs.last() != Some(&5) {
        let Delivery::Committed { event, .. } = next_delivery(deliveries).await else { panic!("there was no signal") };
        seqs.push(event.seq);
    }
    seqs.retain(|seq| *seq > 3);
    assert_eq!(seqs, [4, 5]);
}

pub(super) async fn a_reply_quotes_the_message_in_its_current_state(fixture: &mut impl Fixture) {
    subscribe(fixture.log(), &room()).await;
    let long = "é".repeat(200);
    apply(fixture, &ana(), "m", post(&long, None)).await;
    apply(fixture, &bo(), "a", post("answer", Some(1))).await;
    let first = Quote { seq: 1, author: Some(ana()), excerpt: Some("é".repeat(140)), client_id: None };
    assert_eq!(quote_of(&next_events(fixture, 2).await[1]), &first);
    assert_quote(fixture, &first).await;
    apply(fixture, &ana(), "e", edit(1, "short")).await;
    assert_quote(fixture, &Quote { excerpt: Some("short".into()), ..first.clone() }).await;
    apply(fixture, &ana(), "d", delete(1)).await;
    let deleted = Quote { excerpt: None, ..first };
    assert_quote(fixture, &deleted).await;
    apply(fixture, &bo(), "late", post("to a deleted message", Some(1))).await;
    assert_eq!(quote_of(newest(fixture.log()).await.events.last().unwrap()), &deleted);
}

/// Asserts that the second message has this quote, in a page and in the log.
async fn assert_quote(fixture: &impl Fixture, quote: &Quote) {
    assert_eq!(quote_of(&newest(fixture.log()).await.events[1]), quote);
    assert_eq!(quote_of(&whole_log(fixture.log()).await[1]), quote);
}

pub(super) async fn a_backlog_equals_the_live_events(fixture: &mut impl Fixture) {
    subscribe(fixture.log(), &room()).await;
    append_all(fixture, 1..=1).await;
    apply(fixture, &bo(), "a", post("answer", Some(1))).await;
    apply(fixture, &ana(), "e", edit(1, "other")).await;
    apply(fixture, &bo(), "r1", react(1, "👍", true)).await;
    apply(fixture, &bo(), "r2", react(1, "👍", false)).await;
    apply(fixture, &bo(), "t", topic("Tea")).await;
    let live = next_events(fixture, 6).await;
    let mut backlog = whole_log(fixture.log()).await;
    assert_eq!(body_of(&backlog[0]), Some("message 1"));
    // Only the quote shows the current state.
    if let (EventKind::Posted { reply_to: current, .. }, EventKind::Posted { reply_to: before, .. }) =
        (&mut backlog[1].kind, &live[1].kind)
    {
        assert_eq!(current.as_ref().unwrap().excerpt.as_deref(), Some("other"));
        current.clone_from(before);
    }
    assert_eq!(backlog, live);
}

//! Pages and backlogs: messages as of a seq, quotes, and events as they happened.

use parlor::message::PageOf;
use parlor::{EventKind, Quote, limits};
use parlor_server::engine::{Delivery, LogHistory as _};
use rusqlite::Connection;

use super::fixture::{
    apply, bo, bodies, body_of, delete, edit, newest, post, quote_of, react, reactions_of, submit, topic, whole_log,
};
use crate::support::engine::{TempDir, ana, append_all, open, permit, read_context, room, seqs};

#[tokio::test]
async fn pages_have_messages_in_their_current_state_and_count_no_other_events() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=60).await;
    for number in 0..30 {
        apply(&engine, &bo(), &format!("r{number}"), react(60, "👍", number % 2 == 0)).await;
    }
    let edited = submit(&engine, &ana(), "e", edit(60, "better")).await.unwrap();
    apply(&engine, &ana(), "d", delete(59)).await;
    append_all(&engine, 61..=62).await;
    let page = newest(&engine).await;
    let expected: Vec<u64> = (13..=60).chain(93..=94).collect();
    assert_eq!(seqs(&page.events), expected);
    assert!(page.has_older && !page.has_newer);
    let [.., deleted, changed, _, last] = &page.events[..] else { panic!("{page:?}") };
    assert_eq!((body_of(deleted), body_of(changed), body_of(last)), (None, Some("better"), Some("message 62")));
    let EventKind::Posted { edited_at, .. } = &changed.kind else { panic!("{changed:?}") };
    assert_eq!(*edited_at, Some(edited.at));
    // The hash is that of the event, so that a client can resume from it.
    assert_eq!(last.hash, engine.log_end(&permit(&room())).await.unwrap().unwrap().hash);
    let first = engine.page(&permit(&room()), PageOf::Before(13), read_context(94)).await.unwrap();
    assert_eq!((seqs(&first.events), first.has_older, first.has_newer), ((1..=12).collect(), false, true));
    let after = engine.page(&permit(&room()), PageOf::After(60), read_context(92)).await.unwrap();
    assert!(after.events.is_empty() && after.has_older && !after.has_newer, "only reactions follow");
}

#[tokio::test]
async fn a_page_around_the_seq_of_another_event_has_the_messages_around_it() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=40).await;
    let seq = apply(&engine, &bo(), "r", react(3, "👍", true)).await;
    append_all(&engine, 41..=80).await;
    let around = engine.page(&permit(&room()), PageOf::Around(seq), read_context(81)).await.unwrap();
    assert_eq!(seqs(&around.events), (16..=40).chain(42..=66).collect::<Vec<_>>());
    assert!(around.has_older && around.has_newer);
    let beyond = engine.page(&permit(&room()), PageOf::Around(1000), read_context(81)).await.unwrap();
    assert_eq!((beyond.events.last().unwrap().seq, beyond.has_newer), (81, false));
}

/// The seqs of the page around a time, in a log whose messages have the given times.
async fn page_at(times: &[u64], time: u64) -> Vec<u64> {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=times.len() as u64).await;
    let database = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    for (seq, time) in (1..).zip(times) {
        database.execute("UPDATE messages SET at = ?1 WHERE place & 0xFFFFFFFF = ?2", [*time, seq]).unwrap();
    }
    seqs(&engine.page(&permit(&room()), PageOf::At(time), read_context(times.len() as u64)).await.unwrap().events)
}

#[tokio::test]
async fn a_page_at_a_time_has_the_messages_around_it() {
    let half = limits::PAGE_EVENTS as u64 / 2;
    let times: Vec<_> = (1..=200).map(|seq| seq * 10).collect();
    let around = |seq: u64| (seq.saturating_sub(half - 1).max(1)..=seq + half).collect::<Vec<_>>();
    assert_eq!(page_at(&times, 1_000).await, around(100), "the exact time");
    assert_eq!(page_at(&times, 995).await, around(100), "just before");
    assert_eq!(page_at(&times, 0).await, around(1), "before everything");
    assert_eq!(page_at(&times, 2_001).await, (151..=200).collect::<Vec<_>>(), "after everything: the newest page");
    assert_eq!(page_at(&[], 5).await, [0; 0]);
    assert_eq!(page_at(&[10, 20, 15, 30], u64::MAX).await, [1, 2, 3, 4], "with a clock that went back");
}

#[tokio::test]
async fn a_page_shows_messages_as_of_the_contexts_seq() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=2).await;
    apply(&engine, &ana(), "e1", edit(1, "second")).await;
    apply(&engine, &bo(), "r1", react(1, "👍", true)).await;
    let seq = apply(&engine, &ana(), "r2", react(1, "👍", true)).await;
    let before = engine.newest(&permit(&room()), read_context(seq)).await.unwrap();
    apply(&engine, &ana(), "e2", edit(1, "third")).await;
    apply(&engine, &ana(), "e3", edit(2, "changed")).await;
    apply(&engine, &bo(), "r3", react(1, "👍", false)).await;
    apply(&engine, &bo(), "r4", react(1, "👍", true)).await;
    apply(&engine, &ana(), "r5", react(1, "👍", false)).await;
    apply(&engine, &bo(), "r6", react(2, "🎉", true)).await;
    apply(&engine, &bo(), "r7", react(2, "🎉", false)).await;
    append_all(&engine, 3..=3).await;
    let mut again = engine.newest(&permit(&room()), read_context(seq)).await.unwrap();
    assert_eq!(reactions_of(&again.events[0]), [("👍", 2, vec!["ana-id", "bo-id"])]);
    assert_eq!(reactions_of(&before.events[0]), reactions_of(&again.events[0]));
    assert_eq!(again, before);
    // Only erased content is missing.
    apply(&engine, &ana(), "d", delete(1)).await;
    again = engine.newest(&permit(&room()), read_context(seq)).await.unwrap();
    assert_eq!(bodies(&again.events), [None, Some("message 2")]);
    assert!(reactions_of(&again.events[0]).is_empty());
}

#[tokio::test]
async fn a_reply_quotes_the_message_in_its_current_state() {
    let temp_dir = TempDir::new();
    let (engine, mut deliveries) = open(&temp_dir.0);
    let long = "é".repeat(200);
    apply(&engine, &ana(), "m", post(&long, None)).await;
    apply(&engine, &bo(), "a", post("answer", Some(1))).await;
    deliveries.recv().await.unwrap();
    let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else { panic!("no event was delivered") };
    let first = Quote { seq: 1, author: Some(ana()), excerpt: Some("é".repeat(140)), client_id: None };
    assert_eq!(quote_of(&event), &first);
    assert_eq!((quote_of(&newest(&engine).await.events[1]), quote_of(&whole_log(&engine).await[1])), (&first, &first));

    apply(&engine, &ana(), "e", edit(1, "short")).await;
    let changed = Quote { excerpt: Some("short".into()), ..first.clone() };
    assert_eq!(
        (quote_of(&newest(&engine).await.events[1]), quote_of(&whole_log(&engine).await[1])),
        (&changed, &changed)
    );

    apply(&engine, &ana(), "d", delete(1)).await;
    let deleted = Quote { excerpt: None, ..first };
    assert_eq!(
        (quote_of(&newest(&engine).await.events[1]), quote_of(&whole_log(&engine).await[1])),
        (&deleted, &deleted)
    );
    apply(&engine, &bo(), "late", post("to a deleted message", Some(1))).await;
    assert_eq!(quote_of(newest(&engine).await.events.last().unwrap()), &deleted);
}

#[tokio::test]
async fn a_backlog_equals_the_live_events() {
    let temp_dir = TempDir::new();
    let (engine, mut deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=1).await;
    apply(&engine, &bo(), "a", post("answer", Some(1))).await;
    apply(&engine, &ana(), "e", edit(1, "other")).await;
    apply(&engine, &bo(), "r1", react(1, "👍", true)).await;
    apply(&engine, &bo(), "r2", react(1, "👍", false)).await;
    apply(&engine, &bo(), "t", topic("Tea")).await;
    let mut live = Vec::new();
    for _ in 0..6 {
        let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else {
            panic!("no event was delivered")
        };
        live.push(event);
    }
    let mut backlog = whole_log(&engine).await;
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

//! Resuming with a cursor: missed events, resets and the transition to live events.

use parlor::message::ResetReason;
use parlor::{Cursor, Epoch, ServerMessage, limits};

use super::{bodies, next_event, snapshot};
use crate::support::Server;

#[tokio::test]
async fn a_client_with_a_cursor_receives_exactly_the_missed_events() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.join_rich("ana").await;
    ana.post("first", "seen").await;
    ana.expect_ack("first").await;
    let (reader, room) = server.enter_lobby().await;
    let (cursor, _, _) = snapshot(room);
    drop(reader);
    for number in 0..120 {
        ana.post(&format!("m{number}"), &number.to_string()).await;
    }
    ana.expect_ack("m119").await;
    let (mut reader, mut message) = server.enter_lobby_as(None, Some(cursor)).await;
    let mut missed = Vec::new();
    loop {
        match message {
            ServerMessage::Missed { events, roster, .. } => {
                missed.extend(events);
                if roster.is_some() {
                    break;
                }
            }
            other => panic!("expected missed events, got {other:?}"),
        }
        message = reader.next().await;
    }
    assert_eq!(bodies(&missed), (0..120).map(|number| number.to_string()).collect::<Vec<_>>());
    ana.post("live", "and now").await;
    let event = next_event(&mut reader).await;
    assert_eq!((event.seq, bodies(std::slice::from_ref(&event))), (122, vec!["and now"]));
}

#[tokio::test]
async fn a_cursor_of_another_log_is_reset_with_a_reason() {
    let server = Server::start().await;
    let (_reader, room) = server.enter_lobby().await;
    let (mut cursor, _, _) = snapshot(room);
    cursor.epoch = Epoch("another".into());
    let (mut reader, reset) = server.enter_lobby_as(None, Some(cursor)).await;
    assert!(matches!(reset, ServerMessage::Reset { reason: ResetReason::OtherLog, .. }), "{reset:?}");
    snapshot(reader.next().await);
}

#[tokio::test]
async fn a_client_that_missed_too_many_events_receives_a_snapshot() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.join_rich("ana").await;
    let (reader, room) = server.enter_lobby().await;
    let (cursor, _, _) = snapshot(room);
    drop(reader);
    let missed = limits::MISSED_EVENTS + 1;
    for number in 1..=missed {
        ana.post(&format!("m{number}"), &number.to_string()).await;
        if number % 100 == 0 || number == missed {
            ana.expect_ack(&format!("m{number}")).await;
        }
    }
    let (mut reader, reset) = server.enter_lobby_as(None, Some(cursor.clone())).await;
    assert!(matches!(reset, ServerMessage::Reset { reason: ResetReason::TooFar, .. }), "{reset:?}");
    let (as_of, events, _) = snapshot(reader.next().await);
    assert_eq!((as_of.seq, events.last().unwrap().seq), (cursor.seq + missed, cursor.seq + missed));
}

#[tokio::test]
async fn no_event_is_lost_between_history_and_live_events() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.join_rich("ana").await;
    let posting = tokio::spawn(async move {
        for number in 0..400 {
            ana.post(&format!("m{number}"), &number.to_string()).await;
            ana.expect_ack(&format!("m{number}")).await;
        }
        ana
    });
    // Clients that join while messages are posted.
    for _ in 0..20 {
        let (mut reader, room) = server.enter_lobby().await;
        let (as_of, events, _) = snapshot(room);
        assert_eq!(events.last().map_or(0, |event| event.seq), as_of.seq);
        if as_of.seq < 400 {
            let mut expected = as_of.seq + 1;
            while expected <= 400.min(as_of.seq + 20) {
                assert_eq!(next_event(&mut reader).await.seq, expected);
                expected += 1;
            }
        }
    }
    posting.await.unwrap();
}

#[tokio::test]
async fn a_client_receives_5000_missed_events_while_new_ones_are_posted() {
    const MISSED: u64 = 5_000;
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.join_rich("ana").await;
    let (reader, room) = server.enter_lobby().await;
    let (cursor, _, _) = snapshot(room);
    drop(reader);
    for number in 1..=MISSED {
        ana.post(&format!("m{number}"), &"long ".repeat(60)).await;
        // Reads what was sent to her in between, or she would be disconnected as too slow.
        if number.is_multiple_of(500) {
            ana.expect_ack(&format!("m{number}")).await;
        }
    }
    // More is posted than the ring holds while a client receives its backlog.
    let posting = tokio::spawn(async move {
        for number in MISSED + 1..=MISSED + 300 {
            ana.post(&format!("m{number}"), &"x".repeat(10_000)).await;
            if number.is_multiple_of(50) {
                ana.expect_ack(&format!("m{number}")).await;
            }
        }
    });
    // A client that reads live events too slowly is disconnected and resumes from its last event.
    let (mut cursor, mut expected) = (cursor, 1);
    while expected <= MISSED + 300 {
        let mut reader = server.connect_rich(None).await;
        reader.send_hello(Some(cursor.clone())).await;
        while expected <= MISSED + 300 {
            let events = match reader.next_or_close_code().await {
                Ok(ServerMessage::Missed { events, .. }) => events,
                Ok(ServerMessage::Event { event, .. }) => vec![event],
                Ok(_) => Vec::new(),
                Err(code) => {
                    assert_eq!(code, 4008);
                    break;
                }
            };
            for event in events {
                assert_eq!(event.seq, expected, "no gap and no repetition");
                expected += 1;
                cursor = Cursor { epoch: cursor.epoch, seq: event.seq, hash: event.hash };
            }
        }
    }
    posting.await.unwrap();
}

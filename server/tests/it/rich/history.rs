//! History: snapshots and pages.

use parlor::message::PageOf;
use parlor::{ClientMessage, RoomName, ServerMessage};

use super::{bodies, snapshot};
use crate::support::Server;

#[tokio::test]
async fn a_client_without_a_name_receives_the_history() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    for number in 0..3 {
        ana.post(&format!("m{number}"), &format!("message {number}")).await;
        ana.expect_ack(&format!("m{number}")).await;
    }
    let (_reader, room) = server.enter_lobby().await;
    let (as_of, events, has_older) = snapshot(room);
    assert_eq!(bodies(&events), ["message 0", "message 1", "message 2"]);
    assert_eq!(as_of.seq, 3);
    assert_eq!(as_of.hash, events[2].hash);
    assert!(!has_older);
}

#[tokio::test]
async fn pages_reach_the_first_message_of_the_log() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.join_rich("ana").await;
    for number in 1..=130 {
        ana.post(&format!("m{number}"), &number.to_string()).await;
    }
    ana.expect_ack("m130").await;
    let (mut reader, room) = server.enter_lobby().await;
    let (_, events, has_older) = snapshot(room);
    assert!(has_older);
    let mut oldest = events[0].seq;
    let mut seen: Vec<u64> = events.iter().map(|event| event.seq).collect();
    let mut more = has_older;
    while more {
        let of = PageOf::Before(oldest);
        reader.send(&ClientMessage::Page { room: RoomName::default(), request: 7, of }).await;
        let (events, has_older) = reader
            .next_matching(|m| match m {
                ServerMessage::Page { request: 7, events, has_older, .. } => Some((events, has_older)),
                _ => None,
            })
            .await;
        seen.splice(0..0, events.iter().map(|event| event.seq));
        oldest = events[0].seq;
        more = has_older;
    }
    assert_eq!(seen, (1..=130).collect::<Vec<_>>());
}

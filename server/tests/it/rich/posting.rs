//! Posts: acknowledgements, receipts and order.

use parlor::{ClientMessage, ErrorCode, EventKind, RoomName, ServerMessage};

use super::{bodies, next_event, snapshot};
use crate::support::Server;

#[tokio::test]
async fn plain_and_rich_clients_receive_each_others_messages() {
    let server = Server::start().await;
    let mut bo = server.join_plain("bo").await;
    let mut ana = server.join_rich("ana").await;
    bo.expect_message("ana", "ana has joined the chat").await;
    ana.post("1", "hello").await;
    let seq = ana.expect_ack("1").await;
    bo.expect_message("ana", "hello").await;
    bo.send("hi").await;
    bo.expect_message("bo", "hi").await;
    let event = next_event(&mut ana).await;
    let event = if event.seq == seq { next_event(&mut ana).await } else { event };
    assert_eq!((event.seq, bodies(std::slice::from_ref(&event))), (seq + 1, vec!["hi"]));
    let EventKind::Posted { author, .. } = event.kind else { panic!("expected a post") };
    assert_eq!(author.name.as_str(), "bo");
}

#[tokio::test]
async fn a_repeated_post_is_one_event_with_one_seq() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    ana.post("same", "once").await;
    let first = ana.expect_ack("same").await;
    ana.post("same", "once").await;
    assert_eq!(ana.expect_ack("same").await, first);
    // The same on another connection of the session.
    let (mut tab, room) = server.enter_lobby_as(Some(&ana.token), None).await;
    assert_eq!(snapshot(room).1.len(), 1);
    tab.post("same", "once").await;
    assert_eq!(tab.expect_ack("same").await, first);
}

#[tokio::test]
async fn later_posts_wait_for_a_temporarily_refused_post() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let burst = parlor::limits::POST_BURST;
    for number in 0..burst + 3 {
        ana.post(&format!("m{number}"), "x").await;
    }
    let mut nacks = Vec::new();
    while nacks.len() < 3 {
        let nack = ana
            .next_matching(|m| match m {
                ServerMessage::Nack { client_id, error, .. } => Some((client_id.as_str().to_owned(), error)),
                _ => None,
            })
            .await;
        nacks.push(nack);
    }
    let (first, refusal) = &nacks[0];
    assert_eq!(refusal.code, ErrorCode::TooFast);
    assert!(refusal.retry_after_ms.is_some());
    assert!(nacks[1..].iter().all(|(_, error)| error.code == ErrorCode::Behind), "{nacks:?}");
    // A discarded post no longer blocks later ones.
    let (room, client_id) = (RoomName::default(), parlor::ClientId::parse(first).unwrap());
    ana.send(&ClientMessage::Discard { room, client_id }).await;
    let mut attempt = 0;
    loop {
        attempt += 1;
        ana.post("later", "y").await;
        let accepted = ana
            .next_matching(|m| match m {
                ServerMessage::Ack { client_id, .. } if client_id.as_str() == "later" => Some(true),
                ServerMessage::Nack { client_id, error, .. } if client_id.as_str() == "later" => {
                    assert_eq!(error.code, ErrorCode::TooFast);
                    Some(false)
                }
                _ => None,
            })
            .await;
        if accepted {
            break;
        }
        assert!(attempt < 100_000, "the bucket never fills");
    }
}

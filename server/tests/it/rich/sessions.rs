//! Sessions: names, read markers and several connections.

use std::time::Duration;

use parlor::{ClientMessage, ErrorCode, RoomName, ServerMessage};

use super::snapshot;
use crate::support::Server;

#[tokio::test]
async fn a_reload_keeps_the_name_and_is_not_announced() {
    let server = Server::start().await;
    let mut observer = server.join_plain("observer").await;
    let ana = server.join_rich("ana").await;
    observer.expect_message("ana", "ana has joined the chat").await;
    let token = ana.token.clone();
    drop(ana);
    let mut again = server.connect_rich(Some(&token)).await;
    assert_eq!(again.send_hello(None).await.as_deref(), Some("ana"));
    let mut other = server.connect_rich(None).await;
    other.send_hello(None).await;
    other.send(&ClientMessage::Claim { name: "ana".into() }).await;
    let code = other
        .next_matching(|m| if let ServerMessage::Refused { error, .. } = m { Some(error.code) } else { None })
        .await;
    assert_eq!(code, ErrorCode::NameTaken);
    again.post("1", "it is me").await;
    observer.expect_message("ana", "it is me").await;
}

#[tokio::test]
async fn a_session_keeps_its_name_while_an_old_connection_is_half_open() {
    let server = Server::start().await;
    // Open and silent, as after a change of networks.
    let ana = server.join_rich("ana").await;
    let mut other = server.connect_plain().await;
    other.send("ana").await;
    let mut frame = other.next().await;
    // The join notice may come first.
    if frame["message"] == "ana has joined the chat" {
        frame = other.next().await;
    }
    assert_eq!(frame["error"], "Username already taken");
    let started = std::time::Instant::now();
    let mut again = server.connect_rich(Some(&ana.token)).await;
    assert_eq!(again.send_hello(None).await.as_deref(), Some("ana"));
    again.post("1", "from the train").await;
    again.expect_ack("1").await;
    // Long before the old connection times out, after which the name would be released anyway.
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn all_connections_of_a_session_share_its_read_markers() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    for number in 0..5 {
        ana.post(&format!("m{number}"), "x").await;
        ana.expect_ack(&format!("m{number}")).await;
    }
    let (mut tab, room) = server.enter_lobby_as(Some(&ana.token), None).await;
    let (cursor, _, _) = snapshot(room);
    let marker = |m| if let ServerMessage::Read { seq, .. } = m { Some(seq) } else { None };
    for (sent, seq) in [(3, 3), (99, 5)] {
        ana.send(&ClientMessage::Read { room: RoomName::default(), seq: sent }).await;
        assert_eq!(tab.next_matching(marker).await, seq, "never beyond the newest event");
    }
    let (_, room) = server.enter_lobby_as(Some(&ana.token), None).await;
    assert!(matches!(room, ServerMessage::Snapshot { read: Some(5), .. }), "{room:?}");
    let (mut resumed, missed) = server.enter_lobby_as(Some(&ana.token), Some(cursor)).await;
    assert!(matches!(missed, ServerMessage::Missed { .. }), "{missed:?}");
    assert_eq!(resumed.next_matching(marker).await, 5);
}

#[tokio::test]
async fn a_name_is_held_for_the_grace_period_and_then_released() {
    // Long enough that even a busy machine claims the name within it.
    let server = Server::start_with(|config| config.grace = Duration::from_secs(4)).await;
    let (mut observer, _) = server.enter_lobby().await;
    let mut other = server.connect_plain().await;
    let ana = server.join_rich("ana").await;
    other.expect_message("ana", "ana has joined the chat").await;
    drop(ana);
    other.send("ana").await;
    assert_eq!(other.expect_error().await, "Username already taken");
    observer
        .next_matching(|m| match m {
            ServerMessage::Presence { left, .. } if left.iter().any(|who| who.name.as_str() == "ana") => Some(()),
            _ => None,
        })
        .await;
    server.join_plain("ana").await;
}

#[tokio::test]
async fn leaving_releases_the_name_immediately() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    ana.send(&ClientMessage::Leave).await;
    ana.next_matching(|m| matches!(m, ServerMessage::Unnamed).then_some(())).await;
    server.join_plain("ana").await;
    ana.post("1", "nameless").await;
    let code =
        ana.next_matching(|m| if let ServerMessage::Nack { error, .. } = m { Some(error.code) } else { None }).await;
    assert_eq!(code, ErrorCode::NotNamed);
}

#[tokio::test]
async fn connections_of_one_session_are_one_person() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let (mut tab, room) = server.enter_lobby_as(Some(&ana.token), None).await;
    let ServerMessage::Snapshot { roster, .. } = room else { panic!("expected a snapshot") };
    assert_eq!(roster.count, 1);
    tab.claim_name("Ana Maria").await;
    ana.next_matching(|m| matches!(m, ServerMessage::Claimed { name } if name.as_str() == "Ana Maria").then_some(()))
        .await;
    drop(tab);
    ana.post("1", "still here").await;
    ana.expect_ack("1").await;
}

//! Presence over real sockets: typing, away and reconnecting.

use parlor::message::{PresenceStatus, Request};
use parlor::{ClientMessage, ErrorCode, RoomName, ServerMessage};

use crate::support::{RichClient, Server};

async fn send_typing(client: &mut RichClient) {
    client.send(&ClientMessage::Typing { room: RoomName::default() }).await;
}

#[tokio::test]
async fn typing_is_announced_to_rich_clients_and_at_a_limited_rate() {
    let server = Server::start().await;
    let mut plain = server.join_plain("bo").await;
    let (mut reader, _) = server.enter_lobby().await;
    let mut ana = server.join_rich("ana").await;
    plain.expect_message("ana", "ana has joined the chat").await;
    for _ in 0..5 {
        send_typing(&mut ana).await;
    }
    ana.post("1", "done").await;
    let mut received = 0;
    loop {
        match reader.next().await {
            ServerMessage::Typing { who, .. } => {
                assert_eq!(who.name.as_str(), "ana");
                received += 1;
            }
            ServerMessage::Event { .. } => break,
            _ => {}
        }
    }
    assert_eq!(received, 1);
    plain.expect_message("ana", "done").await;
}

#[tokio::test]
async fn typing_without_a_name_or_outside_the_room_is_refused() {
    let server = Server::start().await;
    let (mut client, _) = server.enter_lobby().await;
    let refused = |m| match m {
        ServerMessage::Refused { to: Some(Request::Typing), error, .. } => Some(error.code),
        _ => None,
    };
    send_typing(&mut client).await;
    assert_eq!(client.next_matching(refused).await, ErrorCode::NotNamed);
    client.claim_name("ana").await;
    client.send(&ClientMessage::Typing { room: RoomName::parse("kitchen").unwrap() }).await;
    assert_eq!(client.next_matching(refused).await, ErrorCode::NotInRoom);
}

/// The presence status of a person in the next presence change that includes them.
async fn next_status(client: &mut RichClient, name: &str) -> PresenceStatus {
    client
        .next_matching(|message| match message {
            ServerMessage::Presence { joined, .. } => {
                joined.into_iter().find(|present| present.author.name.as_str() == name).map(|present| present.status)
            }
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_person_is_away_if_they_are_away_on_all_connections() {
    let server = Server::start().await;
    let (mut observer, _) = server.enter_lobby().await;
    let mut ana = server.join_rich("ana").await;
    assert_eq!(next_status(&mut observer, "ana").await, PresenceStatus::Here);
    let (mut tab, _) = server.enter_lobby_as(Some(&ana.token), None).await;
    ana.send(&ClientMessage::Away { away: true }).await;
    tab.send(&ClientMessage::Away { away: true }).await;
    assert_eq!(next_status(&mut observer, "ana").await, PresenceStatus::Away);
    let (_, room) = server.enter_lobby().await;
    let ServerMessage::Snapshot { roster, .. } = room else { panic!("expected a snapshot") };
    assert_eq!(roster.people[0].status, PresenceStatus::Away);
    tab.send(&ClientMessage::Away { away: false }).await;
    assert_eq!(next_status(&mut observer, "ana").await, PresenceStatus::Here);
    drop(tab);
    assert_eq!(next_status(&mut observer, "ana").await, PresenceStatus::Away, "the remaining connection is away");
    drop(ana);
    assert_eq!(next_status(&mut observer, "ana").await, PresenceStatus::Reconnecting);
}

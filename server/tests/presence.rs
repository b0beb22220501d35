//! How people are there: writing, away, expected back.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use parlor::message::Request;
use parlor::{ClientMessage, ErrorCode, RoomName, ServerMessage};
use support::{Rich, Server};

async fn types(client: &mut Rich) {
    client.sends(&ClientMessage::Typing { room: RoomName::default() }).await;
}

#[tokio::test]
async fn that_somebody_writes_is_told_once_in_a_while_and_to_rich_clients_alone() {
    let server = Server::start().await;
    let mut plain = server.plain("bo").await;
    let (mut reader, _) = server.reader().await;
    let mut ana = server.rich("ana").await;
    plain.hears("ana", "ana has joined the chat").await;
    for _ in 0..5 {
        types(&mut ana).await;
    }
    ana.posts("1", "done").await;
    let mut told = 0;
    loop {
        match reader.next().await {
            ServerMessage::Typing { who, .. } => {
                assert_eq!(who.name.as_str(), "ana");
                told += 1;
            }
            ServerMessage::Event { .. } => break,
            _ => {}
        }
    }
    assert_eq!(told, 1);
    plain.hears("ana", "done").await;
}

#[tokio::test]
async fn who_has_no_name_or_is_not_in_the_room_is_not_writing() {
    let server = Server::start().await;
    let (mut client, _) = server.reader().await;
    let refused = |m| match m {
        ServerMessage::Refused { to: Some(Request::Typing), error, .. } => Some(error.code),
        _ => None,
    };
    types(&mut client).await;
    assert_eq!(client.next_that(refused).await, ErrorCode::NotNamed);
    client.claims("ana").await;
    client.sends(&ClientMessage::Typing { room: RoomName::parse("kitchen").unwrap() }).await;
    assert_eq!(client.next_that(refused).await, ErrorCode::NotInRoom);
}

//! How people are there: writing, away, expected back.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use parlor::message::{Request, Standing};
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

/// How somebody is there, as soon as that is told.
async fn stands(client: &mut Rich, name: &str) -> Standing {
    client
        .next_that(|message| match message {
            ServerMessage::Presence { joined, .. } => {
                joined.into_iter().find(|present| present.author.name.as_str() == name).map(|present| present.standing)
            }
            _ => None,
        })
        .await
}

#[tokio::test]
async fn who_is_away_at_all_their_connections_is_away() {
    let server = Server::start().await;
    let (mut witness, _) = server.reader().await;
    let mut ana = server.rich("ana").await;
    assert_eq!(stands(&mut witness, "ana").await, Standing::Here);
    let (mut tab, _) = server.reader_as(Some(&ana.token), None).await;
    ana.sends(&ClientMessage::Away { away: true }).await;
    tab.sends(&ClientMessage::Away { away: true }).await;
    assert_eq!(stands(&mut witness, "ana").await, Standing::Away);
    let (_, room) = server.reader().await;
    let ServerMessage::Snapshot { roster, .. } = room else { panic!("no snapshot") };
    assert_eq!(roster.people[0].standing, Standing::Away);
    tab.sends(&ClientMessage::Away { away: false }).await;
    assert_eq!(stands(&mut witness, "ana").await, Standing::Here);
    drop(tab);
    assert_eq!(stands(&mut witness, "ana").await, Standing::Away, "at the one connection that is left");
    drop(ana);
    assert_eq!(stands(&mut witness, "ana").await, Standing::Reconnecting);
}

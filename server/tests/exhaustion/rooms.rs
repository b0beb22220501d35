//! Rooms: those that are created by messages, those that somebody listens in, and those that are only looked at.

use std::time::Instant;

use futures_util::{StreamExt, stream};
use parlor::{ClientMessage, ErrorCode, RoomName, ServerMessage, limits};
use serde_json::json;

use super::stage::{AT_ONCE, Stage};
use crate::client_host::ClientHost;
use crate::support::Rich;

/// Rooms that pages are asked for on one connection.
const PAGES_PER_CONNECTION: usize = 50;

fn room(text: &str) -> RoomName {
    RoomName::parse(text).unwrap()
}

/// Whether a message of a new client creates a room.
async fn creates_room(host: ClientHost, number: usize) -> bool {
    let mut client = host.nobody_in(&format!("?room=x-{number}")).await;
    client.joins(&format!("x{number}")).await;
    client.says("x").await;
    let frame = client.next().await;
    client.leaves().await;
    if frame == json!({"username": format!("x{number}"), "message": "x"}) {
        return true;
    }
    assert_eq!(frame["error"], "Too many messages in too short a time");
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_one_address_create_no_more_rooms_than_it_may_have() {
    let mut stage = Stage::open().await;
    let (host, start) = (stage.attacker, Instant::now());
    let burst = limits::ROOM_BURST_PER_ADDRESS as usize;
    let tried = stream::iter(0..burst + 100).map(|number| creates_room(host, number));
    let created = tried.buffer_unordered(AT_ONCE).filter(|created| std::future::ready(*created)).count().await;
    let refilled = limits::ROOMS_PER_HOUR_AND_ADDRESS as f64 / 3_600.0 * start.elapsed().as_secs_f64();
    assert!(created >= burst && created <= burst + refilled.ceil() as usize, "{created} rooms");
    stage.honest.is_served("when an address has created all rooms it may").await;
    // Where there is a log already, the same address may go on writing.
    let mut client = host.nobody_in("").await;
    client.joins("x").await;
    client.says("x").await;
    client.hears("x", "x").await;
}

/// Posts in each of these rooms and tells how many of the posts are taken.
async fn posts_in(client: &mut Rich, rooms: &[RoomName]) -> usize {
    for room in rooms {
        client.posts_in(room.clone(), room.as_str(), "x").await;
    }
    let mut taken = 0;
    for _ in rooms {
        taken += client
            .next_that(|message| match message {
                ServerMessage::Ack { .. } => Some(1),
                ServerMessage::Nack { error, .. } => {
                    assert_eq!(error.code, ErrorCode::TooFast);
                    Some(0)
                }
                _ => None,
            })
            .await;
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_creates_no_more_rooms_than_it_may_have() {
    let mut stage = Stage::open().await;
    let rooms: Vec<_> = (0..limits::POST_BURST - 4).map(|number| room(&format!("y-{number}"))).collect();
    let mut client = stage.attacker.rich_in(rooms.clone()).await;
    client.claims("y").await;
    assert_eq!(posts_in(&mut client, &rooms).await, limits::ROOM_BURST as usize);
    stage.honest.is_served("when a session has created all rooms it may").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listening_in_more_rooms_than_stay_in_memory_closes_none_to_others() {
    let mut stage = Stage::open().await;
    let host = stage.attacker;
    let connections = limits::ROOMS_IN_MEMORY / limits::ROOMS_PER_CONNECTION + 2;
    for round in ["a", "b"] {
        let listen = |number: usize| async move {
            let names = (0..limits::ROOMS_PER_CONNECTION).map(|i| room(&format!("{round}-{number}-{i}")));
            host.rich_in(names.collect()).await
        };
        let listeners: Vec<_> = stream::iter(0..connections).map(listen).buffer_unordered(AT_ONCE).collect().await;
        stage.honest.is_served("while somebody listens in thousands of rooms").await;
        let mut client = host.rich_in(vec![RoomName::default(), room(&format!("own-{round}"))]).await;
        client.claims(&format!("own {round}")).await;
        assert_eq!(posts_in(&mut client, &[room(&format!("own-{round}"))]).await, 1, "the same address is served, too");
        drop(listeners);
    }
    stage.honest.is_served("after all of them have left").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loading_pages_of_thousands_of_rooms_leaves_none_behind() {
    let mut stage = Stage::open().await;
    let host = stage.attacker;
    let load = |connection: usize| async move {
        let mut http = host.http().await;
        let first = connection * PAGES_PER_CONNECTION;
        let asked = (first..first + PAGES_PER_CONNECTION)
            .map(|number| format!("GET /r/name-{number} HTTP/1.1\r\nHost: {}\r\n\r\n", host.server));
        http.sends(&asked.collect::<String>()).await;
        for _ in 0..PAGES_PER_CONNECTION {
            assert_eq!(http.answer().await.unwrap().status, 200);
        }
    };
    stream::iter(0..6_000 / PAGES_PER_CONNECTION).for_each_concurrent(8, load).await;
    stage.honest.is_served("after thousands of pages").await;
    let mut client = stage.honest.host.rich_in(vec![RoomName::default()]).await;
    client.sends(&ClientMessage::Rooms).await;
    let rooms =
        client.next_that(|message| if let ServerMessage::Rooms { rooms } = message { Some(rooms) } else { None });
    let names: Vec<_> = rooms.await.into_iter().map(|summary| summary.room.as_str().to_owned()).collect();
    assert!(names.len() < 10 && !names.iter().any(|name| name.starts_with("name-")), "{names:?}");
}

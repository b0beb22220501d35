//! Rooms that are created by messages, rooms that are entered, and rooms whose pages are loaded.

use std::time::Instant;

use futures_util::{StreamExt, stream};
use parlor::{ClientMessage, ErrorCode, RoomName, ServerMessage, limits};
use serde_json::json;

use super::attack::{AT_ONCE, Attack};
use crate::support::RichClient;
use crate::support::client_host::ClientHost;

/// Number of room pages that are requested on one connection.
const PAGES_PER_CONNECTION: usize = 50;

fn room(text: &str) -> RoomName {
    RoomName::parse(text).unwrap()
}

/// Posts in a new room with a new client. False if the rate limit for new rooms refuses it.
async fn creates_room(host: ClientHost, number: usize) -> bool {
    let mut client = host.connect_plain_to(&format!("?room=x-{number}")).await;
    client.join(&format!("x{number}")).await;
    client.send("x").await;
    let frame = client.next().await;
    client.leave().await;
    if frame == json!({"username": format!("x{number}"), "message": "x"}) {
        return true;
    }
    assert_eq!(frame["error"], "Too many messages in too short a time");
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_creates_rooms_only_at_its_rate_limit() {
    let mut attack = Attack::prepare().await;
    let (host, start) = (attack.attacker, Instant::now());
    let burst = limits::ROOM_BURST_PER_ADDRESS as usize;
    let attempts = stream::iter(0..burst + 100).map(|number| creates_room(host, number));
    let created = attempts.buffer_unordered(AT_ONCE).filter(|created| std::future::ready(*created)).count().await;
    let refilled = limits::ROOMS_PER_HOUR_AND_ADDRESS as f64 / 3_600.0 * start.elapsed().as_secs_f64();
    assert!(created >= burst && created <= burst + refilled.ceil() as usize, "{created} rooms");
    attack.honest.assert_served("when an address has reached its limit of new rooms").await;
    // The same address may still write in rooms that exist.
    let mut client = host.connect_plain_to("").await;
    client.join("x").await;
    client.send("x").await;
    client.expect_message("x", "x").await;
}

/// Posts in each of these rooms and returns how many of the posts are acknowledged.
async fn post_in_each(client: &mut RichClient, rooms: &[RoomName]) -> usize {
    for room in rooms {
        client.post_in(room.clone(), room.as_str(), "x").await;
    }
    let mut acknowledged = 0;
    for _ in rooms {
        acknowledged += client
            .next_matching(|message| match message {
                ServerMessage::Ack { .. } => Some(1),
                ServerMessage::Nack { error, .. } => {
                    assert_eq!(error.code, ErrorCode::TooFast);
                    Some(0)
                }
                _ => None,
            })
            .await;
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_creates_rooms_only_at_its_rate_limit() {
    let mut attack = Attack::prepare().await;
    let rooms: Vec<_> = (0..limits::POST_BURST - 4).map(|number| room(&format!("y-{number}"))).collect();
    let mut client = attack.attacker.enter_rooms(rooms.clone()).await;
    client.claim_name("y").await;
    assert_eq!(post_in_each(&mut client, &rooms).await, limits::ROOM_BURST as usize);
    attack.honest.assert_served("when a session has reached its limit of new rooms").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_more_rooms_than_fit_in_memory_does_not_exclude_others() {
    let mut attack = Attack::prepare().await;
    let host = attack.attacker;
    let connections = limits::ROOMS_IN_MEMORY / limits::ROOMS_PER_CONNECTION + 2;
    for round in ["a", "b"] {
        let enter = |number: usize| async move {
            let names = (0..limits::ROOMS_PER_CONNECTION).map(|i| room(&format!("{round}-{number}-{i}")));
            host.enter_rooms(names.collect()).await
        };
        let clients: Vec<_> = stream::iter(0..connections).map(enter).buffer_unordered(AT_ONCE).collect().await;
        attack.honest.assert_served("while one address is in thousands of rooms").await;
        let mut client = host.enter_rooms(vec![RoomName::default(), room(&format!("own-{round}"))]).await;
        client.claim_name(&format!("own {round}")).await;
        assert_eq!(
            post_in_each(&mut client, &[room(&format!("own-{round}"))]).await,
            1,
            "the same address is served too"
        );
        drop(clients);
    }
    attack.honest.assert_served("after all of these clients have left").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loading_pages_of_thousands_of_rooms_creates_none() {
    let mut attack = Attack::prepare().await;
    let host = attack.attacker;
    let load = |connection: usize| async move {
        let mut http = host.http().await;
        let first = connection * PAGES_PER_CONNECTION;
        let requests = (first..first + PAGES_PER_CONNECTION)
            .map(|number| format!("GET /r/name-{number} HTTP/1.1\r\nHost: {}\r\n\r\n", host.server));
        http.send(&requests.collect::<String>()).await;
        for _ in 0..PAGES_PER_CONNECTION {
            assert_eq!(http.next_response().await.unwrap().status, 200);
        }
    };
    stream::iter(0..6_000 / PAGES_PER_CONNECTION).for_each_concurrent(8, load).await;
    attack.honest.assert_served("after thousands of page loads").await;
    let mut client = attack.honest.host.enter_rooms(vec![RoomName::default()]).await;
    client.send(&ClientMessage::Rooms).await;
    let rooms =
        client.next_matching(|message| if let ServerMessage::Rooms { rooms } = message { Some(rooms) } else { None });
    let names: Vec<_> = rooms.await.into_iter().map(|summary| summary.room.as_str().to_owned()).collect();
    assert!(names.len() < 10 && !names.iter().any(|name| name.starts_with("name-")), "{names:?}");
}

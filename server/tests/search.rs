//! Searching over real sockets.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::time::Instant;

use parlor::message::{Hit, Request, RoomAt};
use parlor::{ClientMessage, ErrorCode, EventKind, RoomName, ServerMessage, limits};
use support::{Rich, Server};

fn kitchen() -> RoomName {
    RoomName::parse("kitchen").unwrap()
}

fn search(request: u32, room: Option<RoomName>, words: &str) -> ClientMessage {
    ClientMessage::Search { request, room, words: words.to_owned(), time_zone: None, utc_offset_minutes: 0 }
}

/// What comes of a search: its number and what was found, or why not.
async fn answer(client: &mut Rich) -> Result<(u32, Vec<Hit>, bool), ErrorCode> {
    client
        .next_that(|message| match message {
            ServerMessage::Found { request, hits, more } => Some(Ok((request, hits, more))),
            ServerMessage::Refused { to: Some(Request::Search), error, .. } => Some(Err(error.code)),
            _ => None,
        })
        .await
}

async fn finds(client: &mut Rich, room: Option<RoomName>, words: &str) -> Result<Vec<(RoomName, u64)>, ErrorCode> {
    client.sends(&search(7, room, words)).await;
    let (request, hits, more) = answer(client).await?;
    assert_eq!((request, more), (7, false));
    Ok(hits.into_iter().map(|hit| (hit.room, hit.event.seq)).collect())
}

async fn posts_in(client: &mut Rich, room: RoomName, id: &str, body: &str) {
    client.posts_in(room, id, body).await;
    client.is_acked(id).await;
}

#[tokio::test]
async fn one_room_or_all_that_one_is_in_are_looked_through_and_no_others() {
    let server = Server::start().await;
    let (mut ana, mut bo) = (server.rich("Ana").await, server.rich("Bo").await);
    let into_kitchen = ClientMessage::Join(RoomAt { room: kitchen(), cursor: None });
    bo.sends(&into_kitchen).await;
    posts_in(&mut bo, kitchen(), "k1", "tea in the kitchen").await;
    posts_in(&mut bo, RoomName::default(), "l1", "tea in the lobby").await;
    let (lobbys, kitchens) = ((RoomName::default(), 1), (kitchen(), 1));
    assert_eq!(finds(&mut ana, None, "tea").await, Ok(vec![lobbys.clone()]));
    assert_eq!(finds(&mut ana, Some(kitchen()), "tea").await, Err(ErrorCode::NotInRoom));
    ana.sends(&into_kitchen).await;
    assert_eq!(finds(&mut ana, None, "TEA").await, Ok(vec![lobbys, kitchens.clone()]));
    assert_eq!(finds(&mut ana, Some(kitchen()), "from:bo").await, Ok(vec![kitchens]));
    assert_eq!(finds(&mut ana, None, "on:someday").await, Err(ErrorCode::BadSearch));
}

#[tokio::test]
async fn messages_come_as_a_page_has_them() {
    let server = Server::start().await;
    let mut ana = server.rich("Ana").await;
    ana.posts("p", "東京へ").await;
    ana.is_acked("p").await;
    ana.sends_text(r#"{"type":"react","room":"lobby","client_id":"r","target":1,"emoji":"👍","on":true}"#).await;
    ana.is_acked("r").await;
    ana.sends(&search(1, None, "東京")).await;
    let (_, hits, _) = answer(&mut ana).await.unwrap();
    let EventKind::Posted { reactions, .. } = &hits[0].event.kind else { panic!("{hits:?}") };
    assert_eq!(reactions[0].people[0].id.as_str(), ana.session);
}

#[tokio::test]
async fn of_searches_typed_one_after_another_the_last_is_answered() {
    let server = Server::start().await;
    let mut ana = server.rich("Ana").await;
    ana.posts("p", "tea").await;
    ana.is_acked("p").await;
    let began = Instant::now();
    for request in 1..=40 {
        ana.sends(&search(request, None, "tea")).await;
    }
    let (mut answers, mut last) = (0, 0);
    while last < 40 {
        let (request, hits, _) = answer(&mut ana).await.unwrap();
        assert!(request > last && hits.len() == 1);
        (answers, last) = (answers + 1, request);
    }
    let allowed =
        f64::from(limits::SEARCH_BURST) + f64::from(limits::SEARCHES_PER_SECOND) * began.elapsed().as_secs_f64();
    assert!(f64::from(answers) <= allowed, "{answers}");
}

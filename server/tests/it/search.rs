//! Searches over real sockets: their scope, their hits and their rate limit.

use std::time::Instant;

use parlor::message::{Hit, Request, RoomAt};
use parlor::{ClientMessage, ErrorCode, EventKind, RoomName, ServerMessage, limits};

use crate::support::{RichClient, Server};

fn kitchen() -> RoomName {
    RoomName::parse("kitchen").unwrap()
}

fn search(request: u32, room: Option<RoomName>, words: &str) -> ClientMessage {
    ClientMessage::Search { request, room, words: words.to_owned(), time_zone: None, utc_offset_minutes: 0 }
}

/// The next answer to a search: its request number, the hits and `more`, or the error code.
async fn next_answer(client: &mut RichClient) -> Result<(u32, Vec<Hit>, bool), ErrorCode> {
    client
        .next_matching(|message| match message {
            ServerMessage::Found { request, hits, more } => Some(Ok((request, hits, more))),
            ServerMessage::Refused { to: Some(Request::Search), error, .. } => Some(Err(error.code)),
            _ => None,
        })
        .await
}

async fn search_hits(
    client: &mut RichClient,
    room: Option<RoomName>,
    words: &str,
) -> Result<Vec<(RoomName, u64)>, ErrorCode> {
    client.send(&search(7, room, words)).await;
    let (request, hits, more) = next_answer(client).await?;
    assert_eq!((request, more), (7, false));
    Ok(hits.into_iter().map(|hit| (hit.room, hit.event.seq)).collect())
}

async fn post_in(client: &mut RichClient, room: RoomName, id: &str, body: &str) {
    client.post_in(room, id, body).await;
    client.expect_ack(id).await;
}

#[tokio::test]
async fn a_search_covers_one_or_all_joined_rooms_and_no_others() {
    let server = Server::start().await;
    let (mut ana, mut bo) = (server.join_rich("Ana").await, server.join_rich("Bo").await);
    let join_kitchen = ClientMessage::Join(RoomAt { room: kitchen(), cursor: None });
    bo.send(&join_kitchen).await;
    post_in(&mut bo, kitchen(), "k1", "tea in the kitchen").await;
    post_in(&mut bo, RoomName::default(), "l1", "tea in the lobby").await;
    let (lobby_hit, kitchen_hit) = ((RoomName::default(), 1), (kitchen(), 1));
    assert_eq!(search_hits(&mut ana, None, "tea").await, Ok(vec![lobby_hit.clone()]));
    assert_eq!(search_hits(&mut ana, Some(kitchen()), "tea").await, Err(ErrorCode::NotInRoom));
    ana.send(&join_kitchen).await;
    assert_eq!(search_hits(&mut ana, None, "TEA").await, Ok(vec![lobby_hit, kitchen_hit.clone()]));
    assert_eq!(search_hits(&mut ana, Some(kitchen()), "from:bo").await, Ok(vec![kitchen_hit]));
    assert_eq!(search_hits(&mut ana, None, "on:someday").await, Err(ErrorCode::BadSearch));
}

#[tokio::test]
async fn a_hit_has_the_text_quote_and_reactions_of_a_page() {
    let server = Server::start().await;
    let mut ana = server.join_rich("Ana").await;
    ana.post("p", "東京へ").await;
    ana.expect_ack("p").await;
    ana.send_text(r#"{"type":"react","room":"lobby","client_id":"r","target":1,"emoji":"👍","on":true}"#).await;
    ana.expect_ack("r").await;
    ana.send(&search(1, None, "東京")).await;
    let (_, hits, _) = next_answer(&mut ana).await.unwrap();
    let EventKind::Posted { reactions, .. } = &hits[0].event.kind else { panic!("{hits:?}") };
    assert_eq!(reactions[0].people[0].id.as_str(), ana.session);
}

#[tokio::test]
async fn the_newest_of_many_searches_is_answered() {
    let server = Server::start().await;
    let mut ana = server.join_rich("Ana").await;
    ana.post("p", "tea").await;
    ana.expect_ack("p").await;
    let started = Instant::now();
    for request in 1..=40 {
        ana.send(&search(request, None, "tea")).await;
    }
    let (mut answers, mut last) = (0, 0);
    while last < 40 {
        let (request, hits, _) = next_answer(&mut ana).await.unwrap();
        assert!(request > last && hits.len() == 1);
        (answers, last) = (answers + 1, request);
    }
    let allowed =
        f64::from(limits::SEARCH_BURST) + f64::from(limits::SEARCHES_PER_SECOND) * started.elapsed().as_secs_f64();
    assert!(f64::from(answers) <= allowed, "{answers}");
}

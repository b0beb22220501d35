//! Rooms as people find them again: which there are, which are theirs, what is new in them.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use parlor::message::RoomAt;
use parlor::{ClientId, ClientMessage, RoomName, ServerMessage};
use support::{Rich, Server, until};

fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

async fn joins(client: &mut Rich, name: &str) {
    client.sends(&ClientMessage::Join(RoomAt { room: room(name), cursor: None })).await;
    let joined =
        |message| matches!(message, ServerMessage::Snapshot { room, .. } if room.as_str() == name).then_some(());
    client.next_that(joined).await;
}

async fn posts_in(client: &mut Rich, name: &str, id: &str) -> u64 {
    client.posts_in(room(name), id, "x").await;
    client.is_acked(id).await
}

/// The rooms there are, with how many are in them and what they are about.
async fn list(client: &mut Rich) -> Vec<(String, u32, String)> {
    client.sends(&ClientMessage::Rooms).await;
    let rooms = client.next_that(|m| if let ServerMessage::Rooms { rooms } = m { Some(rooms) } else { None }).await;
    rooms.into_iter().map(|found| (found.room.as_str().to_owned(), found.people, found.topic)).collect()
}

#[tokio::test]
async fn rooms_are_listed_with_those_last_spoken_in_first() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    for name in ["cellar", "attic", "silent"] {
        joins(&mut ana, name).await;
    }
    let (topic, client_id) = ("Tea".to_owned(), ClientId::parse("t").unwrap());
    ana.sends(&ClientMessage::Topic { room: room("attic"), client_id, topic }).await;
    ana.is_acked("t").await;
    for (name, id) in [("attic", "1"), ("cellar", "2")] {
        posts_in(&mut ana, name, id).await;
        // The next one is said at a later time.
        let said = std::time::SystemTime::now();
        while said.elapsed().unwrap().as_millis() < 2 {
            tokio::task::yield_now().await;
        }
    }
    posts_in(&mut ana, "lobby", "3").await;
    ana.sends(&ClientMessage::Part { room: room("cellar") }).await;
    let expected = [("lobby", 1, ""), ("cellar", 0, ""), ("attic", 1, "Tea"), ("silent", 1, "")]
        .map(|(a, b, c)| (a.to_owned(), b, c.to_owned()));
    assert_eq!(list(&mut ana).await, expected);
    // A room that a visitor only looks at is none of them.
    let (mut guest, _) = server.reader().await;
    joins(&mut guest, "nobodys").await;
    assert_eq!(list(&mut guest).await, expected);
}

#[tokio::test]
async fn what_was_read_can_be_new_again() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    for number in 1..=5 {
        assert_eq!(posts_in(&mut ana, "lobby", &format!("m{number}")).await, number);
    }
    let (mut tab, _) = server.reader_as(Some(&ana.token), None).await;
    let news = |message| match message {
        ServerMessage::Read { seq, .. } => Some(("read", seq)),
        ServerMessage::Unread { seq, .. } => Some(("unread", seq)),
        _ => None,
    };
    ana.sends(&ClientMessage::Read { room: room("lobby"), seq: 5 }).await;
    assert_eq!(tab.next_that(news).await, ("read", 5));
    for (told, heard, read) in [(3, 3, 2), (0, 1, 0), (99, 6, 5)] {
        ana.sends(&ClientMessage::Unread { room: room("lobby"), seq: told }).await;
        assert_eq!(tab.next_that(news).await, ("unread", heard));
        let (_, snapshot) = server.reader_as(Some(&ana.token), None).await;
        let ServerMessage::Snapshot { read: found, .. } = snapshot else { panic!("no snapshot: {snapshot:?}") };
        assert_eq!(found, Some(read));
    }
}

/// The rooms that the page is told to be the session's own.
async fn own_rooms(server: &Server, token: &str) -> String {
    let (status, _, body) = server.get("/", &format!("Cookie: parlor_session={token}\r\n")).await;
    assert_eq!(status, 200);
    let page = String::from_utf8(body).unwrap().replace("&quot;", "\"");
    let Some((_, rooms)) = page.split_once("\"rooms\":[") else { return String::new() };
    rooms.split_once(']').unwrap().0.replace('"', "")
}

async fn own_rooms_become(server: &Server, token: &str, expected: &str) {
    until(expected, || async { own_rooms(server, token).await == expected }).await;
}

#[tokio::test]
async fn a_room_is_ones_own_from_joining_it_with_a_name_until_parting_from_it() {
    let server = Server::start().await;
    let (mut ana, _) = server.reader().await;
    joins(&mut ana, "kitchen").await;
    ana.sends(&ClientMessage::Ping).await;
    ana.next_that(|message| matches!(message, ServerMessage::Pong).then_some(())).await;
    assert_eq!(own_rooms(&server, &ana.token).await, "", "a guest has none");
    ana.claims("ana").await;
    own_rooms_become(&server, &ana.token, "kitchen,lobby").await;
    joins(&mut ana, "attic").await;
    own_rooms_become(&server, &ana.token, "attic,kitchen,lobby").await;
    ana.sends(&ClientMessage::Part { room: room("kitchen") }).await;
    own_rooms_become(&server, &ana.token, "attic,lobby").await;
    let token = ana.token.clone();
    drop(ana);
    let (mut again, _) = server.reader_as(Some(&token), None).await;
    assert_eq!(own_rooms(&server, &token).await, "attic,lobby", "a lost connection parts from nothing");
    again.sends(&ClientMessage::Leave).await;
    own_rooms_become(&server, &token, "").await;
}

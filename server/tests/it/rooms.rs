//! The room list, memberships and read markers over real sockets.

use parlor::message::RoomAt;
use parlor::{ClientId, ClientMessage, RoomName, ServerMessage};

use crate::support::{RichClient, Server, wait_until};

fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

async fn join(client: &mut RichClient, name: &str) {
    client.send(&ClientMessage::Join(RoomAt { room: room(name), cursor: None })).await;
    let joined =
        |message| matches!(message, ServerMessage::Snapshot { room, .. } if room.as_str() == name).then_some(());
    client.next_matching(joined).await;
}

async fn post_in(client: &mut RichClient, name: &str, id: &str) -> u64 {
    client.post_in(room(name), id, "x").await;
    client.expect_ack(id).await
}

/// The listed rooms with their number of people and their topic.
async fn list_rooms(client: &mut RichClient) -> Vec<(String, u32, String)> {
    client.send(&ClientMessage::Rooms).await;
    let rooms = client.next_matching(|m| if let ServerMessage::Rooms { rooms } = m { Some(rooms) } else { None }).await;
    rooms.into_iter().map(|found| (found.room.as_str().to_owned(), found.people, found.topic)).collect()
}

#[tokio::test]
async fn rooms_are_listed_with_the_most_recently_active_first() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    for name in ["cellar", "attic", "silent"] {
        join(&mut ana, name).await;
    }
    let (topic, client_id) = ("Tea".to_owned(), ClientId::parse("t").unwrap());
    ana.send(&ClientMessage::Topic { room: room("attic"), client_id, topic }).await;
    ana.expect_ack("t").await;
    for (name, id) in [("attic", "1"), ("cellar", "2")] {
        post_in(&mut ana, name, id).await;
        // The next message gets a later timestamp.
        let posted_at = std::time::SystemTime::now();
        wait_until("the clock goes on", || async { posted_at.elapsed().unwrap().as_millis() >= 2 }).await;
    }
    post_in(&mut ana, "lobby", "3").await;
    ana.send(&ClientMessage::Part { room: room("cellar") }).await;
    let expected = [("lobby", 1, ""), ("cellar", 0, ""), ("attic", 1, "Tea"), ("silent", 1, "")]
        .map(|(a, b, c)| (a.to_owned(), b, c.to_owned()));
    assert_eq!(list_rooms(&mut ana).await, expected);
    // A room that a guest has only joined is not listed.
    let (mut guest, _) = server.enter_lobby().await;
    join(&mut guest, "empty").await;
    assert_eq!(list_rooms(&mut guest).await, expected);
}

#[tokio::test]
async fn read_messages_can_be_marked_as_unread() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    for number in 1..=5 {
        assert_eq!(post_in(&mut ana, "lobby", &format!("m{number}")).await, number);
    }
    let (mut tab, _) = server.enter_lobby_as(Some(&ana.token), None).await;
    let marker = |message| match message {
        ServerMessage::Read { seq, .. } => Some(("read", seq)),
        ServerMessage::Unread { seq, .. } => Some(("unread", seq)),
        _ => None,
    };
    ana.send(&ClientMessage::Read { room: room("lobby"), seq: 5 }).await;
    assert_eq!(tab.next_matching(marker).await, ("read", 5));
    for (sent, received, read) in [(3, 3, 2), (0, 1, 0), (99, 6, 5)] {
        ana.send(&ClientMessage::Unread { room: room("lobby"), seq: sent }).await;
        assert_eq!(tab.next_matching(marker).await, ("unread", received));
        let (_, snapshot) = server.enter_lobby_as(Some(&ana.token), None).await;
        let ServerMessage::Snapshot { read: found, .. } = snapshot else { panic!("expected a snapshot: {snapshot:?}") };
        assert_eq!(found, Some(read));
    }
}

/// The session's memberships as the page receives them, separated by commas.
async fn memberships(server: &Server, token: &str) -> String {
    let (status, _, body) = server.get("/", &format!("Cookie: parlor_session={token}\r\n")).await;
    assert_eq!(status, 200);
    let page = String::from_utf8(body).unwrap().replace("&quot;", "\"");
    let Some((_, rooms)) = page.split_once("\"rooms\":[") else { return String::new() };
    rooms.split_once(']').unwrap().0.replace('"', "")
}

async fn wait_until_memberships_are(server: &Server, token: &str, expected: &str) {
    wait_until(expected, || async { memberships(server, token).await == expected }).await;
}

#[tokio::test]
async fn a_membership_lasts_from_joining_with_a_name_until_leaving() {
    let server = Server::start().await;
    let (mut ana, _) = server.enter_lobby().await;
    join(&mut ana, "kitchen").await;
    ana.send(&ClientMessage::Ping).await;
    ana.next_matching(|message| matches!(message, ServerMessage::Pong).then_some(())).await;
    assert_eq!(memberships(&server, &ana.token).await, "", "a guest has no memberships");
    ana.claim_name("ana").await;
    wait_until_memberships_are(&server, &ana.token, "kitchen,lobby").await;
    join(&mut ana, "attic").await;
    wait_until_memberships_are(&server, &ana.token, "attic,kitchen,lobby").await;
    ana.send(&ClientMessage::Part { room: room("kitchen") }).await;
    wait_until_memberships_are(&server, &ana.token, "attic,lobby").await;
    let token = ana.token.clone();
    drop(ana);
    let (mut again, _) = server.enter_lobby_as(Some(&token), None).await;
    assert_eq!(memberships(&server, &token).await, "attic,lobby", "a lost connection leaves no room");
    again.send(&ClientMessage::Leave).await;
    wait_until_memberships_are(&server, &token, "").await;
}

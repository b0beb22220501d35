//! Operations on messages over real sockets: edits, deletions, reactions and replies. Also topics.

use parlor::message::{MessageRef, PageOf};
use parlor::{ClientId, ClientMessage, Cursor, ErrorCode, Event, EventKind, Quote, RoomName, ServerMessage};

use crate::support::{RichClient, Server};

fn lobby() -> RoomName {
    RoomName::default()
}

fn id(id: &str) -> ClientId {
    ClientId::parse(id).unwrap()
}

fn edit(client_id: &str, target: u64, body: &str) -> ClientMessage {
    ClientMessage::Edit { room: lobby(), client_id: id(client_id), target: target.into(), body: body.to_owned() }
}

fn delete(client_id: &str, target: u64) -> ClientMessage {
    ClientMessage::Delete { room: lobby(), client_id: id(client_id), target: target.into() }
}

fn react(client_id: &str, target: u64, emoji: &str, on: bool) -> ClientMessage {
    ClientMessage::React { room: lobby(), client_id: id(client_id), target: target.into(), emoji: emoji.to_owned(), on }
}

fn topic(client_id: &str, topic: &str) -> ClientMessage {
    ClientMessage::Topic { room: lobby(), client_id: id(client_id), topic: topic.to_owned() }
}

fn reply(client_id: &str, target: u64, body: &str) -> ClientMessage {
    ClientMessage::Post {
        room: lobby(),
        client_id: id(client_id),
        body: body.to_owned(),
        reply_to: Some(target),
        reply_to_client_id: None,
    }
}

/// Submits an operation, waits until the room shows its event, and returns the event's seq.
async fn apply(client: &mut RichClient, request: &ClientMessage, client_id: &str) -> u64 {
    client.send(request).await;
    let seq = client.expect_ack(client_id).await;
    wait_until_shown(client, seq).await;
    seq
}

async fn post(client: &mut RichClient, client_id: &str, text: &str) -> u64 {
    apply(client, &ClientMessage::post(lobby(), id(client_id), text), client_id).await
}

/// Requests pages until the room shows the event: an `ack` may arrive before that.
async fn wait_until_shown(client: &mut RichClient, seq: u64) {
    loop {
        let page = ClientMessage::Page { room: lobby(), request: 0, of: PageOf::Before(1) };
        client.send(&page).await;
        let as_of = |message| if let ServerMessage::Page { as_of, .. } = message { Some(as_of.seq) } else { None };
        if client.next_matching(as_of).await >= seq {
            return;
        }
    }
}

async fn refusal_code(client: &mut RichClient, request: &ClientMessage) -> ErrorCode {
    client.send(request).await;
    client
        .next_matching(|message| if let ServerMessage::Nack { error, .. } = message { Some(error.code) } else { None })
        .await
}

async fn next_event(client: &mut RichClient) -> Event {
    client
        .next_matching(|message| if let ServerMessage::Event { event, .. } = message { Some(event) } else { None })
        .await
}

fn snapshot(message: ServerMessage) -> (Cursor, Vec<Event>, String) {
    match message {
        ServerMessage::Snapshot { as_of, events, topic, .. } => (as_of, events, topic),
        other => panic!("expected a snapshot, got {other:?}"),
    }
}

#[tokio::test]
async fn a_returning_client_receives_the_changes_that_it_missed() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let first = post(&mut ana, "m1", "helo").await;
    let second = post(&mut ana, "m2", "never mind").await;
    let (bo, room) = server.enter_lobby().await;
    let (cursor, events, _) = snapshot(room);
    assert_eq!((cursor.seq, events.len()), (second, 2));
    drop(bo);
    apply(&mut ana, &edit("e", first, "hello"), "e").await;
    apply(&mut ana, &react("r1", first, "👋", true), "r1").await;
    apply(&mut ana, &react("r2", first, "👋", false), "r2").await;
    apply(&mut ana, &delete("d", second), "d").await;
    apply(&mut ana, &topic("t", "Greetings"), "t").await;
    apply(&mut ana, &reply("a", first, "me again"), "a").await;

    let (mut bo, room) = server.enter_lobby_as(None, Some(cursor)).await;
    let ServerMessage::Missed { as_of, events, roster: None, .. } = room else {
        panic!("expected missed events: {room:?}")
    };
    assert_eq!((as_of.seq, events.len()), (8, 6));
    let last = bo.next().await;
    assert!(matches!(&last, ServerMessage::Missed { topic, roster: Some(_), .. } if topic == "Greetings"), "{last:?}");
    let kinds: Vec<_> = events.into_iter().map(|event| event.kind).collect();
    assert!(matches!(&kinds[0], EventKind::Edited { target: 1, body: Some(body), .. } if body.as_str() == "hello"));
    assert!(matches!(&kinds[1], EventKind::Reacted { target: 1, emoji, .. } if emoji.as_str() == "👋"));
    assert!(matches!(&kinds[2], EventKind::Unreacted { target: 1, emoji, .. } if emoji.as_str() == "👋"));
    assert!(matches!(&kinds[3], EventKind::Deleted { target: 2, .. }));
    assert!(matches!(&kinds[4], EventKind::Topic { topic, .. } if topic == "Greetings"));
    let EventKind::Posted { reply_to: Some(quote), .. } = &kinds[5] else { panic!("expected a reply: {:?}", kinds[5]) };
    assert_eq!((quote.seq, quote.excerpt.as_deref()), (1, Some("hello")));

    apply(&mut ana, &edit("e2", first, "hello!"), "e2").await;
    assert!(matches!(next_event(&mut bo).await.kind, EventKind::Edited { target: 1, .. }), "live events follow");
}

#[tokio::test]
async fn snapshots_and_pages_have_messages_in_their_current_state() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let mut bo = server.join_rich("bo").await;
    let first = post(&mut ana, "m1", "helo").await;
    apply(&mut bo, &react("b1", first, "👋", true), "b1").await;
    apply(&mut ana, &edit("e", first, "hello"), "e").await;
    let gone = post(&mut ana, "m2", "never mind").await;
    apply(&mut bo, &reply("b2", gone, "what?"), "b2").await;
    apply(&mut ana, &delete("d", gone), "d").await;
    apply(&mut bo, &topic("t", "Greetings"), "t").await;

    let (mut reader, room) = server.enter_lobby().await;
    let (as_of, events, topic) = snapshot(room);
    assert_eq!((as_of.seq, topic.as_str()), (7, "Greetings"));
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 4, 5]);
    let EventKind::Posted { body, edited_at, reactions, .. } = &events[0].kind else { panic!("{:?}", events[0]) };
    assert_eq!(body.as_ref().unwrap().as_str(), "hello");
    assert!(edited_at.is_some() && reactions.len() == 1 && reactions[0].people[0].id.as_str() == bo.session);
    assert!(matches!(&events[1].kind, EventKind::Posted { body: None, .. }));
    let EventKind::Posted { reply_to: Some(Quote { seq: 4, author: Some(author), excerpt: None, .. }), .. } =
        &events[2].kind
    else {
        panic!("{:?}", events[2])
    };
    assert_eq!(author.name.as_str(), "ana");

    let of = PageOf::Around(2);
    reader.send(&ClientMessage::Page { room: lobby(), request: 7, of }).await;
    let ServerMessage::Page { events: page, has_older, has_newer, .. } = reader.next().await else {
        panic!("expected a page")
    };
    assert_eq!((page, has_older, has_newer), (events, false, false));

    let (status, _, document) = server.get("/", "").await;
    let document = String::from_utf8(document).unwrap();
    assert_eq!(status, 200);
    assert!(document.contains(r#""topic":"Greetings""#) && !document.contains("never mind"));
}

#[tokio::test]
async fn an_invalid_operation_is_refused_with_its_reason() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let mut bo = server.join_rich("bo").await;
    let message = post(&mut ana, "m", "hello").await;
    for (request, code) in [
        (edit("b1", message, "x"), ErrorCode::NotYours),
        (delete("b2", message), ErrorCode::NotYours),
        (edit("b3", 99, "x"), ErrorCode::NoSuchMessage),
        (reply("b4", 99, "x"), ErrorCode::NoSuchMessage),
        (edit("b5", message, " "), ErrorCode::BodyEmpty),
        (react("b6", message, "ok", true), ErrorCode::EmojiInvalid),
        (topic("b7", "two\nlines"), ErrorCode::TopicInvalid),
    ] {
        assert_eq!(refusal_code(&mut bo, &request).await, code, "{request:?}");
    }
    apply(&mut ana, &delete("d", message), "d").await;
    assert_eq!(refusal_code(&mut ana, &edit("e", message, "x")).await, ErrorCode::MessageDeleted);
    assert_eq!(refusal_code(&mut bo, &react("b8", message, "👍", true)).await, ErrorCode::MessageDeleted);
    // None of these refusals blocks later operations.
    assert_eq!(post(&mut bo, "b9", "sorry").await, 3);
}

#[tokio::test]
async fn an_operation_waits_for_a_refused_one_before_it() {
    let server = Server::start().await;
    let (mut guest, _) = server.enter_lobby().await;
    assert_eq!(refusal_code(&mut guest, &topic("t1", "Tea")).await, ErrorCode::NotNamed);
    guest.claim_name("guest").await;
    assert_eq!(refusal_code(&mut guest, &topic("t2", "Coffee")).await, ErrorCode::Behind);
    assert_eq!(apply(&mut guest, &topic("t1", "Tea"), "t1").await, 1);
    assert_eq!(apply(&mut guest, &topic("t2", "Coffee"), "t2").await, 2);
    assert_eq!(apply(&mut guest, &topic("t1", "Tea"), "t1").await, 1, "a repeated operation has the same seq");
    let (_reader, room) = server.enter_lobby().await;
    assert_eq!(snapshot(room).2, "Coffee");
}

#[tokio::test]
async fn the_same_reaction_of_two_connections_is_one_event() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let message = post(&mut ana, "m", "hello").await;
    let (mut tab, _) = server.enter_lobby_as(Some(&ana.token.clone()), None).await;
    ana.send(&react("one", message, "👍", true)).await;
    tab.send(&react("two", message, "👍", true)).await;
    assert_eq!((ana.expect_ack("one").await, tab.expect_ack("two").await), (2, 2));
    assert_eq!(post(&mut ana, "n", "next").await, 3);
}

#[tokio::test]
async fn plain_clients_receive_messages_and_replies_only() {
    let server = Server::start().await;
    let mut plain = server.join_plain("plain").await;
    let mut ana = server.join_rich("ana").await;
    plain.expect_message("ana", "ana has joined the chat").await;
    let message = post(&mut ana, "m", "helo").await;
    apply(&mut ana, &edit("e", message, "hello"), "e").await;
    apply(&mut ana, &react("r", message, "👋", true), "r").await;
    apply(&mut ana, &topic("t", "Greetings"), "t").await;
    apply(&mut ana, &reply("a", message, "me again"), "a").await;
    apply(&mut ana, &delete("d", message), "d").await;
    post(&mut ana, "z", "bye").await;
    for text in ["helo", "me again", "bye"] {
        plain.expect_message("ana", text).await;
    }
}

#[tokio::test]
async fn an_operation_on_a_lost_message_does_not_affect_another_one() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let seq = post(&mut ana, "m1", "after the log was restored").await;
    let lost = MessageRef { seq, client_id: Some(id("m0")) };
    let (room, body, emoji) = (lobby(), "of another message".to_owned(), "👋".to_owned());
    let requests = [
        ClientMessage::Edit { room: room.clone(), client_id: id("e"), target: lost.clone(), body: body.clone() },
        ClientMessage::Delete { room: room.clone(), client_id: id("d"), target: lost.clone() },
        ClientMessage::React { room: room.clone(), client_id: id("r"), target: lost.clone(), emoji, on: true },
        ClientMessage::Post { room, client_id: id("a"), body, reply_to: Some(seq), reply_to_client_id: lost.client_id },
    ];
    for request in &requests {
        assert_eq!(refusal_code(&mut ana, request).await, ErrorCode::NoSuchMessage, "{request:?}");
    }
    let (_, room) = server.enter_lobby().await;
    let (as_of, events, _) = snapshot(room);
    assert_eq!((as_of.seq, events.len()), (seq, 1), "nothing has changed");

    let existing = MessageRef { seq, client_id: Some(id("m1")) };
    apply(&mut ana, &ClientMessage::Delete { room: lobby(), client_id: id("d2"), target: existing }, "d2").await;
}

//! What happens to messages after they were posted, over real sockets: edits, deletions, reactions, answers, topics.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use parlor::message::{MessageRef, PageOf};
use parlor::{ClientId, ClientMessage, Cursor, ErrorCode, Event, EventKind, Quote, RoomName, ServerMessage};
use support::{Rich, Server};

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

fn answer(client_id: &str, target: u64, body: &str) -> ClientMessage {
    ClientMessage::Post {
        room: lobby(),
        client_id: id(client_id),
        body: body.to_owned(),
        reply_to: Some(target),
        reply_to_client_id: None,
    }
}

/// Asks for something that is done, and returns its place.
async fn does(client: &mut Rich, what: &ClientMessage, client_id: &str) -> u64 {
    client.sends(what).await;
    let seq = client.is_acked(client_id).await;
    is_shown(client, seq).await;
    seq
}

async fn posts(client: &mut Rich, client_id: &str, text: &str) -> u64 {
    does(client, &ClientMessage::post(lobby(), id(client_id), text), client_id).await
}

/// An `ack` may come before the room shows what it is about: asks until it does.
async fn is_shown(client: &mut Rich, seq: u64) {
    loop {
        let page = ClientMessage::Page { room: lobby(), request: 0, of: PageOf::Before(1) };
        client.sends(&page).await;
        let as_of = |message| if let ServerMessage::Page { as_of, .. } = message { Some(as_of.seq) } else { None };
        if client.next_that(as_of).await >= seq {
            return;
        }
    }
}

async fn is_refused(client: &mut Rich, what: &ClientMessage) -> ErrorCode {
    client.sends(what).await;
    client
        .next_that(|message| if let ServerMessage::Nack { error, .. } = message { Some(error.code) } else { None })
        .await
}

async fn next_event(client: &mut Rich) -> Event {
    client.next_that(|message| if let ServerMessage::Event { event, .. } = message { Some(event) } else { None }).await
}

fn snapshot(message: ServerMessage) -> (Cursor, Vec<Event>, String) {
    match message {
        ServerMessage::Snapshot { as_of, events, topic, .. } => (as_of, events, topic),
        other => panic!("expected a snapshot, got {other:?}"),
    }
}

#[tokio::test]
async fn what_was_changed_while_somebody_was_away_arrives_when_they_come_back() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let first = posts(&mut ana, "m1", "helo").await;
    let second = posts(&mut ana, "m2", "never mind").await;
    let (bo, room) = server.reader().await;
    let (cursor, events, _) = snapshot(room);
    assert_eq!((cursor.seq, events.len()), (second, 2));
    drop(bo);
    does(&mut ana, &edit("e", first, "hello"), "e").await;
    does(&mut ana, &react("r1", first, "👋", true), "r1").await;
    does(&mut ana, &react("r2", first, "👋", false), "r2").await;
    does(&mut ana, &delete("d", second), "d").await;
    does(&mut ana, &topic("t", "Greetings"), "t").await;
    does(&mut ana, &answer("a", first, "me again"), "a").await;

    let (mut bo, room) = server.reader_as(None, Some(cursor)).await;
    let ServerMessage::Missed { as_of, events, roster: None, .. } = room else {
        panic!("expected what was missed: {room:?}")
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
    let EventKind::Posted { reply_to: Some(quote), .. } = &kinds[5] else { panic!("no answer: {:?}", kinds[5]) };
    assert_eq!((quote.seq, quote.excerpt.as_deref()), (1, Some("hello")));

    does(&mut ana, &edit("e2", first, "hello!"), "e2").await;
    assert!(matches!(next_event(&mut bo).await.kind, EventKind::Edited { target: 1, .. }), "and live it goes on");
}

#[tokio::test]
async fn snapshots_and_pages_have_messages_as_they_are_now() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let mut bo = server.rich("bo").await;
    let first = posts(&mut ana, "m1", "helo").await;
    does(&mut bo, &react("b1", first, "👋", true), "b1").await;
    does(&mut ana, &edit("e", first, "hello"), "e").await;
    let gone = posts(&mut ana, "m2", "never mind").await;
    does(&mut bo, &answer("b2", gone, "what?"), "b2").await;
    does(&mut ana, &delete("d", gone), "d").await;
    does(&mut bo, &topic("t", "Greetings"), "t").await;

    let (mut reader, room) = server.reader().await;
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
    reader.sends(&ClientMessage::Page { room: lobby(), request: 7, of }).await;
    let ServerMessage::Page { events: page, has_older, has_newer, .. } = reader.next().await else { panic!("no page") };
    assert_eq!((page, has_older, has_newer), (events, false, false));

    let (status, _, document) = server.get("/", "").await;
    let document = String::from_utf8(document).unwrap();
    assert_eq!(status, 200);
    assert!(document.contains(r#""topic":"Greetings""#) && !document.contains("never mind"));
}

#[tokio::test]
async fn what_can_not_be_done_is_refused_with_its_reason() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let mut bo = server.rich("bo").await;
    let message = posts(&mut ana, "m", "hello").await;
    for (what, code) in [
        (edit("b1", message, "x"), ErrorCode::NotYours),
        (delete("b2", message), ErrorCode::NotYours),
        (edit("b3", 99, "x"), ErrorCode::NoSuchMessage),
        (answer("b4", 99, "x"), ErrorCode::NoSuchMessage),
        (edit("b5", message, " "), ErrorCode::BodyEmpty),
        (react("b6", message, "ok", true), ErrorCode::EmojiInvalid),
        (topic("b7", "two\nlines"), ErrorCode::TopicInvalid),
    ] {
        assert_eq!(is_refused(&mut bo, &what).await, code, "{what:?}");
    }
    does(&mut ana, &delete("d", message), "d").await;
    assert_eq!(is_refused(&mut ana, &edit("e", message, "x")).await, ErrorCode::MessageDeleted);
    assert_eq!(is_refused(&mut bo, &react("b8", message, "👍", true)).await, ErrorCode::MessageDeleted);
    // Nothing of that holds up what comes after it.
    assert_eq!(posts(&mut bo, "b9", "sorry").await, 3);
}

#[tokio::test]
async fn what_has_an_id_waits_for_what_was_refused_before_it() {
    let server = Server::start().await;
    let (mut nobody, _) = server.reader().await;
    assert_eq!(is_refused(&mut nobody, &topic("t1", "Tea")).await, ErrorCode::NotNamed);
    nobody.claims("nobody").await;
    assert_eq!(is_refused(&mut nobody, &topic("t2", "Coffee")).await, ErrorCode::Behind);
    assert_eq!(does(&mut nobody, &topic("t1", "Tea"), "t1").await, 1);
    assert_eq!(does(&mut nobody, &topic("t2", "Coffee"), "t2").await, 2);
    assert_eq!(does(&mut nobody, &topic("t1", "Tea"), "t1").await, 1, "the same again is the first time");
    let (_reader, room) = server.reader().await;
    assert_eq!(snapshot(room).2, "Coffee");
}

#[tokio::test]
async fn a_reaction_of_two_tabs_is_told_once() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let message = posts(&mut ana, "m", "hello").await;
    let (mut tab, _) = server.reader_as(Some(&ana.token.clone()), None).await;
    ana.sends(&react("one", message, "👍", true)).await;
    tab.sends(&react("two", message, "👍", true)).await;
    assert_eq!((ana.is_acked("one").await, tab.is_acked("two").await), (2, 2));
    assert_eq!(posts(&mut ana, "n", "next").await, 3);
}

#[tokio::test]
async fn plain_clients_hear_messages_and_answers_and_nothing_else() {
    let server = Server::start().await;
    let mut plain = server.plain("plain").await;
    let mut ana = server.rich("ana").await;
    plain.hears("ana", "ana has joined the chat").await;
    let message = posts(&mut ana, "m", "helo").await;
    does(&mut ana, &edit("e", message, "hello"), "e").await;
    does(&mut ana, &react("r", message, "👋", true), "r").await;
    does(&mut ana, &topic("t", "Greetings"), "t").await;
    does(&mut ana, &answer("a", message, "me again"), "a").await;
    does(&mut ana, &delete("d", message), "d").await;
    posts(&mut ana, "z", "bye").await;
    for text in ["helo", "me again", "bye"] {
        plain.hears("ana", text).await;
    }
}

#[tokio::test]
async fn a_change_of_a_message_that_the_log_has_lost_hits_no_other() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let seq = posts(&mut ana, "m1", "after the log was restored").await;
    let lost = MessageRef { seq, client_id: Some(id("m0")) };
    let (room, body, emoji) = (lobby(), "of another message".to_owned(), "👋".to_owned());
    let requests = [
        ClientMessage::Edit { room: room.clone(), client_id: id("e"), target: lost.clone(), body: body.clone() },
        ClientMessage::Delete { room: room.clone(), client_id: id("d"), target: lost.clone() },
        ClientMessage::React { room: room.clone(), client_id: id("r"), target: lost.clone(), emoji, on: true },
        ClientMessage::Post { room, client_id: id("a"), body, reply_to: Some(seq), reply_to_client_id: lost.client_id },
    ];
    for request in &requests {
        assert_eq!(is_refused(&mut ana, request).await, ErrorCode::NoSuchMessage, "{request:?}");
    }
    let (_, room) = server.reader().await;
    let (as_of, events, _) = snapshot(room);
    assert_eq!((as_of.seq, events.len()), (seq, 1), "nothing has happened");

    let meant = MessageRef { seq, client_id: Some(id("m1")) };
    does(&mut ana, &ClientMessage::Delete { room: lobby(), client_id: id("d2"), target: meant }, "d2").await;
}

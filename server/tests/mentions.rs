//! Who is mentioned, over real sockets: resolved once, by the names of that moment, and stored with the text.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::time::Duration;

use parlor::message::PageOf;
use parlor::{AuthorId, ClientId, ClientMessage, Event, EventKind, Mention, RoomName, ServerMessage};
use support::{Rich, Server};

async fn next_event(client: &mut Rich) -> Event {
    client.next_that(|message| if let ServerMessage::Event { event, .. } = message { Some(event) } else { None }).await
}

fn mentions(event: &Event) -> (&str, Option<&[Mention]>) {
    match &event.kind {
        EventKind::Posted { body: Some(body), mentions, .. } | EventKind::Edited { body: Some(body), mentions, .. } => {
            (body.as_str(), mentions.as_deref())
        }
        other => panic!("no text: {other:?}"),
    }
}

/// What is mentioned in a text, with the ids.
fn named(event: &Event) -> Vec<(&str, &AuthorId)> {
    let (body, mentions) = mentions(event);
    let mentions = mentions.unwrap().iter();
    mentions.map(|mention| (&body[mention.start as usize..mention.end as usize], &mention.author)).collect()
}

/// The messages as they are now.
async fn messages(client: &mut Rich) -> Vec<Event> {
    client.sends(&ClientMessage::Page { room: RoomName::default(), request: 1, of: PageOf::Before(1_000) }).await;
    client.next_that(|message| if let ServerMessage::Page { events, .. } = message { Some(events) } else { None }).await
}

fn id(client: &Rich) -> AuthorId {
    AuthorId(client.session.as_str().into())
}

async fn says(client: &mut Rich, id: &str, body: &str) -> Event {
    client.posts(id, body).await;
    loop {
        let event = next_event(client).await;
        if matches!(&event.kind, EventKind::Posted { client_id, .. } if client_id.as_str() == id) {
            return event;
        }
    }
}

#[tokio::test]
async fn a_mention_names_its_person_by_the_longest_name_and_nobody_in_code() {
    let server = Server::start().await;
    let mut plain = server.plain("O'Neil").await;
    let (mut mary, mary_ann) = (server.rich("Mary").await, server.rich("Mary Ann").await);
    let (mary_id, mary_ann_id) = (id(&mary), id(&mary_ann));
    plain.says("@mary from a plain client").await;
    let event = loop {
        let event = next_event(&mut mary).await;
        if mentions(&event).0.starts_with("@mary") {
            break event;
        }
    };
    assert_eq!(named(&event), [("@mary", &mary_id)]);

    let event =
        says(&mut mary, "p1", "é @Mary Ann, @MARY, `@Mary` a@Mary \\@Mary @Marys @Nobody https://x.org/@Mary").await;
    assert_eq!(named(&event), [("@Mary Ann", &mary_ann_id), ("@MARY", &mary_id)]);
    let event = says(&mut mary, "p2", "*@mary\u{a0}ann* and @O'Neil!").await;
    let found = named(&event);
    assert_eq!((found[0], found[1].0), (("@mary\u{a0}ann", &mary_ann_id), "@O'Neil"));
    assert_eq!(mentions(&says(&mut mary, "p3", "no at").await).1, None, "nothing to resolve");
    assert_eq!(mentions(&says(&mut mary, "p4", "@Nobody").await).1, Some(&[][..]), "resolved to nobody");
}

#[tokio::test]
async fn an_edit_mentions_anew_and_a_deletion_mentions_nobody() {
    let server = Server::start().await;
    let (mut ana, bo) = (server.rich("Ana").await, server.rich("Bo").await);
    let (ana_id, bo_id) = (id(&ana), id(&bo));
    let event = says(&mut ana, "p1", "@Bo").await;
    assert_eq!(named(&event), [("@Bo", &bo_id)]);
    let (room, target) = (RoomName::default(), event.seq);
    let edit = ClientMessage::Edit {
        room: room.clone(),
        client_id: ClientId::parse("e1").unwrap(),
        target: target.into(),
        body: "@Ana and @Bo".to_owned(),
    };
    ana.sends(&edit).await;
    let edited = next_event(&mut ana).await;
    assert_eq!(named(&edited), [("@Ana", &ana_id), ("@Bo", &bo_id)]);
    let now = messages(&mut ana).await;
    let now = now.iter().find(|event| event.seq == target).unwrap();
    assert_eq!(named(now), named(&edited), "a page has the message as it is now");

    let delete = ClientMessage::Delete { room, client_id: ClientId::parse("d1").unwrap(), target: target.into() };
    ana.sends(&delete).await;
    ana.is_acked("d1").await;
    let gone = messages(&mut ana).await.into_iter().find(|event| event.seq == target).unwrap();
    assert!(matches!(gone.kind, EventKind::Posted { body: None, mentions: None, .. }), "{gone:?}");
}

#[tokio::test]
async fn who_has_gone_is_meant_by_their_last_name_until_somebody_present_bears_it() {
    let server = Server::start_with(|config| config.grace = Duration::ZERO).await;
    let mut ana = server.rich("Ana").await;
    let mut bo = server.rich("Bob").await;
    let bo_id = id(&bo);
    bo.claims("Bo").await;
    // Who comes and goes at once is told to nobody.
    let is_here = |message| match message {
        ServerMessage::Presence { joined, .. } => joined
            .iter()
            .any(|present| present.author.id == bo_id && present.author.name.as_str() == "Bo")
            .then_some(()),
        _ => None,
    };
    ana.next_that(is_here).await;
    drop(bo);
    let is_gone = |message| match message {
        ServerMessage::Presence { left, .. } => left.iter().any(|author| author.id == bo_id).then_some(()),
        _ => None,
    };
    ana.next_that(is_gone).await;
    let event = says(&mut ana, "p1", "@Bo and @Bob").await;
    assert_eq!(named(&event), [("@Bo", &bo_id)], "the last name counts, and not the one before it");

    let other = server.rich("Bo").await;
    let other_id = id(&other);
    let event = says(&mut ana, "q1", "@Bo").await;
    assert_eq!(named(&event), [("@Bo", &other_id)]);
    assert_ne!(other_id, bo_id);
}

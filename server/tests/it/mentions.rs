//! Mentions over real sockets: resolved once, by the names at that time, and stored with the text.

use std::time::Duration;

use parlor::message::PageOf;
use parlor::{AuthorId, ClientId, ClientMessage, Event, EventKind, Mention, RoomName, ServerMessage};

use crate::support::{RichClient, Server};

async fn next_event(client: &mut RichClient) -> Event {
    client
        .next_matching(|message| if let ServerMessage::Event { event, .. } = message { Some(event) } else { None })
        .await
}

fn mentions(event: &Event) -> (&str, Option<&[Mention]>) {
    match &event.kind {
        EventKind::Posted { body: Some(body), mentions, .. } | EventKind::Edited { body: Some(body), mentions, .. } => {
            (body.as_str(), mentions.as_deref())
        }
        other => panic!("expected a text, got {other:?}"),
    }
}

/// The mentions in a text, with the author ids.
fn mentioned_authors(event: &Event) -> Vec<(&str, &AuthorId)> {
    let (body, mentions) = mentions(event);
    let mentions = mentions.unwrap().iter();
    mentions.map(|mention| (&body[mention.start as usize..mention.end as usize], &mention.author)).collect()
}

/// The messages of the lobby in their current state.
async fn current_messages(client: &mut RichClient) -> Vec<Event> {
    client.send(&ClientMessage::Page { room: RoomName::default(), request: 1, of: PageOf::Before(1_000) }).await;
    client
        .next_matching(|message| if let ServerMessage::Page { events, .. } = message { Some(events) } else { None })
        .await
}

fn author_id(client: &RichClient) -> AuthorId {
    AuthorId(client.session.as_str().into())
}

async fn post_and_await_event(client: &mut RichClient, id: &str, body: &str) -> Event {
    client.post(id, body).await;
    loop {
        let event = next_event(client).await;
        if matches!(&event.kind, EventKind::Posted { client_id, .. } if client_id.as_str() == id) {
            return event;
        }
    }
}

#[tokio::test]
async fn the_longest_name_is_mentioned_and_code_mentions_nobody() {
    let server = Server::start().await;
    let mut plain = server.join_plain("O'Neil").await;
    let (mut mary, mary_ann) = (server.join_rich("Mary").await, server.join_rich("Mary Ann").await);
    let (mary_id, mary_ann_id) = (author_id(&mary), author_id(&mary_ann));
    plain.send("@mary from a plain client").await;
    let event = loop {
        let event = next_event(&mut mary).await;
        if mentions(&event).0.starts_with("@mary") {
            break event;
        }
    };
    assert_eq!(mentioned_authors(&event), [("@mary", &mary_id)]);

    let event = post_and_await_event(
        &mut mary,
        "p1",
        "é @Mary Ann, @MARY, `@Mary` a@Mary \\@Mary @Marys @Nobody https://x.org/@Mary",
    )
    .await;
    assert_eq!(mentioned_authors(&event), [("@Mary Ann", &mary_ann_id), ("@MARY", &mary_id)]);
    let event = post_and_await_event(&mut mary, "p2", "*@mary\u{a0}ann* and @O'Neil!").await;
    let found = mentioned_authors(&event);
    assert_eq!((found[0], found[1].0), (("@mary\u{a0}ann", &mary_ann_id), "@O'Neil"));
    assert_eq!(mentions(&post_and_await_event(&mut mary, "p3", "no at").await).1, None, "no mentions to resolve");
    assert_eq!(
        mentions(&post_and_await_event(&mut mary, "p4", "@Nobody").await).1,
        Some(&[][..]),
        "resolved to nobody"
    );
}

#[tokio::test]
async fn an_edit_resolves_mentions_again_and_a_deletion_removes_them() {
    let server = Server::start().await;
    let (mut ana, bo) = (server.join_rich("Ana").await, server.join_rich("Bo").await);
    let (ana_id, bo_id) = (author_id(&ana), author_id(&bo));
    let event = post_and_await_event(&mut ana, "p1", "@Bo").await;
    assert_eq!(mentioned_authors(&event), [("@Bo", &bo_id)]);
    let (room, target) = (RoomName::default(), event.seq);
    let edit = ClientMessage::Edit {
        room: room.clone(),
        client_id: ClientId::parse("e1").unwrap(),
        target: target.into(),
        body: "@Ana and @Bo".to_owned(),
    };
    ana.send(&edit).await;
    let edited = next_event(&mut ana).await;
    assert_eq!(mentioned_authors(&edited), [("@Ana", &ana_id), ("@Bo", &bo_id)]);
    let now = current_messages(&mut ana).await;
    let now = now.iter().find(|event| event.seq == target).unwrap();
    assert_eq!(mentioned_authors(now), mentioned_authors(&edited), "a page has the edited message");

    let delete = ClientMessage::Delete { room, client_id: ClientId::parse("d1").unwrap(), target: target.into() };
    ana.send(&delete).await;
    ana.expect_ack("d1").await;
    let gone = current_messages(&mut ana).await.into_iter().find(|event| event.seq == target).unwrap();
    assert!(matches!(gone.kind, EventKind::Posted { body: None, mentions: None, .. }), "{gone:?}");
}

#[tokio::test]
async fn an_absent_member_is_mentioned_by_their_last_name_unless_a_present_person_has_it() {
    let server = Server::start_with(|config| config.grace = Duration::ZERO).await;
    let mut ana = server.join_rich("Ana").await;
    let mut bo = server.join_rich("Bob").await;
    let bo_id = author_id(&bo);
    bo.claim_name("Bo").await;
    // A person who joins and leaves within one presence interval is not announced, so the test waits for each.
    let is_here = |message| match message {
        ServerMessage::Presence { joined, .. } => joined
            .iter()
            .any(|present| present.author.id == bo_id && present.author.name.as_str() == "Bo")
            .then_some(()),
        _ => None,
    };
    ana.next_matching(is_here).await;
    drop(bo);
    let is_gone = |message| match message {
        ServerMessage::Presence { left, .. } => left.iter().any(|author| author.id == bo_id).then_some(()),
        _ => None,
    };
    ana.next_matching(is_gone).await;
    let event = post_and_await_event(&mut ana, "p1", "@Bo and @Bob").await;
    assert_eq!(mentioned_authors(&event), [("@Bo", &bo_id)], "the last name counts, not an earlier one");

    let other = server.join_rich("Bo").await;
    let other_id = author_id(&other);
    let event = post_and_await_event(&mut ana, "q1", "@Bo").await;
    assert_eq!(mentioned_authors(&event), [("@Bo", &other_id)]);
    assert_ne!(other_id, bo_id);
}

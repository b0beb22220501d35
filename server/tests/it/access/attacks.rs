//! What an attacker tried and got through with, before it was mended.

use futures_util::future::join_all;
use parlor::message::RoomAt;
use parlor::{ClientMessage, RoomName, ServerMessage};

use parlor_server::access::Admission;

use super::actors::ActorKind;
use super::fixture::Fixture;
use super::rooms::{TestRoom, room_of_path, settings_path};
use crate::support::client_host::form_request;

/// The token of a new session of the same account as this token, by a device link.
async fn second_device(fixture: &Fixture, token: &str) -> String {
    let link = device_link(fixture, token).await;
    let redeemed = fixture.request("POST", &link, None, Some("")).await;
    let cookie = redeemed.header("set-cookie").and_then(|cookie| cookie.strip_prefix("parlor_session=")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn device_link(fixture: &Fixture, token: &str) -> String {
    let page = fixture.request("POST", "/device", Some(token), Some("")).await.text();
    let code = page.split("/device/").nth(1).unwrap().split('"').next().unwrap();
    format!("/device/{code}")
}

/// Posts a form by a connection of its own, so that others can be under way.
async fn post(fixture: &Fixture, path: &str, token: &str, form: &str) -> u16 {
    let headers = format!("Cookie: parlor_session={token}\r\n");
    let host = fixture.server.address.to_string();
    fixture.server.raw(&form_request(&host, path, &headers, form)).await.0
}

#[tokio::test]
async fn a_session_that_ends_between_handshake_and_hello_is_refused() {
    let fixture = Fixture::start(Admission::Open).await;
    let token = second_device(&fixture, fixture.token(ActorKind::Owner).unwrap()).await;
    let mut client = fixture.server.connect_rich(Some(&token)).await;
    assert_eq!(fixture.request("POST", "/sign-out", Some(&token), Some("")).await.status, 303);
    client.send(&ClientMessage::Hello { token: None, rooms: Vec::new() }).await;
    assert_eq!(client.next_or_close_code().await, Err(4501));
}

#[tokio::test]
async fn a_device_link_ends_with_the_session_that_made_it() {
    let fixture = Fixture::start(Admission::Open).await;
    let token = second_device(&fixture, fixture.token(ActorKind::Owner).unwrap()).await;
    let link = device_link(&fixture, &token).await;
    assert_eq!(fixture.request("GET", &link, None, None).await.status, 200);
    fixture.request("POST", "/sign-out", Some(&token), Some("")).await;
    assert_eq!(fixture.request("GET", &link, None, None).await.status, 410);
    assert_eq!(fixture.request("POST", &link, None, Some("")).await.status, 410);
}

#[tokio::test]
async fn nobody_becomes_the_owner_of_the_lobby_or_takes_a_name_like_it() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let token = fixture.token(ActorKind::Person);
    for form in ["name=lobby&kind=open", "name=lobby&kind=unlisted", "name=l%D0%BEbby&kind=open"] {
        assert_eq!(fixture.request("POST", "/rooms/new", token, Some(form)).await.status, 409, "{form}");
    }
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    let owner = fixture.token(ActorKind::Owner);
    let opened = fixture.request("POST", &settings_path(&room), owner, Some("do=open&kind=open&name=lobby")).await;
    assert_eq!(opened.status, 409);
}

#[tokio::test]
async fn a_room_that_is_opened_under_a_visited_name_is_that_room() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    let garden = RoomName::parse("visited-garden").unwrap();
    let mut visitor = fixture.server.connect_rich(fixture.token(ActorKind::Person)).await;
    let rooms = vec![RoomAt { room: garden.clone(), cursor: None }];
    visitor.send(&ClientMessage::Hello { token: None, rooms }).await;
    visitor.next_matching(|message| matches!(message, ServerMessage::Snapshot { .. }).then_some(())).await;
    let opened = fixture.change(&room, "do=open&kind=unlisted&name=visited-garden").await;
    assert_eq!(room_of_path(opened.header("location").unwrap()), garden);
    // It reconnects, and then enters the room as it is.
    assert_eq!(visitor.expect_close().await, 4001);
    let owner = fixture.token(ActorKind::Owner);
    let page = fixture.request("GET", &settings_path(&garden), owner, None).await.text();
    assert!(page.contains("value=\"delete\""), "its owner still owns it");
    let (path, person) = (settings_path(&garden), fixture.token(ActorKind::Person));
    assert_eq!(fixture.request("POST", &path, person, Some("do=topic&topic=x")).await.status, 403);
    let list = fixture.request("GET", "/rooms", None, None).await.text();
    assert!(!list.contains("visited-garden"), "it is not listed");
}

#[tokio::test]
async fn an_owner_who_is_removed_keeps_nothing_by_forms_that_are_sent_at_the_same_time() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    let (path, second) = (settings_path(&room), fixture.account(ActorKind::Member));
    for _ in 0..5 {
        let promoted = format!("do=role&account={second}&role=owner");
        fixture.change(&room, &format!("do=add&name={}", ActorKind::Member.name())).await;
        fixture.change(&room, &promoted).await;
        let member = fixture.token(ActorKind::Member);
        let forms = (0..12).map(|_| post(&fixture, &path, member.unwrap(), &promoted));
        let removed = format!("do=remove&account={second}");
        let removal = fixture.request("POST", &path, fixture.token(ActorKind::Owner), Some(&removed));
        let (_, removal) = tokio::join!(join_all(forms), removal);
        assert_eq!(removal.status, 303);
        assert_eq!(fixture.request("GET", &room.path(), member, None).await.status, 404);
        assert_eq!(fixture.request("GET", &path, member, None).await.status, 404);
    }
}

#[tokio::test]
async fn the_name_of_an_opened_unlisted_room_is_not_given_to_those_who_know_its_old_id() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    fixture.change(&room, "do=open&kind=unlisted&name=quiet-garden").await;
    assert_eq!(fixture.request("GET", &room.path(), None, None).await.status, 404);
    assert_eq!(fixture.request("GET", &room.path(), fixture.token(ActorKind::Owner), None).await.status, 303);
}

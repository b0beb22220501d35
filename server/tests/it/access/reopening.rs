//! Rooms that change between open and private: only those whom an owner chooses have access to a private room.

use parlor::RoomName;

use parlor_server::access::Admission;

use super::actors::ActorKind;
use super::fixture::Fixture;
use super::rooms::{TestRoom, room_of_path, settings_path};

/// Renames a room by this form and returns its new name.
async fn rename(fixture: &mut Fixture, room: &RoomName, form: &str) -> RoomName {
    room_of_path(fixture.change(room, form).await.header("location").unwrap())
}

async fn open(fixture: &mut Fixture, room: &RoomName) -> RoomName {
    let form = format!("do=open&kind=open&name=opened-{}", fixture.number());
    rename(fixture, room, &form).await
}

async fn status(fixture: &Fixture, path: &str, kind: ActorKind) -> u16 {
    fixture.request("GET", path, fixture.token(kind), None).await.status
}

#[tokio::test]
async fn members_of_a_room_that_was_opened_have_no_access_when_it_is_private_again() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    assert_eq!(status(&fixture, &room.path(), ActorKind::Member).await, 200);
    let room = open(&mut fixture, &room).await;
    let room = rename(&mut fixture, &room, "do=private&title=again").await;
    assert_eq!(status(&fixture, &room.path(), ActorKind::Owner).await, 200);
    assert_eq!(status(&fixture, &room.path(), ActorKind::Member).await, 404);
}

#[tokio::test]
async fn the_members_of_a_room_are_shown_to_nobody_after_it_was_opened() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    let room = open(&mut fixture, &room).await;
    let page = fixture.request("GET", &settings_path(&room), None, None).await.text();
    assert!(page.contains(&format!("<b dir=\"auto\">{}</b>", ActorKind::Owner.name())), "{page}");
    assert!(!page.contains(&ActorKind::Member.name()), "{page}");
}

#[tokio::test]
async fn an_invitation_gives_no_access_after_the_room_was_opened() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    let invitation = format!("/invite/{}", fixture.invite(&room).await);
    let room = open(&mut fixture, &room).await;
    assert_eq!(status(&fixture, &invitation, ActorKind::Person).await, 410);
    let room = rename(&mut fixture, &room, "do=private&title=again").await;
    assert_eq!(status(&fixture, &invitation, ActorKind::Person).await, 410);
    fixture.request("POST", &invitation, fixture.token(ActorKind::Person), Some("")).await;
    assert_eq!(status(&fixture, &room.path(), ActorKind::Person).await, 404);
}

#[tokio::test]
async fn nobody_is_invited_to_an_open_room() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Open, ActorKind::Member).await;
    let (path, form) = (settings_path(&room), Some("do=invite&days=7&uses=1"));
    let response = fixture.request("POST", &path, fixture.token(ActorKind::Owner), form).await;
    assert!(!response.contains("/invite/"), "{}", response.text());
}

#[tokio::test]
async fn the_last_owner_cannot_leave_a_room_to_an_account_that_does_not_exist() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    for form in ["do=role&account=nobody&role=owner", "do=leave"] {
        let response =
            fixture.request("POST", &settings_path(&room), fixture.token(ActorKind::Owner), Some(form)).await;
        assert_ne!(response.status, 303, "{form}");
    }
    assert_eq!(status(&fixture, &room.path(), ActorKind::Owner).await, 200);
}

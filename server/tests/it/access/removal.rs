//! Access that ends while people are connected: it ends at once, and nothing more of the room reaches them.

use parlor::message::{PageOf, RoomAt};
use parlor::{ClientId, ClientMessage, Cursor, ErrorCode, RoomName, ServerMessage};

use parlor_server::access::Admission;

use super::actors::ActorKind;
use super::fixture::Fixture;
use super::rooms::TestRoom;
use crate::support::{PlainClient, RichClient};

/// A connection of this person that has joined the lobby and a room, and its cursor in the room.
async fn enter(fixture: &Fixture, kind: ActorKind, room: &RoomName) -> (RichClient, Cursor) {
    let mut client = fixture.server.connect_rich(fixture.token(kind)).await;
    let rooms = [RoomName::default(), room.clone()].map(|room| RoomAt { room, cursor: None });
    client.send(&ClientMessage::Hello { token: None, rooms: rooms.to_vec() }).await;
    let snapshot = |message| match message {
        ServerMessage::Snapshot { room: entered, as_of, .. } if entered == *room => Some(as_of),
        _ => None,
    };
    let cursor = client.next_matching(snapshot).await;
    (client, cursor)
}

async fn enter_plain(fixture: &Fixture, room: &RoomName, name: &str) -> PlainClient {
    let mut client = fixture.server.connect_plain_to(&format!("?room={room}")).await;
    client.send(name).await;
    // Others may join at the same time.
    while client.next().await["username"] != name {}
    client
}

/// Everything that the connection receives up to the event of a message with this text.
async fn received_before(client: &mut RichClient, text: &str) -> Vec<String> {
    let mut received = Vec::new();
    loop {
        let message = serde_json::to_string(&client.next().await).unwrap();
        if message.contains(text) {
            return received;
        }
        received.push(message);
    }
}

async fn expect_removed(client: &mut RichClient, room: &RoomName) {
    let removed = ServerMessage::Removed { room: room.clone() };
    client.next_matching(|message| (message == removed).then_some(())).await;
}

/// The code with which a request is refused.
async fn refusal(client: &mut RichClient, message: &ClientMessage) -> ErrorCode {
    client.send(message).await;
    client
        .next_matching(|message| match message {
            ServerMessage::Refused { error, .. } | ServerMessage::Nack { error, .. } => Some(error.code),
            ServerMessage::Snapshot { .. } | ServerMessage::Page { .. } | ServerMessage::Found { .. } => {
                panic!("it was answered: {message:?}")
            }
            _ => None,
        })
        .await
}

fn search(room: Option<RoomName>) -> ClientMessage {
    let words = "secret".to_owned();
    ClientMessage::Search { request: 1, room, words, time_zone: None, utc_offset_minutes: 0 }
}

/// Lets the owner do everything in a room that its members receive, and then post in the lobby.
async fn use_room(fixture: &mut Fixture, owner: &mut RichClient, room: &RoomName) {
    let name = ActorKind::Member.name();
    owner.post_in(room.clone(), "secret", &format!("secret for @{name}")).await;
    owner.expect_ack("secret").await;
    let client_id = ClientId::parse("topic").unwrap();
    owner.send(&ClientMessage::Topic { room: room.clone(), client_id, topic: "secret".to_owned() }).await;
    owner.expect_ack("topic").await;
    owner.send(&ClientMessage::Typing { room: room.clone() }).await;
    owner.next_matching(|message| matches!(message, ServerMessage::Typing { .. }).then_some(())).await;
    fixture.change(room, "do=title&title=secret").await;
    owner.next_matching(|message| matches!(message, ServerMessage::Room { .. }).then_some(())).await;
    owner.post("marker", "marker").await;
    owner.expect_ack("marker").await;
}

#[tokio::test]
async fn a_removed_member_receives_nothing_more_of_the_room() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Private, ActorKind::Member).await;
    let (mut owner, _) = enter(&fixture, ActorKind::Owner, &room).await;
    let (mut member, cursor) = enter(&fixture, ActorKind::Member, &room).await;
    owner.post_in(room.clone(), "first", "secret before").await;
    member.next_matching(|message| matches!(message, ServerMessage::Event { .. }).then_some(())).await;
    let form = format!("do=remove&account={}", fixture.account(ActorKind::Member));
    fixture.change(&room, &form).await;
    expect_removed(&mut member, &room).await;

    use_room(&mut fixture, &mut owner, &room).await;
    for message in received_before(&mut member, "marker").await {
        assert!(!message.contains("secret") && !message.contains(room.as_str()), "{message}");
    }

    let page = ClientMessage::Page { room: room.clone(), request: 1, of: PageOf::After(0) };
    assert_eq!(refusal(&mut member, &page).await, ErrorCode::NotInRoom);
    assert_eq!(refusal(&mut member, &search(Some(room.clone()))).await, ErrorCode::NotInRoom);
    let post = ClientMessage::post(room.clone(), ClientId::parse("late").unwrap(), "late");
    assert_eq!(refusal(&mut member, &post).await, ErrorCode::NotInRoom);
    for cursor in [None, Some(cursor)] {
        let join = ClientMessage::Join(RoomAt { room: room.clone(), cursor });
        assert_eq!(refusal(&mut member, &join).await, ErrorCode::NoSuchRoom);
    }
    member.send(&search(None)).await;
    let found = |message| if let ServerMessage::Found { hits, .. } = message { Some(hits) } else { None };
    assert_eq!(member.next_matching(found).await, []);
    for path in [room.path(), format!("{}/1", room.path()), format!("{}/settings", room.path())] {
        let response = fixture.request("GET", &path, fixture.token(ActorKind::Member), None).await;
        assert_eq!(response.status, 404, "{path}");
    }
    let list = fixture.request("GET", "/rooms", fixture.token(ActorKind::Member), None).await;
    assert!(list.status == 200 && !list.contains(&room.path()));
}

#[tokio::test]
async fn a_deleted_room_is_removed_from_everybody_in_it() {
    let mut fixture = Fixture::start(Admission::Open).await;
    for kind in [TestRoom::Open, TestRoom::Private] {
        let room = fixture.copy(kind, ActorKind::Member).await;
        let (mut owner, _) = enter(&fixture, ActorKind::Owner, &room).await;
        let (mut member, _) = enter(&fixture, ActorKind::Member, &room).await;
        fixture.change(&room, "do=delete&sure=on").await;
        for client in [&mut owner, &mut member] {
            expect_removed(client, &room).await;
            let page = ClientMessage::Page { room: room.clone(), request: 1, of: PageOf::After(0) };
            assert_eq!(refusal(client, &page).await, ErrorCode::NotInRoom);
        }
    }
}

#[tokio::test]
async fn those_who_get_no_access_to_a_room_that_becomes_private_leave_it() {
    let mut fixture = Fixture::start(Admission::Open).await;
    let room = fixture.copy(TestRoom::Open, ActorKind::Member).await;
    let (mut owner, _) = enter(&fixture, ActorKind::Owner, &room).await;
    let (mut member, _) = enter(&fixture, ActorKind::Member, &room).await;
    let (mut person, _) = enter(&fixture, ActorKind::Person, &room).await;
    let (mut visitor, _) = enter(&fixture, ActorKind::Visitor, &room).await;
    let mut plain = enter_plain(&fixture, &room, "plain").await;
    let form = format!("do=private&title=secret&member={}", fixture.account(ActorKind::Member));
    fixture.change(&room, &form).await;

    let moved = |message| match message {
        ServerMessage::Moved { room: from, to, .. } if from == room => Some(to),
        _ => None,
    };
    let to = owner.next_matching(moved).await;
    assert_eq!(member.next_matching(moved).await, to);
    for client in [&mut person, &mut visitor] {
        expect_removed(client, &room).await;
    }
    while plain.next().await["error"] != ErrorCode::NoSuchRoom.to_string() {}
    assert_eq!(plain.expect_close().await, 1000);

    owner.send(&ClientMessage::Join(RoomAt { room: to.clone(), cursor: None })).await;
    owner.next_matching(|message| matches!(message, ServerMessage::Snapshot { .. }).then_some(())).await;
    use_room(&mut fixture, &mut owner, &to).await;
    for client in [&mut person, &mut visitor] {
        for message in received_before(client, "marker").await {
            assert!(!message.contains("secret") && !message.contains(to.as_str()), "{message}");
        }
        let join = ClientMessage::Join(RoomAt { room: to.clone(), cursor: None });
        assert_eq!(refusal(client, &join).await, ErrorCode::NoSuchRoom);
    }
}

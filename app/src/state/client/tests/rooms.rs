//! Several rooms over one connection.

use super::*;

fn counts(client: &Client) -> Vec<(String, String, bool)> {
    client.rooms().into_iter().map(|line| (line.name.to_string(), line.unread, line.highlighted)).collect()
}

#[test]
fn one_connection_joins_all_rooms_the_shown_one_first() {
    let mut client =
        Client::new(InitialState { rooms: vec![room("art"), RoomName::default(), room("zoo")], ..initial_state(None) });
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.show_room(&room("zoo"));
    client.on_connected(at(1));
    let hello = sent(&mut client);
    let [ClientMessage::Hello { rooms, .. }] = &hello[..] else { panic!("{hello:?}") };
    let names: Vec<_> = rooms.iter().map(|at| (at.room.as_str(), at.cursor.is_some())).collect();
    assert_eq!(names, [("zoo", false), ("lobby", true), ("art", false)]);
}

#[test]
fn new_messages_of_other_rooms_are_counted_until_the_room_is_shown() {
    let mut client = online(Some("Mo"));
    client.show_room(&room("art"));
    assert_eq!(sent(&mut client), [ClientMessage::Join(RoomAt { room: room("art"), cursor: None })]);
    client.on_message(snapshot_of("art", 2), at(5));
    client.show_room(&RoomName::default());
    client.take_effects();
    client.on_message(message_of_ana_in("art", 3, "look"), at(6));
    client.on_message(message_of_ana_in("art", 4, "@mo: look"), at(7));
    let notice = NotificationRequest {
        room: room("art"),
        label: "#art".to_owned(),
        seq: 4,
        from: "ana".to_owned(),
        text: "@mo: look".to_owned(),
        sound: false,
    };
    assert!(client.take_effects().contains(&Effect::Notify(notice)));
    assert_eq!(counts(&client)[1], ("art".to_owned(), "2".to_owned(), true));
    client.show_room(&room("art"));
    assert_eq!(counts(&client)[1], ("art".to_owned(), String::new(), false));
    let line = rows(&client).iter().position(|row| row.content == RowContent::Divider);
    assert!(line.is_some(), "the line stands before what was new");
}

#[test]
fn a_room_is_left_only_when_its_outbox_is_empty() {
    let mut client = online(Some("Mo"));
    client.show_room(&room("art"));
    client.post("there", id(2), at(6)).unwrap();
    client.leave_room(&room("art"));
    assert_eq!(client.room().as_str(), "art");
    let ack = ServerMessage::Ack { room: room("art"), client_id: id(2), seq: 1, at: 9 };
    client.on_message(snapshot_of("art", 1), at(7));
    client.on_message(ack, at(7));
    client.leave_room(&room("art"));
    assert!(sent(&mut client).contains(&ClientMessage::Part { room: room("art") }));
    assert_eq!((client.room().as_str(), client.rooms().len()), ("lobby", 1));
}

#[test]
fn notifications_are_closed_up_to_the_read_marker_of_their_room() {
    let mut client = online(Some("Mo"));
    client.set_visible(false, at(4));
    client.take_effects();
    client.on_message(ServerMessage::Read { room: room("lobby"), seq: 2 }, at(5));
    assert!(client.take_effects().contains(&Effect::CloseNotifications { room: room("lobby"), up_to: 2 }));
    assert!(client.has_read(&room("lobby"), 2) && !client.has_read(&room("lobby"), 4));
    client.set_visible(true, at(6));
    assert!(client.take_effects().contains(&Effect::CloseNotifications { room: room("lobby"), up_to: u64::MAX }));
    client.set_visible(true, at(7));
    assert!(
        !client.take_effects().iter().any(|effect| matches!(effect, Effect::CloseNotifications { .. })),
        "once is enough"
    );
}

#[test]
fn a_room_that_the_server_can_not_read_now_is_joined_again_over_another_connection() {
    let mut client = online(Some("Mo"));
    let (to, room, error) = (Some(Request::Join), Some(RoomName::default()), Refusal::from(ErrorCode::Unavailable));
    client.on_message(ServerMessage::Refused { to, room, error }, at(5));
    assert_eq!(client.take_effects(), [Effect::Disconnect]);
    client.tick(at(30_000));
    assert_eq!(client.take_effects(), [Effect::Connect]);
    client.on_connected(at(30_001));
    assert!(matches!(&sent(&mut client)[..], [ClientMessage::Hello { rooms, .. }] if rooms.len() == 1));
}

//! Who joins, types and is ignored.

use super::*;

#[test]
fn a_join_notice_precedes_the_first_message_of_its_author() {
    let mut first = initial_state(None);
    (first.as_of, first.events) = (cursor(0), vec![]);
    first.roster = Roster::default();
    let mut client = Client::new(first);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(None), at(2));
    client.on_message(of_ana(1), at(3));
    let joined = vec![present("ana")];
    client.on_message(ServerMessage::Presence { room: RoomName::default(), joined, left: vec![], count: 1 }, at(4));
    let quiet = RowContent::MembershipNotice("ana joined".to_owned());
    assert_eq!(rows(&client)[0].content, quiet);
}

#[test]
fn only_live_messages_of_others_are_announced() {
    let mut client = online(Some("Mo"));
    let missed = ServerMessage::Missed {
        room: RoomName::default(),
        as_of: cursor(5),
        events: events(4..=5),
        roster: None,
        topic: String::new(),
        title: String::new(),
    };
    client.on_message(missed, at(5));
    assert_eq!(client.take_effects(), []);
    client.on_message(of_ana(6), at(6));
    client.on_message(of_ana(6), at(6));
    assert_eq!(
        client.take_effects(),
        [Effect::Announce(Announcement { from: author("ana").name, room: None, text: "message 6".to_owned() })]
    );
}

#[test]
fn an_ignored_author_is_not_shown_counted_or_announced() {
    let mut client = online(Some("Mo"));
    client.set_ignored(&author("ana").id, true);
    client.set_visible(false, at(4));
    client.take_effects();
    client.on_message(message_of_ana_in("lobby", 4, "@Mo: hello?"), at(5));
    assert!(!client.take_effects().iter().any(|effect| matches!(effect, Effect::Notify(_) | Effect::Announce(_))));
    assert_eq!((bodies(&client).len(), client.unseen_count()), (0, 0));
    client.set_ignored(&author("ana").id, false);
    assert_eq!(bodies(&client).len(), 4);
}

#[test]
fn typing_is_sent_and_a_message_ends_the_typing_of_its_author() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.update_draft(&room, client.draft(), "h", at(5));
    client.update_draft(&room, client.draft(), "he", at(6));
    assert_eq!(sent(&mut client), [ClientMessage::Typing { room: RoomName::default() }]);
    client.on_message(ServerMessage::Typing { room: RoomName::default(), who: author("ana") }, at(7));
    assert_eq!(client.typing(), [author("ana").name]);
    client.on_message(of_ana(4), at(8));
    assert!(client.typing().is_empty());
}

//! The read marker, the divider and the visible window.

use super::*;

#[test]
fn new_messages_are_counted_and_not_inserted_while_the_reader_is_scrolled_up() {
    let mut client = online(Some("Mo"));
    client.hold_window();
    client.on_message(of_ana(4), at(5));
    assert_eq!(bodies(&client).len(), 3);
    assert_eq!(client.new_messages(), Some(NewMessages { count: 1, more: false, since: 4_000 }));
    client.jump_to_latest();
    assert_eq!(bodies(&client).len(), 4);
    assert_eq!(client.new_messages(), None);
}

#[test]
fn a_hidden_page_counts_new_messages() {
    let mut client = online(Some("Mo"));
    client.set_visible(false, at(4));
    client.on_message(of_ana(4), at(5));
    client.on_message(of_ana(5), at(5));
    assert_eq!(client.unseen_count(), 2);
    client.set_visible(true, at(6));
    assert_eq!(client.unseen_count(), 0);
}

#[test]
fn part_of_a_backlog_is_not_rendered_before_the_rest_unless_no_more_is_expected() {
    let missed = |events: Vec<Event>, as_of: u64, roster: Option<Roster>| ServerMessage::Missed {
        room: RoomName::default(),
        as_of: cursor(as_of),
        events,
        roster,
        topic: String::new(),
        title: String::new(),
    };
    let mut client = online(Some("Mo"));
    client.on_message(missed(events(4..=5), 5, None), at(5));
    assert!(client.take_expects_more());
    assert!(!client.take_expects_more(), "whatever else happens is drawn");
    client.on_message(missed(events(6..=6), 6, Some(Roster::default())), at(6));
    assert!(!client.take_expects_more());
    client.on_message(missed(events(9..=9), 9, None), at(7));
    assert!(!client.take_expects_more());
}

fn reads(client: &mut Client) -> Vec<u64> {
    let told = sent(client).into_iter();
    told.filter_map(|message| if let ClientMessage::Read { seq, .. } = message { Some(seq) } else { None }).collect()
}

fn divider(client: &Client) -> Option<usize> {
    rows(client).iter().position(|row| row.content == RowContent::Divider)
}

#[test]
fn the_divider_is_at_the_old_read_marker_before_that_moves() {
    let mut client = Client::new(InitialState { read: Some(2), ..initial_state(None) });
    assert_eq!(divider(&client), Some(3), "after the day and two messages, also in the page as served");
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(None), at(2));
    assert!(reads(&mut client).is_empty(), "nobody has looked yet");
    client.set_visible(true, at(3));
    assert_eq!(reads(&mut client), [3]);
    assert_eq!(divider(&client), Some(3));
}

#[test]
fn messages_received_while_hidden_are_below_the_divider_until_the_reader_posts() {
    let mut client = online(Some("Mo"));
    client.set_visible(false, at(3));
    client.on_message(of_ana(4), at(4));
    client.set_visible(true, at(5));
    assert_eq!(divider(&client), Some(4));
    client.post("hello", id(1), at(6)).unwrap();
    assert_eq!(divider(&client), None);
}

#[test]
fn the_read_marker_stays_while_the_reader_is_scrolled_up() {
    let mut client = online(Some("Mo"));
    client.hold_window();
    client.on_message(of_ana(4), at(4));
    client.tick(at(9_000));
    assert!(reads(&mut client).is_empty());
    client.jump_to_latest();
    client.tick(at(9_001));
    assert_eq!(reads(&mut client), [4]);
    assert_eq!(divider(&client), Some(4));
}

#[test]
fn messages_read_in_another_tab_are_not_counted() {
    let mut client = online(Some("Mo"));
    client.set_visible(false, at(3));
    client.on_message(of_ana(4), at(4));
    assert_eq!(client.unseen_count(), 1);
    client.on_message(ServerMessage::Read { room: RoomName::default(), seq: 4 }, at(5));
    assert_eq!((client.unseen_count(), divider(&client)), (0, None));
}

#[test]
fn a_read_marker_lost_with_the_connection_is_sent_again() {
    let mut client = online(Some("Mo"));
    client.on_message(of_ana(4), at(4_000));
    assert_eq!(reads(&mut client), [4]);
    client.on_disconnected(CloseCode::ABNORMAL, at(4_001));
    client.tick(at(9_000));
    client.on_connected(at(9_001));
    client.on_message(welcome(Some("Mo")), at(9_002));
    client.on_message(ServerMessage::Read { room: RoomName::default(), seq: 3 }, at(9_003));
    assert_eq!(reads(&mut client), [4]);
}

#[test]
fn a_jump_shows_the_surrounding_messages_and_returns_to_the_end() {
    let mut first = initial_state(Some("Mo"));
    (first.as_of, first.events, first.has_older) = (cursor(1_000), events(951..=1_000), true);
    let mut client = Client::new(first);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.take_effects();
    client.jump_to_message(100);
    let asked = sent(&mut client);
    assert!(matches!(&asked[..], [ClientMessage::Page { of: PageOf::Around(100), .. }]));
    let (room, as_of) = (RoomName::default(), cursor(1_000));
    let page =
        ServerMessage::Page { room, request: 1, as_of, events: events(75..=125), has_older: true, has_newer: true };
    client.on_message(page, at(3));
    assert_eq!(client.revealed(), Some((0, 100)));
    assert!(!client.is_live());
    assert!(bodies(&client).contains(&"message 100".to_owned()));
    client.jump_to_latest();
    assert!(bodies(&client).contains(&"message 1000".to_owned()));
}

#[test]
fn a_permalink_starts_at_its_message_and_leads_on_to_the_end() {
    let mut first = initial_state(None);
    (first.as_of, first.events, first.at) = (cursor(1_000), events(75..=125), Some(100));
    (first.has_older, first.has_newer) = (true, true);
    let mut client = Client::new(first);
    assert_eq!(client.revealed(), Some((0, 100)));
    assert!(bodies(&client).contains(&"message 100".to_owned()));
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(None), at(2));
    client.take_effects();
    client.jump_to_latest();
    assert!(matches!(&sent(&mut client)[..], [ClientMessage::Page { of: PageOf::Before(1_001), .. }]));
}

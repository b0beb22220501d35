//! What the address says of where its reader is.

use super::*;

/// A page that the server drew for this message of a log of a thousand.
fn at_message(seq: u64, held: std::ops::RangeInclusive<u64>) -> Client {
    let has_newer = *held.end() < 1_000;
    let first = InitialState {
        as_of: cursor(1_000),
        has_older: *held.start() > 1,
        events: events(held),
        at: Some(seq),
        has_newer,
        ..initial_state(Some("Mo"))
    };
    let mut client = Client::new(first);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.set_visible(true, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.address_is_specific();
    client.take_effects();
    client
}

/// The address of the lobby, in place of the one that was there.
fn replaced(client: &mut Client) -> bool {
    client.take_effects().contains(&Effect::ReplaceAddress(RoomName::default()))
}

#[test]
fn jumping_to_the_end_replaces_the_address_by_the_rooms() {
    let mut client = at_message(100, 75..=125);
    assert!(!replaced(&mut client), "a reload leads to the message");
    client.jump_to_latest();
    assert!(client.is_live() && replaced(&mut client));
    client.jump_to_latest();
    assert!(!replaced(&mut client), "it is that already");
}

#[test]
fn scrolling_to_the_end_replaces_the_address_by_the_rooms() {
    let mut client = at_message(970, 945..=1_000);
    client.hold_window();
    assert!(!client.is_live() && !replaced(&mut client));
    while !client.is_live() {
        client.load_newer();
    }
    assert!(replaced(&mut client));
}

#[test]
fn an_own_message_or_a_visible_new_one_replaces_the_address_by_the_rooms() {
    let mut writes = at_message(998, 975..=1_000);
    writes.post("hello", id(1), at(5)).unwrap();
    assert!(replaced(&mut writes));
    let mut reads = at_message(998, 975..=1_000);
    reads.set_visible(false, at(4));
    (1_001..=1_002).for_each(|seq| reads.on_message(of_ana(seq), at(5)));
    assert!(!replaced(&mut reads), "nobody has seen it");
    reads.set_visible(true, at(6));
    reads.on_message(of_ana(1_003), at(7));
    assert!(replaced(&mut reads));
    let mut reads = at_message(100, 75..=125);
    (1_001..=1_002).for_each(|seq| reads.on_message(of_ana(seq), at(5)));
    assert!(!replaced(&mut reads), "they are far up");
}

#[test]
fn an_unknown_message_is_missing_and_the_nearest_one_is_shown() {
    // No event of the test's log is a message whose number can be divided by seven.
    for (seq, held, shown) in [(98, 75..=125, 97), (5_000, 951..=1_000, 1_000), (0, 1..=50, 1), (77, 77..=127, 78)] {
        let mut client = at_message(seq, held);
        assert!(client.is_missing(), "{seq}");
        assert_eq!(client.revealed(), Some((0, shown)), "{seq}");
        client.jump_to_latest();
        assert!(!client.is_missing(), "whoever goes on has read it");
    }
    assert!(!at_message(100, 75..=125).is_missing());
}

#[test]
fn a_message_of_an_empty_room_is_missing_and_the_room_is_live() {
    let nothing = InitialState { as_of: cursor(0), events: Vec::new(), at: Some(3), ..initial_state(None) };
    let client = Client::new(nothing);
    assert!(client.is_missing() && client.is_live() && client.is_empty());
}

#[test]
fn a_deleted_message_is_missing_where_it_was() {
    let mut deleted = events(75..=125);
    let gone = EventKind::Posted {
        mentions: None,
        author: author("ana"),
        client_id: id(100),
        body: None,
        reply_to: None,
        edited_at: None,
        reactions: Vec::new(),
    };
    deleted[25].kind = gone;
    let first =
        InitialState { as_of: cursor(1_000), events: deleted, at: Some(100), has_newer: true, ..initial_state(None) };
    let client = Client::new(first);
    assert_eq!((client.is_missing(), client.revealed()), (true, Some((0, 100))));
}

#[test]
fn a_jump_to_a_message_that_is_gone_says_so_and_the_next_jump_does_not() {
    let mut client = at_message(970, 945..=1_000);
    client.jump_to_message(980);
    assert!(client.is_missing());
    client.jump_to_message(986);
    assert!(!client.is_missing());
    client.jump_to_message(5_000);
    let page = ServerMessage::Page {
        room: RoomName::default(),
        request: 1,
        as_of: cursor(1_000),
        events: events(975..=1_000),
        has_older: true,
        has_newer: false,
    };
    client.on_message(page, at(9));
    assert!(client.is_missing());
    client.show_room(&room("art"));
    assert!(!client.is_missing(), "of another room nothing was asked");
}

#[test]
fn going_back_shows_a_room_of_the_readers_and_joins_none_that_they_have_left() {
    let mut client = online(Some("Mo"));
    client.show_room(&room("art"));
    client.on_message(snapshot_of("art", 1), at(5));
    client.take_effects();
    client.leave_room(&room("art"));
    let left = client.take_effects();
    assert!(left.contains(&Effect::ReplaceAddress(RoomName::default())), "{left:?}");
    assert!(!left.iter().any(|effect| matches!(effect, Effect::PushAddress(_))), "{left:?}");
    client.on_history_navigation(&room("art"), false);
    assert_eq!(client.room(), &RoomName::default());
    assert!(client.take_effects().contains(&Effect::ReplaceAddress(RoomName::default())));
    client.show_room(&room("zoo"));
    client.take_effects();
    client.on_history_navigation(&RoomName::default(), false);
    assert_eq!(client.room(), &RoomName::default());
    let addresses = |effect: &Effect| matches!(effect, Effect::PushAddress(_) | Effect::ReplaceAddress(_));
    assert!(!client.take_effects().iter().any(addresses), "the address is right already");
    client.show_room(&room("art"));
    assert!(sent(&mut client).iter().any(|message| matches!(message, ClientMessage::Join(_))), "by choice they may");
}

#[test]
fn going_back_to_a_message_of_a_room_whose_end_is_shown_leads_to_the_end() {
    let mut client = online(Some("Mo"));
    client.show_room(&room("art"));
    client.take_effects();
    client.on_history_navigation(&RoomName::default(), true);
    assert!(replaced(&mut client));
}

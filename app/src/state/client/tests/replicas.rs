//! Replicas of rooms in the browser.

use super::*;

#[test]
fn a_room_resumes_from_its_replica_and_is_joined_anew_without_one() {
    let mut client = in_rooms(&["art", "lobby", "music"]);
    assert!(matches!(&sent(&mut client)[..], [ClientMessage::Hello { rooms, .. }] if rooms.len() == 1));
    client.restore_replica(replica_of("art", 1..=9));
    let from = |name: &str, cursor| ClientMessage::Join(RoomAt { room: room(name), cursor });
    assert_eq!(sent(&mut client), [from("art", Some(cursor(9)))]);
    client.on_replicas_restored(true, at(0));
    assert_eq!(sent(&mut client), [from("music", None)]);
    client.show_room(&room("art"));
    assert_eq!((client.topic(), client.unknown()), ("tea", None));
    assert!(!bodies(&client).is_empty());
    client.on_disconnected(CloseCode::ABNORMAL, at(9));
    client.on_connected(at(10));
    assert!(matches!(sent(&mut client).last(), Some(ClientMessage::Hello { rooms, .. }) if rooms.len() == 3));
}

#[test]
fn the_offline_document_shows_the_replica_and_accepts_messages() {
    let blank =
        InitialState { as_of: Cursor::start(Epoch(String::new())), events: Vec::new(), ..initial_state(Some("Mo")) };
    let mut client = Client::new(blank);
    client.on_restoring_replicas(false);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    assert_eq!(client.unknown(), Some(None));
    client.restore_replica(replica_of("lobby", 101..=1_100));
    client.on_replicas_restored(true, at(0));
    assert_eq!(client.unknown(), None);
    let drawn = bodies(&client);
    assert!((30..=PAGE_EVENTS).contains(&drawn.len()), "no more than a page at first, not {}", drawn.len());
    assert_eq!(drawn.last().unwrap(), "message 1100");
    client.post("to come", id(1), at(5)).unwrap();
    assert_eq!(bodies(&client).last().unwrap(), "to come");
    client.on_connected(at(10));
    let hello = sent(&mut client);
    assert!(matches!(hello.last(), Some(ClientMessage::Hello { rooms, .. }) if rooms[0].cursor == Some(cursor(1_100))));
}

#[test]
fn older_messages_are_prefetched_for_the_replica_and_nothing_visible_moves() {
    let last = 120;
    let initial =
        InitialState { as_of: cursor(last), events: events(71..=last), has_older: true, ..initial_state(Some("Mo")) };
    let mut client = Client::new(initial);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.set_visible(true, at(0));
    client.on_replicas_restored(true, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.take_effects();
    let before = bodies(&client);
    let mut tick = 2;
    let mut asked = 0;
    let mut written = Vec::new();
    while let Some(next) = client.deadline(at(tick)).filter(|next| *next < 20_000) {
        tick = next;
        client.tick(at(tick));
        for effect in client.take_effects() {
            match effect {
                Effect::Send(ClientMessage::Page { room, request, of: PageOf::Before(first) }) => {
                    asked += 1;
                    let (has_older, from) = (first > 51, first.saturating_sub(50).max(1));
                    let events = events(from..=first - 1);
                    let page =
                        ServerMessage::Page { room, request, as_of: cursor(last), events, has_older, has_newer: true };
                    client.on_message(page, at(tick));
                }
                Effect::UpdateReplica(update) => written.extend(update.writes(None)),
                _ => {}
            }
        }
    }
    assert_eq!((asked, bodies(&client)), (2, before));
    assert_eq!(written.last().unwrap().put.len(), (1..=last).filter(|seq| !seq.is_multiple_of(7)).count());
}

#[test]
fn a_page_without_replicas_neither_stores_nor_prefetches() {
    let mut client = Client::new(InitialState { has_older: true, ..initial_state(Some("Mo")) });
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.on_message(of_ana(4), at(3));
    client.take_effects();
    client.tick(at(9_000));
    let effects = client.take_effects();
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::UpdateReplica(_) | Effect::Send(ClientMessage::Page { .. })))
    );
}

#[test]
fn messages_received_while_the_store_is_read_are_stored_too() {
    let mut client = Client::new(initial_state(Some("Mo")));
    client.on_restoring_replicas(false);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.on_message(of_ana(4), at(3));
    client.on_replicas_restored(true, at(4));
    client.take_effects();
    client.set_visible(false, at(5));
    let stored = client.take_effects().into_iter().find_map(|effect| match effect {
        Effect::UpdateReplica(update) => update.writes(None),
        _ => None,
    });
    assert_eq!(stored.map(|writes| writes.put.len()), Some(4));
}

#[test]
fn a_refused_page_ends_the_prefetch() {
    let mut client = Client::new(InitialState {
        as_of: cursor(120),
        events: events(71..=120),
        has_older: true,
        ..initial_state(Some("Mo"))
    });
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_replicas_restored(true, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.tick(at(9_000));
    let pages = |client: &mut Client| sent(client).iter().filter(|m| matches!(m, ClientMessage::Page { .. })).count();
    assert_eq!(pages(&mut client), 1);
    let (to, room, error) = (Some(Request::Page), Some(RoomName::default()), Refusal::from(ErrorCode::Unavailable));
    client.on_message(ServerMessage::Refused { to, room, error }, at(9_001));
    client.tick(at(20_000));
    assert_eq!(pages(&mut client), 0);
}

#[test]
fn leaving_a_room_deletes_its_replica() {
    let mut client = in_rooms(&["art", "lobby"]);
    client.restore_replica(replica_of("art", 1..=9));
    client.on_replicas_restored(true, at(2));
    client.take_effects();
    client.leave_room(&room("art"));
    assert!(client.take_effects().contains(&Effect::DeleteReplica(room("art"))));
    client.set_visible(false, at(3));
    let of_art = |effect: &Effect| matches!(effect, Effect::UpdateReplica(update) if update.header.room == room("art"));
    assert!(!client.take_effects().iter().any(of_art));
}

#[test]
fn nothing_is_prefetched_when_the_browser_saves_data() {
    let initial =
        InitialState { as_of: cursor(120), events: events(71..=120), has_older: true, ..initial_state(Some("Mo")) };
    let mut client = Client::new(initial);
    client.on_restoring_replicas(true);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_replicas_restored(true, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.take_effects();
    client.tick(at(20_000));
    assert!(!sent(&mut client).iter().any(|message| matches!(message, ClientMessage::Page { .. })));
}

use parlor::{
    Author, Cursor, Epoch, Event, EventKind, Refusal,
    limits::{PAGE_EVENTS, SEARCH_HITS},
    message::{ClientLimits, PageOf, Present, Request, Roster, Standing},
};

use super::super::locale::tests::utc;
use super::super::timeline::tests::{author, cursor, event, events};
use std::sync::Arc;

use super::super::replica::{Head, Replica};
use super::super::said::Said;
use super::*;
use crate::words::ENGLISH;

mod addresses;
mod mentions;
mod other_log;

fn present(name: &str) -> Present {
    Present { author: author(name), standing: Standing::Here }
}

fn boot(name: Option<&str>) -> Boot {
    Boot {
        room: RoomName::default(),
        session: AuthorId("me".into()),
        name: name.map(|name| Name::parse(name).unwrap()),
        as_of: cursor(3),
        events: events(1..=3),
        has_older: false,
        at: None,
        has_newer: false,
        roster: Roster { count: 1, people: vec![present("ana")] },
        topic: String::new(),
        rooms: Vec::new(),
        now: 10_000,
        read: None,
        utc_offsets: Vec::new(),
        build: "one".to_owned(),
        settings: Settings::default(),
        words: ENGLISH,
        half_days: false,
        form: String::new(),
        refused: None,
    }
}

fn at(tick: u64) -> Moment {
    Moment { tick, wall: 10_000 + tick, random: 0.5 }
}

fn welcome(name: Option<&str>) -> ServerMessage {
    ServerMessage::Welcome {
        session: AuthorId("me".into()),
        token: None,
        name: name.map(|name| Name::parse(name).unwrap()),
        limits: ClientLimits { body_bytes: 16_384, name_graphemes: 32, post_burst: 40, posts_per_second: 10 },
        heartbeat_ms: 25_000,
        build: "one".to_owned(),
    }
}

fn started(name: Option<&str>) -> Client {
    let mut client = Client::new(boot(name));
    client.start(None, utc(), 10_000, at(0));
    client.visible(true, at(0));
    client
}

fn online(name: Option<&str>) -> Client {
    let mut client = started(name);
    client.opened(at(1));
    client.received(welcome(name), at(2));
    client.take_effects();
    client
}

fn id(number: u128) -> ClientId {
    ClientId::from_random(number)
}

fn sent(client: &mut Client) -> Vec<ClientMessage> {
    let effects = client.take_effects();
    effects
        .into_iter()
        .filter_map(|effect| if let Effect::Send(message) = effect { Some(message) } else { None })
        .collect()
}

fn mine(seq: u64, client_id: ClientId, body: &str) -> ServerMessage {
    let author = Author { id: AuthorId("me".into()), name: Name::parse("Mo").unwrap() };
    let kind = EventKind::posted(author, client_id, Body::parse(body).unwrap());
    ServerMessage::Event { room: RoomName::default(), epoch: cursor(0).epoch, event: Event { kind, ..event(seq) } }
}

fn of_ana(seq: u64) -> ServerMessage {
    ServerMessage::Event { room: RoomName::default(), epoch: cursor(0).epoch, event: event(seq) }
}

fn bodies(client: &Client) -> Vec<String> {
    let rows = client.rows(10_000);
    rows.iter()
        .filter_map(|row| match &row.content {
            super::super::rows::Content::Message(row) => Some(row.said.text().to_owned()),
            _ => None,
        })
        .collect()
}

#[test]
fn hello_goes_on_from_the_page_and_nothing_is_said_before_it() {
    let mut client = started(None);
    assert_eq!(client.take_effects().first(), Some(&Effect::Connect));
    client.opened(at(1));
    let messages = sent(&mut client);
    assert!(
        matches!(&messages[..], [ClientMessage::Hello { token: None, rooms }] if rooms[0].cursor == Some(cursor(3)))
    );
}

#[test]
fn a_message_is_shown_at_once_kept_and_sent_and_confirmed_under_its_key() {
    let mut client = online(Some("Mo"));
    client.post("hello", id(1), at(5)).unwrap();
    let key = client.rows(0).last().unwrap().key.clone();
    let effects = client.take_effects();
    assert!(matches!(&effects[..], [Effect::Keep(_), Effect::Send(ClientMessage::Post { .. })]));
    client.received(mine(4, id(1), "hello"), at(6));
    assert_eq!(client.take_effects(), [Effect::Forget(id(1))]);
    assert_eq!(client.rows(0).last().unwrap().key, key);
    assert_eq!(bodies(&client).len(), 4);
}

#[test]
fn an_ack_and_the_event_may_come_in_either_order() {
    for ack_first in [true, false] {
        let mut client = online(Some("Mo"));
        client.post("hello", id(1), at(5)).unwrap();
        let ack = ServerMessage::Ack { room: RoomName::default(), client_id: id(1), seq: 4, at: 9 };
        let mut answers = vec![mine(4, id(1), "hello"), ack];
        if ack_first {
            answers.reverse();
        }
        for answer in answers {
            client.received(answer, at(6));
            assert_eq!(bodies(&client).iter().filter(|body| *body == "hello").count(), 1);
        }
        assert!(client.outbox().items().is_empty());
    }
}

#[test]
fn after_a_cut_everything_unanswered_is_sent_again_in_order() {
    let mut client = online(Some("Mo"));
    client.post("one", id(1), at(5)).unwrap();
    client.closed(CloseCode::ABNORMAL, at(6));
    client.post("two", id(2), at(7)).unwrap();
    client.take_effects();
    client.tick(at(1_000));
    assert_eq!(client.take_effects(), [Effect::Connect]);
    client.opened(at(1_001));
    client.received(welcome(Some("Mo")), at(1_002));
    let posts: Vec<_> = sent(&mut client)
        .into_iter()
        .filter_map(|message| if let ClientMessage::Post { body, .. } = message { Some(body) } else { None })
        .collect();
    assert_eq!(posts, ["one", "two"]);
}

#[test]
fn a_remembered_name_is_claimed_again() {
    let mut client = Client::new(boot(None));
    client.start(Some("Mo".to_owned()), utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(None), at(2));
    assert!(sent(&mut client).contains(&ClientMessage::Claim { name: "Mo".to_owned() }));
}

#[test]
fn a_name_that_another_tab_took_meanwhile_is_that_of_this_one_too() {
    let mut client = online(None);
    client.closed(CloseCode::ABNORMAL, at(4));
    client.tick(at(2_000));
    client.opened(at(2_001));
    sent(&mut client);
    client.received(welcome(Some("Mo")), at(2_002));
    assert_eq!(client.name().map(Name::as_str), Some("Mo"));
    assert_eq!(sent(&mut client), []);
}

#[test]
fn who_signed_out_elsewhere_comes_back_as_somebody_new() {
    let mut client = online(Some("Mo"));
    client.take_effects();
    client.closed(CloseCode::SIGNED_OUT, at(4));
    assert_eq!(client.take_effects(), [Effect::StartAnew]);
}

#[test]
fn a_refused_name_says_why() {
    let mut client = online(None);
    client.claim("Ana");
    assert!(client.joining().busy);
    let error = Refusal::from(ErrorCode::NameTaken);
    client.received(ServerMessage::Refused { to: Some(parlor::message::Request::Claim), room: None, error }, at(5));
    assert_eq!(*client.joining(), Joining { busy: false, refused: Some(ErrorCode::NameTaken), renaming: false });
    client.claim(" ");
    assert_eq!(client.joining().refused, Some(ErrorCode::NameInvalid));
}

#[test]
fn who_came_is_told_before_what_they_said() {
    let mut first = boot(None);
    (first.as_of, first.events) = (cursor(0), vec![]);
    first.roster = Roster::default();
    let mut client = Client::new(first);
    client.start(None, utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(None), at(2));
    client.received(of_ana(1), at(3));
    let joined = vec![present("ana")];
    client.received(ServerMessage::Presence { room: RoomName::default(), joined, left: vec![], count: 1 }, at(4));
    let quiet = super::super::rows::Content::Quiet("ana joined".to_owned());
    assert_eq!(client.rows(10_000)[0].content, quiet);
}

#[test]
fn a_gap_makes_the_client_resume_from_its_cursor() {
    let mut client = online(None);
    client.received(of_ana(5), at(5));
    assert_eq!(client.take_effects(), [Effect::Drop]);
    client.tick(at(1_000));
    client.opened(at(1_001));
    assert!(
        matches!(&sent(&mut client)[..], [ClientMessage::Hello { rooms, .. }] if rooms[0].cursor == Some(cursor(3)))
    );
}

#[test]
fn nothing_enters_while_someone_reads_and_the_pill_counts() {
    let mut client = online(Some("Mo"));
    client.read();
    client.received(of_ana(4), at(5));
    assert_eq!(bodies(&client).len(), 3);
    assert_eq!(client.news(), Some(News { count: 1, more: false, since: "00:00".to_owned() }));
    client.follow();
    assert_eq!(bodies(&client).len(), 4);
    assert_eq!(client.news(), None);
}

#[test]
fn the_hidden_page_counts_what_it_did_not_show() {
    let mut client = online(Some("Mo"));
    client.visible(false, at(4));
    client.received(of_ana(4), at(5));
    client.received(of_ana(5), at(5));
    assert_eq!(client.unseen(), 2);
    client.visible(true, at(6));
    assert_eq!(client.unseen(), 0);
}

#[test]
fn a_part_of_what_was_missed_waits_for_the_rest_unless_that_will_not_come() {
    let missed = |events: Vec<Event>, as_of: u64, roster: Option<Roster>| ServerMessage::Missed {
        room: RoomName::default(),
        as_of: cursor(as_of),
        events,
        roster,
        topic: String::new(),
    };
    let mut client = online(Some("Mo"));
    client.received(missed(events(4..=5), 5, None), at(5));
    assert!(client.take_more_follows());
    assert!(!client.take_more_follows(), "whatever else happens is drawn");
    client.received(missed(events(6..=6), 6, Some(Roster::default())), at(6));
    assert!(!client.take_more_follows());
    client.received(missed(events(9..=9), 9, None), at(7));
    assert!(!client.take_more_follows());
}

#[test]
fn only_what_others_say_live_is_spoken() {
    let mut client = online(Some("Mo"));
    let missed = ServerMessage::Missed {
        room: RoomName::default(),
        as_of: cursor(5),
        events: events(4..=5),
        roster: None,
        topic: String::new(),
    };
    client.received(missed, at(5));
    assert_eq!(client.take_effects(), []);
    client.received(of_ana(6), at(6));
    client.received(of_ana(6), at(6));
    assert_eq!(client.take_effects(), [Effect::Speak(Spoken { number: 1, text: "ana: message 6".to_owned() })]);
}

#[test]
fn another_build_reloads_the_page_once_nothing_can_be_lost() {
    let mut client = started(Some("Mo"));
    client.opened(at(1));
    client.post("hello", id(1), at(1)).unwrap();
    let ServerMessage::Welcome { session, token, name, limits, heartbeat_ms, .. } = welcome(Some("Mo")) else { return };
    let build = "two".to_owned();
    client.received(ServerMessage::Welcome { session, token, name, limits, heartbeat_ms, build }, at(2));
    assert!(!client.take_effects().iter().any(|effect| matches!(effect, Effect::Reload(_))));
    client.received(mine(4, id(1), "hello"), at(3));
    assert!(client.take_effects().contains(&Effect::Reload("two".to_owned())));
}

#[test]
fn what_was_written_at_once_or_while_the_clock_went_back_is_kept_in_order() {
    let mut client = started(Some("Mo"));
    client.post("one", id(109), at(1_000)).unwrap();
    client.post("two", id(103), at(1_000)).unwrap();
    client.post("three", id(107), at(500)).unwrap();
    client.post("four", id(101), at(1_000)).unwrap();
    let effects = client.take_effects();
    // A browser lists what it keeps by its keys.
    let mut kept: Vec<_> = effects
        .into_iter()
        .filter_map(|effect| if let Effect::Keep(kept) = effect { Some(kept) } else { None })
        .collect();
    kept.sort_by(|one, other| one.written.client_id.cmp(&other.written.client_id));
    let mut again = Client::new(boot(Some("Mo")));
    again.start(None, utc(), 10_000, at(2_000));
    again.inherit(kept, at(2_000));
    assert_eq!(bodies(&again)[3..], ["one", "two", "three", "four"]);
}

#[test]
fn a_message_that_got_through_another_connection_does_not_hold_up_the_rest() {
    let nack = || ServerMessage::Nack {
        room: RoomName::default(),
        client_id: id(101),
        error: Refusal::after(ErrorCode::TooFast, 400),
    };
    // The refusal may come before the event that an older connection brought about, or after it.
    for nack_first in [true, false] {
        let mut client = online(Some("Mo"));
        client.post("one", id(101), at(5)).unwrap();
        client.take_effects();
        let mut news = vec![mine(4, id(101), "one"), nack()];
        if nack_first {
            news.reverse();
        }
        news.into_iter().for_each(|news| client.received(news, at(6)));
        let discard = ClientMessage::Discard { room: RoomName::default(), client_id: id(101) };
        assert!(sent(&mut client).contains(&discard), "the server waits for it: {nack_first}");
    }
}

#[test]
fn what_was_kept_comes_back_and_that_of_another_session_asks_first() {
    let mut client = Client::new(boot(Some("Mo")));
    let kept = |who: &str, number| Kept {
        room: RoomName::default(),
        written: Written {
            client_id: id(number),
            author: author(who),
            deed: Deed::Post { body: Body::parse(who).unwrap(), mentions: None, reply_to: None },
            at: 4_000,
        },
    };
    client.start(None, utc(), 10_000, at(0));
    client.inherit(vec![kept("me", 101), kept("earlier", 102), kept("ana", 1)], at(0));
    assert_eq!(bodies(&client)[3..], ["me", "earlier"]);
    assert!(client.take_effects().contains(&Effect::Forget(id(1))), "it is in the log already");
    client.opened(at(1));
    client.received(welcome(Some("Mo")), at(2));
    let posts = |client: &mut Client| sent(client).iter().filter(|m| matches!(m, ClientMessage::Post { .. })).count();
    assert_eq!(posts(&mut client), 1);
    client.retry(&id(102), at(3));
    assert_eq!(posts(&mut client), 1);
}

fn reads(client: &mut Client) -> Vec<u64> {
    let told = sent(client).into_iter();
    told.filter_map(|message| if let ClientMessage::Read { seq, .. } = message { Some(seq) } else { None }).collect()
}

fn unread_line(client: &Client) -> Option<usize> {
    client.rows(10_000).iter().position(|row| row.content == super::super::rows::Content::Unread)
}

#[test]
fn the_line_is_drawn_from_the_old_marker_before_the_marker_moves() {
    let mut client = Client::new(Boot { read: Some(2), ..boot(None) });
    assert_eq!(unread_line(&client), Some(3), "after the day and two messages, also in the page as served");
    client.start(None, utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(None), at(2));
    assert!(reads(&mut client).is_empty(), "nobody has looked yet");
    client.visible(true, at(3));
    assert_eq!(reads(&mut client), [3]);
    assert_eq!(unread_line(&client), Some(3));
}

#[test]
fn what_comes_while_the_page_is_hidden_stands_below_a_line_until_it_is_answered() {
    let mut client = online(Some("Mo"));
    client.visible(false, at(3));
    client.received(of_ana(4), at(4));
    client.visible(true, at(5));
    assert_eq!(unread_line(&client), Some(4));
    client.post("hello", id(1), at(6)).unwrap();
    assert_eq!(unread_line(&client), None);
}

#[test]
fn the_marker_waits_while_someone_reads_further_up() {
    let mut client = online(Some("Mo"));
    client.read();
    client.received(of_ana(4), at(4));
    client.tick(at(9_000));
    assert!(reads(&mut client).is_empty());
    client.follow();
    client.tick(at(9_001));
    assert_eq!(reads(&mut client), [4]);
    assert_eq!(unread_line(&client), Some(4));
}

#[test]
fn what_another_tab_has_read_is_not_counted_here() {
    let mut client = online(Some("Mo"));
    client.visible(false, at(3));
    client.received(of_ana(4), at(4));
    assert_eq!(client.unseen(), 1);
    client.received(ServerMessage::Read { room: RoomName::default(), seq: 4 }, at(5));
    assert_eq!((client.unseen(), unread_line(&client)), (0, None));
}

#[test]
fn a_marker_that_the_server_did_not_get_is_sent_again() {
    let mut client = online(Some("Mo"));
    client.received(of_ana(4), at(4_000));
    assert_eq!(reads(&mut client), [4]);
    client.closed(CloseCode::ABNORMAL, at(4_001));
    client.tick(at(9_000));
    client.opened(at(9_001));
    client.received(welcome(Some("Mo")), at(9_002));
    client.received(ServerMessage::Read { room: RoomName::default(), seq: 3 }, at(9_003));
    assert_eq!(reads(&mut client), [4]);
}

fn happens(seq: u64, kind: EventKind) -> ServerMessage {
    let event = Event { kind, ..event(seq) };
    ServerMessage::Event { room: RoomName::default(), epoch: cursor(0).epoch, event }
}

fn emoji() -> parlor::Emoji {
    parlor::Emoji::parse("👍").unwrap()
}

fn said(client: &Client, seq: u64) -> Arc<Said> {
    client.rooms.shown().said(seq).unwrap()
}

#[test]
fn a_change_is_shown_at_once_and_sent_when_there_is_a_connection() {
    let mut client = online(Some("Mo"));
    client.received(mine(4, id(4), "first"), at(4));
    client.closed(CloseCode::ABNORMAL, at(5));
    client.edit(None);
    client.post("second", id(21), at(6)).unwrap();
    client.react(2, "👍", id(22), at(7)).unwrap();
    assert_eq!(said(&client, 4).text(), "second");
    assert!(said(&client, 2).has_reaction("👍", &AuthorId("me".into())));
    client.take_effects();
    client.tick(at(9_000));
    client.opened(at(9_001));
    client.received(welcome(Some("Mo")), at(9_002));
    let sent = sent(&mut client);
    assert!(
        sent.iter()
            .any(|m| matches!(m, ClientMessage::Edit { target, body, .. } if target.seq == 4 && body == "second"))
    );
    assert!(sent.iter().any(|m| matches!(m, ClientMessage::React { target, on: true, .. } if target.seq == 2)));
}

#[test]
fn a_change_that_is_confirmed_counts_once() {
    let mut client = online(Some("Mo"));
    client.react(2, "👍", id(22), at(7)).unwrap();
    let by = Author { id: AuthorId("me".into()), name: Name::parse("Mo").unwrap() };
    let reacted = |id| EventKind::Reacted { by: by.clone(), client_id: id, target: 2, emoji: emoji() };
    client.received(happens(4, reacted(id(22))), at(8));
    client.received(happens(4, reacted(id(22))), at(9));
    assert!(client.outbox().items().is_empty());
    assert_eq!(said(&client, 2).reactions[0].count, 1);
    client.react(2, "👍", id(23), at(10)).unwrap();
    assert!(said(&client, 2).reactions.is_empty(), "the same again takes it off");
}

#[test]
fn what_changed_while_a_page_was_on_its_way_is_in_it_once() {
    let mut first = boot(None);
    (first.as_of, first.events, first.has_older) = (cursor(60), events(52..=60), true);
    let mut client = Client::new(first);
    client.start(None, utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(None), at(2));
    client.older();
    let edited = |seq, text: &str| {
        let body = Some(Body::parse(text).unwrap());
        happens(
            seq,
            EventKind::Edited { by: author("ana"), client_id: id(seq.into()), target: 50, body, mentions: None },
        )
    };
    let reacted = EventKind::Reacted { by: author("bo"), client_id: id(62), target: 50, emoji: emoji() };
    client.received(edited(61, "edited"), at(3));
    client.received(happens(62, reacted), at(3));
    // The page was read between the two.
    let mut page = events(40..=51);
    if let EventKind::Posted { body, edited_at, .. } = &mut page[10].kind {
        (*body, *edited_at) = (Some(Body::parse("edited").unwrap()), Some(9));
    }
    let (room, as_of) = (RoomName::default(), cursor(61));
    let page = ServerMessage::Page { room, request: 1, as_of, events: page, has_older: true, has_newer: true };
    client.received(page, at(4));
    assert_eq!(said(&client, 50).text(), "edited");
    assert_eq!(said(&client, 50).reactions.iter().map(|reaction| reaction.count).sum::<u32>(), 1);
    client.received(edited(63, "edited again"), at(5));
    assert_eq!(said(&client, 50).text(), "edited again");
}

#[test]
fn an_edit_begins_with_the_line_ends_of_the_text_box_and_keeps_those_of_the_message() {
    let mut client = online(Some("Mo"));
    client.received(mine(4, id(21), "one\r\ntwo\rthree"), at(6));
    client.edit(Some(4));
    assert_eq!(client.draft_text(), "one\ntwo\nthree");
    assert!(!client.has_drafts(), "nothing has been typed");
    client.post("one\ntwo\nthree", id(22), at(7)).unwrap();
    assert!(client.composing().is_none() && client.outbox().items().iter().all(|item| item.written.change().is_none()));
    assert_eq!(said(&client, 4).text(), "one\r\ntwo\rthree");
}

#[test]
fn an_answer_quotes_and_a_refused_change_says_why() {
    let mut client = online(Some("Mo"));
    client.reply(2);
    client.post("indeed", id(21), at(5)).unwrap();
    assert!(client.composing().is_none());
    let rows = client.rows(10_000);
    let super::super::rows::Content::Message(row) = &rows.last().unwrap().content else { panic!("a message") };
    assert_eq!(row.said.reply_to.as_ref().unwrap().excerpt.as_deref(), Some("message 2"));
    client.delete(2, id(22), at(6));
    assert_eq!(said(&client, 2).text(), "");
    let error = Refusal::from(ErrorCode::NotYours);
    client.received(ServerMessage::Nack { room: RoomName::default(), client_id: id(22), error }, at(7));
    assert_eq!(said(&client, 2).text(), "message 2");
    let refused = |row: &Row| {
        matches!(&row.content, super::super::rows::Content::Message(row)
            if row.said.seq == 2 && row.delivery == super::super::rows::Delivery::Refused(ErrorCode::NotYours))
    };
    assert!(client.rows(10_000).iter().any(refused));
}

#[test]
fn a_jump_shows_what_stands_around_and_the_way_back_is_the_end() {
    let mut first = boot(Some("Mo"));
    (first.as_of, first.events, first.has_older) = (cursor(1_000), events(951..=1_000), true);
    let mut client = Client::new(first);
    client.start(None, utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(Some("Mo")), at(2));
    client.take_effects();
    client.jump(100);
    let asked = sent(&mut client);
    assert!(matches!(&asked[..], [ClientMessage::Page { of: parlor::message::PageOf::Around(100), .. }]));
    let (room, as_of) = (RoomName::default(), cursor(1_000));
    let page =
        ServerMessage::Page { room, request: 1, as_of, events: events(75..=125), has_older: true, has_newer: true };
    client.received(page, at(3));
    assert_eq!(client.revealed(), Some((0, 100)));
    assert!(!client.is_live());
    assert!(bodies(&client).contains(&"message 100".to_owned()));
    client.follow();
    assert!(bodies(&client).contains(&"message 1000".to_owned()));
}

#[test]
fn an_address_of_a_message_begins_there_and_goes_on_to_the_end() {
    let mut first = boot(None);
    (first.as_of, first.events, first.at) = (cursor(1_000), events(75..=125), Some(100));
    (first.has_older, first.has_newer) = (true, true);
    let mut client = Client::new(first);
    assert_eq!(client.revealed(), Some((0, 100)));
    assert!(bodies(&client).contains(&"message 100".to_owned()));
    client.start(None, utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(None), at(2));
    client.take_effects();
    client.follow();
    assert!(matches!(&sent(&mut client)[..], [ClientMessage::Page { of: parlor::message::PageOf::Before(1_001), .. }]));
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

fn snapshot_of(name: &str, top: u64) -> ServerMessage {
    ServerMessage::Snapshot {
        room: room(name),
        as_of: cursor(top),
        events: events(1..=top),
        has_older: false,
        roster: Roster::default(),
        topic: String::new(),
        read: Some(1),
    }
}

fn said_in(name: &str, seq: u64, body: &str) -> ServerMessage {
    let kind = EventKind::posted(author("ana"), id(u128::from(seq)), Body::parse(body).unwrap());
    ServerMessage::Event { room: room(name), epoch: cursor(0).epoch, event: Event { kind, ..event(seq) } }
}

fn counts(client: &Client) -> Vec<(String, String, bool)> {
    client.rooms().into_iter().map(|line| (line.name.to_string(), line.unread, line.meant)).collect()
}

#[test]
fn one_connection_carries_all_rooms_and_the_shown_one_comes_first() {
    let mut client = Client::new(Boot { rooms: vec![room("art"), RoomName::default(), room("zoo")], ..boot(None) });
    client.start(None, utc(), 10_000, at(0));
    client.enter(&room("zoo"));
    client.opened(at(1));
    let hello = sent(&mut client);
    let [ClientMessage::Hello { rooms, .. }] = &hello[..] else { panic!("{hello:?}") };
    let names: Vec<_> = rooms.iter().map(|at| (at.room.as_str(), at.cursor.is_some())).collect();
    assert_eq!(names, [("zoo", false), ("lobby", true), ("art", false)]);
}

#[test]
fn what_is_new_elsewhere_is_counted_until_its_room_is_looked_at() {
    let mut client = online(Some("Mo"));
    client.enter(&room("art"));
    assert_eq!(sent(&mut client), [ClientMessage::Join(parlor::message::RoomAt { room: room("art"), cursor: None })]);
    client.received(snapshot_of("art", 2), at(5));
    client.enter(&RoomName::default());
    client.take_effects();
    client.received(said_in("art", 3, "look"), at(6));
    client.received(said_in("art", 4, "@mo: look"), at(7));
    let notice =
        Notice { room: room("art"), seq: 4, from: "ana".to_owned(), text: "@mo: look".to_owned(), sound: false };
    assert!(client.take_effects().contains(&Effect::Notify(notice)));
    assert_eq!(counts(&client)[1], ("art".to_owned(), "2".to_owned(), true));
    client.enter(&room("art"));
    assert_eq!(counts(&client)[1], ("art".to_owned(), String::new(), false));
    let line = client.rows(0).iter().position(|row| row.content == super::super::rows::Content::Unread);
    assert!(line.is_some(), "the line stands before what was new");
}

#[test]
fn each_room_keeps_what_was_written_in_it_and_its_turn() {
    let mut client = online(Some("Mo"));
    client.closed(CloseCode::ABNORMAL, at(4));
    client.post("here", id(1), at(5)).unwrap();
    client.enter(&room("art"));
    assert!(client.outbox().items().is_empty());
    client.post("there", id(2), at(6)).unwrap();
    client.tick(at(2_000));
    client.opened(at(2_001));
    client.received(welcome(Some("Mo")), at(2_002));
    let posts: Vec<_> = sent(&mut client)
        .into_iter()
        .filter_map(|message| match message {
            ClientMessage::Post { room, body, .. } => Some((room.to_string(), body)),
            _ => None,
        })
        .collect();
    let said = |room: &str, body: &str| (room.to_owned(), body.to_owned());
    assert_eq!(posts, [said("lobby", "here"), said("art", "there")]);
}

#[test]
fn a_room_is_left_once_everything_written_there_has_arrived() {
    let mut client = online(Some("Mo"));
    client.enter(&room("art"));
    client.post("there", id(2), at(6)).unwrap();
    client.part(&room("art"));
    assert_eq!(client.room().as_str(), "art");
    let ack = ServerMessage::Ack { room: room("art"), client_id: id(2), seq: 1, at: 9 };
    client.received(snapshot_of("art", 1), at(7));
    client.received(ack, at(7));
    client.part(&room("art"));
    assert!(sent(&mut client).contains(&ClientMessage::Part { room: room("art") }));
    assert_eq!((client.room().as_str(), client.rooms().len()), ("lobby", 1));
}

#[test]
fn who_is_ignored_is_neither_shown_nor_counted_nor_heard() {
    let mut client = online(Some("Mo"));
    client.ignore(&author("ana").id, true);
    client.visible(false, at(4));
    client.take_effects();
    client.received(said_in("lobby", 4, "@Mo: hello?"), at(5));
    assert!(!client.take_effects().iter().any(|effect| matches!(effect, Effect::Notify(_) | Effect::Speak(_))));
    assert_eq!((bodies(&client).len(), client.unseen()), (0, 0));
    client.ignore(&author("ana").id, false);
    assert_eq!(bodies(&client).len(), 4);
}

#[test]
fn a_new_name_that_is_refused_leaves_the_old_one() {
    let mut client = online(Some("Mo"));
    client.claim("Ana");
    let error = Refusal::from(ErrorCode::NameTaken);
    client.received(ServerMessage::Refused { to: Some(parlor::message::Request::Claim), room: None, error }, at(5));
    assert_eq!(client.name().unwrap().as_str(), "Mo");
    assert_eq!(client.joining().refused, Some(ErrorCode::NameTaken));
    client.claim("Max");
    client.received(ServerMessage::Claimed { name: Name::parse("Max").unwrap() }, at(6));
    assert_eq!((client.name().unwrap().as_str(), client.joining().clone()), ("Max", Joining::default()));
}

#[test]
fn the_others_hear_that_one_writes_and_a_message_ends_it() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.typed(&room, client.draft(), "h", at(5));
    client.typed(&room, client.draft(), "he", at(6));
    assert_eq!(sent(&mut client), [ClientMessage::Typing { room: RoomName::default() }]);
    client.received(ServerMessage::Typing { room: RoomName::default(), who: author("ana") }, at(7));
    assert_eq!(client.typing(), "ana is typing…");
    client.received(of_ana(4), at(8));
    assert_eq!(client.typing(), "");
}

#[test]
fn a_topic_is_shown_at_once_and_kept_until_it_is_in_the_log() {
    let mut client = online(Some("Mo"));
    client.set_topic("Plans", id(1), at(5)).unwrap();
    assert_eq!(client.topic(), "Plans");
    assert!(matches!(&client.take_effects()[..], [Effect::Keep(_), Effect::Send(ClientMessage::Topic { .. })]));
    let me = Author { id: AuthorId("me".into()), name: Name::parse("Mo").unwrap() };
    let kind = EventKind::Topic { by: me, client_id: id(1), topic: "Plans".to_owned() };
    let event = Event { kind, ..event(4) };
    client.received(ServerMessage::Event { room: RoomName::default(), epoch: cursor(0).epoch, event }, at(6));
    assert_eq!(client.take_effects(), [Effect::Forget(id(1))]);
    assert_eq!(client.topic(), "Plans");
}

#[test]
fn only_the_newest_search_is_answered() {
    let mut client = online(Some("Mo"));
    client.search("one", false, 10_000);
    client.search("two", true, 10_000);
    let asked = sent(&mut client);
    assert!(matches!(&asked[1], ClientMessage::Search { request: 2, room: None, words, .. } if words == "two"));
    let found = |request, seq| ServerMessage::Found {
        request,
        hits: vec![parlor::message::Hit { room: RoomName::default(), event: event(seq) }],
        more: false,
    };
    client.received(found(1, 1), at(5));
    assert!(client.looking().found.as_ref().is_some_and(|found| found.busy && found.hits.is_empty()));
    client.received(found(2, 2), at(6));
    assert!(client.looking().found.as_ref().is_some_and(|found| !found.busy && found.hits[0].event.seq == 2));
    client.search(" ", true, 10_000);
    assert_eq!(client.looking().found, None);
}

fn kept(name: &str, seqs: std::ops::RangeInclusive<u64>) -> Replica {
    let (first, last) = (*seqs.start(), *seqs.end());
    let head = Head {
        room: room(name),
        as_of: cursor(last),
        first,
        has_older: first > 1,
        topic: "tea".to_owned(),
        read: last,
    };
    Replica { head, events: events(seqs) }
}

fn in_rooms(names: &[&str]) -> Client {
    let mut client = Client::new(Boot { rooms: names.iter().map(|name| room(name)).collect(), ..boot(Some("Mo")) });
    client.recalling(false);
    client.start(None, utc(), 10_000, at(0));
    client.visible(true, at(0));
    client.opened(at(1));
    client
}

#[test]
fn a_room_goes_on_from_what_is_kept_of_it_and_is_entered_anew_where_nothing_is() {
    let mut client = in_rooms(&["art", "lobby", "music"]);
    assert!(matches!(&sent(&mut client)[..], [ClientMessage::Hello { rooms, .. }] if rooms.len() == 1));
    client.recall(kept("art", 1..=9));
    let from = |name: &str, cursor| ClientMessage::Join(parlor::message::RoomAt { room: room(name), cursor });
    assert_eq!(sent(&mut client), [from("art", Some(cursor(9)))]);
    client.recalled(true, at(0));
    assert_eq!(sent(&mut client), [from("music", None)]);
    client.enter(&room("art"));
    assert_eq!((client.topic(), client.unknown()), ("tea", None));
    assert!(!bodies(&client).is_empty());
    client.closed(CloseCode::ABNORMAL, at(9));
    client.opened(at(10));
    assert!(matches!(sent(&mut client).last(), Some(ClientMessage::Hello { rooms, .. }) if rooms.len() == 3));
}

#[test]
fn a_page_of_no_room_shows_what_is_kept_and_takes_messages() {
    let blank = Boot { as_of: Cursor::start(Epoch(String::new())), events: Vec::new(), ..boot(Some("Mo")) };
    let mut client = Client::new(blank);
    client.recalling(false);
    client.start(None, utc(), 10_000, at(0));
    assert_eq!(client.unknown(), Some(None));
    client.recall(kept("lobby", 101..=1_100));
    client.recalled(true, at(0));
    assert_eq!(client.unknown(), None);
    let drawn = bodies(&client);
    assert!((30..=PAGE_EVENTS).contains(&drawn.len()), "no more than a page at first, not {}", drawn.len());
    assert_eq!(drawn.last().unwrap(), "message 1100");
    client.post("to come", id(1), at(5)).unwrap();
    assert_eq!(bodies(&client).last().unwrap(), "to come");
    client.opened(at(10));
    let hello = sent(&mut client);
    assert!(matches!(hello.last(), Some(ClientMessage::Hello { rooms, .. }) if rooms[0].cursor == Some(cursor(1_100))));
}

#[test]
fn without_a_connection_what_is_held_is_searched_newest_first() {
    let mut client = in_rooms(&["art", "lobby"]);
    client.closed(CloseCode::ABNORMAL, at(2));
    client.recall(kept("art", 1..=100));
    let found = |client: &mut Client, words: &str, everywhere| {
        client.search(words, everywhere, 10_000);
        let found = client.looking().found.clone().unwrap();
        let places: Vec<_> = found.hits.iter().map(|hit| format!("{} {}", hit.room, hit.event.seq)).collect();
        (places, found.more, found.refused, found.held_only)
    };
    let none = |code| (Vec::<String>::new(), false, code, true);
    assert_eq!(found(&mut client, "SAGE 2", false), (vec!["lobby 2".to_owned()], false, None, true));
    assert_eq!(found(&mut client, "age 99", false), none(None));
    assert_eq!(found(&mut client, "age 99", true), (vec!["art 99".to_owned()], false, None, true));
    assert_eq!(found(&mut client, "on:someday", true), none(Some(ErrorCode::BadSearch)));
    let (places, more, ..) = found(&mut client, "message", true);
    assert_eq!((places.len(), more, places[0].as_str()), (SEARCH_HITS, true, "art 100"));
}

#[test]
fn the_past_is_fetched_to_be_kept_and_nothing_moves_for_it() {
    let last = 120;
    let boot = Boot { as_of: cursor(last), events: events(71..=last), has_older: true, ..boot(Some("Mo")) };
    let mut client = Client::new(boot);
    client.start(None, utc(), 10_000, at(0));
    client.visible(true, at(0));
    client.recalled(true, at(0));
    client.opened(at(1));
    client.received(welcome(Some("Mo")), at(2));
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
                    client.received(page, at(tick));
                }
                Effect::Replicate(update) => written.extend(update.writes(None)),
                _ => {}
            }
        }
    }
    assert_eq!((asked, bodies(&client)), (2, before));
    assert_eq!(written.last().unwrap().put.len(), (1..=last).filter(|seq| !seq.is_multiple_of(7)).count());
}

#[test]
fn a_page_that_reads_nothing_kept_keeps_nothing_and_fetches_nothing() {
    let mut client = Client::new(Boot { has_older: true, ..boot(Some("Mo")) });
    client.start(None, utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(Some("Mo")), at(2));
    client.received(of_ana(4), at(3));
    client.take_effects();
    client.tick(at(9_000));
    let effects = client.take_effects();
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::Replicate(_) | Effect::Send(ClientMessage::Page { .. })))
    );
}

#[test]
fn what_came_while_the_store_was_read_is_kept_too() {
    let mut client = Client::new(boot(Some("Mo")));
    client.recalling(false);
    client.start(None, utc(), 10_000, at(0));
    client.opened(at(1));
    client.received(welcome(Some("Mo")), at(2));
    client.received(of_ana(4), at(3));
    client.recalled(true, at(4));
    client.take_effects();
    client.visible(false, at(5));
    let kept = client.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Replicate(update) => update.writes(None),
        _ => None,
    });
    assert_eq!(kept.map(|writes| writes.put.len()), Some(4));
}

#[test]
fn a_server_that_refuses_a_page_is_not_asked_for_more_of_the_past() {
    let mut client =
        Client::new(Boot { as_of: cursor(120), events: events(71..=120), has_older: true, ..boot(Some("Mo")) });
    client.start(None, utc(), 10_000, at(0));
    client.recalled(true, at(0));
    client.opened(at(1));
    client.received(welcome(Some("Mo")), at(2));
    client.tick(at(9_000));
    let pages = |client: &mut Client| sent(client).iter().filter(|m| matches!(m, ClientMessage::Page { .. })).count();
    assert_eq!(pages(&mut client), 1);
    let (to, room, error) = (Some(Request::Page), Some(RoomName::default()), Refusal::from(ErrorCode::Unavailable));
    client.received(ServerMessage::Refused { to, room, error }, at(9_001));
    client.tick(at(20_000));
    assert_eq!(pages(&mut client), 0);
}

#[test]
fn of_a_room_that_is_left_nothing_is_kept() {
    let mut client = in_rooms(&["art", "lobby"]);
    client.recall(kept("art", 1..=9));
    client.recalled(true, at(2));
    client.take_effects();
    client.part(&room("art"));
    assert!(client.take_effects().contains(&Effect::ForgetRoom(room("art"))));
    client.visible(false, at(3));
    let of_art = |effect: &Effect| matches!(effect, Effect::Replicate(update) if update.head.room == room("art"));
    assert!(!client.take_effects().iter().any(of_art));
}

#[test]
fn where_data_is_dear_nothing_is_fetched_that_nobody_asked_for() {
    let boot = Boot { as_of: cursor(120), events: events(71..=120), has_older: true, ..boot(Some("Mo")) };
    let mut client = Client::new(boot);
    client.recalling(true);
    client.start(None, utc(), 10_000, at(0));
    client.recalled(true, at(0));
    client.opened(at(1));
    client.received(welcome(Some("Mo")), at(2));
    client.take_effects();
    client.tick(at(20_000));
    assert!(!sent(&mut client).iter().any(|message| matches!(message, ClientMessage::Page { .. })));
}

#[test]
fn a_newer_build_waits_while_a_message_is_edited() {
    let mut client = online(Some("Mo"));
    client.received(mine(4, id(1), "hello"), at(3));
    client.edit(Some(4));
    client.closed(CloseCode::ABNORMAL, at(4));
    client.opened(at(5));
    let ServerMessage::Welcome { session, token, name, limits, heartbeat_ms, .. } = welcome(Some("Mo")) else { return };
    let build = "two".to_owned();
    client.received(ServerMessage::Welcome { session, token, name, limits, heartbeat_ms, build }, at(6));
    client.visible(false, at(7));
    assert!(!client.take_effects().contains(&Effect::Reload("two".to_owned())));
    client.compose(None);
    client.visible(true, at(8));
    assert!(client.take_effects().contains(&Effect::Reload("two".to_owned())));
}

#[test]
fn notifications_are_withdrawn_as_far_as_their_room_was_read_whoever_showed_them() {
    let mut client = online(Some("Mo"));
    client.visible(false, at(4));
    client.take_effects();
    client.received(ServerMessage::Read { room: room("lobby"), seq: 2 }, at(5));
    assert!(client.take_effects().contains(&Effect::Withdraw { room: room("lobby"), up_to: 2 }));
    assert!(client.has_read(&room("lobby"), 2) && !client.has_read(&room("lobby"), 4));
    client.visible(true, at(6));
    assert!(client.take_effects().contains(&Effect::Withdraw { room: room("lobby"), up_to: u64::MAX }));
    client.visible(true, at(7));
    assert!(!client.take_effects().iter().any(|effect| matches!(effect, Effect::Withdraw { .. })), "once is enough");
}

#[test]
fn an_edit_is_saved_and_the_draft_of_a_message_is_in_the_composer_again() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.received(mine(4, id(1), "hello"), at(3));
    client.typed(&room, client.draft(), "half a thou", at(4));
    client.edit(None);
    client.typed(&room, client.draft(), "hello, all", at(5));
    client.post("hello, all", id(2), at(6)).unwrap();
    assert_eq!((client.draft_text(), client.composing()), ("half a thou", None));
    let effects = client.take_effects();
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
    let stored = place(|effect| matches!(effect, Effect::Keep(_)));
    assert!(
        stored < place(|effect| matches!(effect, Effect::ForgetDraft { sent: Some(_), .. })),
        "a crash loses neither"
    );
}

#[test]
fn an_edit_of_a_message_that_is_deleted_meanwhile_is_refused_before_it_is_sent_and_its_text_stays() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.received(mine(4, id(1), "hello"), at(3));
    client.edit(Some(4));
    client.typed(&room, client.draft(), "hello, all", at(5));
    let author = Author { id: AuthorId("me".into()), name: Name::parse("Mo").unwrap() };
    let kind = EventKind::Deleted { by: author, client_id: id(9), target: 4 };
    let event = Event { kind, ..event(5) };
    client.received(ServerMessage::Event { room, epoch: cursor(0).epoch, event }, at(6));
    assert_eq!(client.post("hello, all", id(2), at(7)), Err(ErrorCode::MessageDeleted));
    assert_eq!((client.draft_text(), client.composing()), ("hello, all", None));
    assert!(client.outbox().items().is_empty());
}

#[test]
fn what_was_refused_goes_back_to_the_composer_as_a_draft_of_its_own() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.received(mine(4, id(1), "hello"), at(3));
    let refuse = |client: &mut Client, client_id: ClientId| {
        let error = Refusal::from(ErrorCode::BodyTooLong);
        client.received(ServerMessage::Nack { room: RoomName::default(), client_id, error }, at(8));
    };
    client.post("a message", id(2), at(4)).unwrap();
    client.edit(Some(4));
    client.post("an edit", id(3), at(5)).unwrap();
    refuse(&mut client, id(2));
    refuse(&mut client, id(3));
    client.typed(&room, client.draft(), "typed since", at(9));
    client.edit_unsent(&id(2), at(10));
    assert_eq!((client.draft_text(), client.composing()), ("a message", None));
    client.edit_unsent(&id(3), at(11));
    assert_eq!(client.draft_text(), "an edit");
    assert!(matches!(client.composing(), Some(Composing::Edit { target, .. }) if target.seq == 4));
    client.compose(None);
    assert_eq!(client.draft_text(), "a message");
    let offered: Vec<_> = client.offered_drafts().into_iter().map(|draft| draft.excerpt).collect();
    assert_eq!(offered, ["typed since"]);
    assert!(client.outbox().items().is_empty());
}

#[test]
fn a_refused_edit_of_a_message_that_is_not_held_is_offered_as_a_draft() {
    let mut client = online(Some("Mo"));
    let stored = super::super::drafts::StoredDraft {
        room: RoomName::default(),
        composing: Some(Composing::Edit { target: 900.into(), text: Body::parse("of long ago").unwrap() }),
        text: "better".to_owned(),
        at: 1,
        offered: false,
    };
    client.adopt_drafts(vec![stored], super::super::drafts::Origin::SameTab);
    assert_eq!(client.draft_text(), "better");
    client.post("better", id(2), at(4)).unwrap();
    let error = Refusal::from(ErrorCode::NoSuchMessage);
    client.received(ServerMessage::Nack { room: RoomName::default(), client_id: id(2), error }, at(5));
    assert_eq!(client.offered_drafts().len(), 1);
    assert!(client.unsent() == 0 && client.has_drafts());
}

#[test]
fn drafts_of_a_room_outlive_leaving_it() {
    let mut client = online(Some("Mo"));
    let art = RoomName::parse("art").unwrap();
    client.enter(&art);
    client.typed(&art, client.draft(), "about art", at(4));
    client.part(&art);
    assert_eq!(client.draft_text(), "");
    client.enter(&art);
    assert_eq!(client.draft_text(), "about art");
}

//! Tests of the state machine, with the server played by hand.

mod addresses;
mod changes;
mod drafts;
mod mentions;
mod moves;
mod names;
mod other_log;
mod people;
mod reading;
mod replicas;
mod rooms;
mod search;
mod sending;

use parlor::{
    Author, Body, ClientId, Cursor, Emoji, Epoch, Event, EventKind, Refusal, ServerMessage,
    limits::{PAGE_EVENTS, SEARCH_HITS},
    message::{ClientLimits, Hit, PageOf, Request, RoomAt, Roster},
};

use super::*;
use crate::{
    i18n::ENGLISH,
    state::{
        chat_message::ChatMessage,
        drafts::{Composing, DraftEffect, Origin, StoredDraft},
        effect::{Announcement, NotificationRequest},
        fixtures::{author, cursor, event, events, initial_state, present},
        replica::{Replica, ReplicaHeader},
        room::NewMessages,
        submission::Submission,
    },
    view::{
        locale::Locale,
        rows::{DeliveryStatus, Row, RowContent, ViewContext},
    },
};

fn at(tick: u64) -> Moment {
    Moment { tick, wall: 10_000 + tick, random: 0.5 }
}

fn welcome(name: Option<&str>) -> ServerMessage {
    welcome_of_build(name, "one")
}

fn welcome_of_build(name: Option<&str>, build: &str) -> ServerMessage {
    ServerMessage::Welcome {
        session: AuthorId("me".into()),
        token: None,
        name: name.map(|name| Name::parse(name).unwrap()),
        limits: ClientLimits { body_bytes: 16_384, name_graphemes: 32, post_burst: 40, posts_per_second: 10 },
        heartbeat_ms: 25_000,
        build: build.to_owned(),
    }
}

fn started(name: Option<&str>) -> Client {
    let mut client = Client::new(initial_state(name));
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.set_visible(true, at(0));
    client
}

fn online(name: Option<&str>) -> Client {
    let mut client = started(name);
    client.on_connected(at(1));
    client.on_message(welcome(name), at(2));
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
    let rows = rows(client);
    rows.iter()
        .filter_map(|row| match &row.content {
            RowContent::Message(row) => Some(row.message.text().to_owned()),
            _ => None,
        })
        .collect()
}

fn happens(seq: u64, kind: EventKind) -> ServerMessage {
    let event = Event { kind, ..event(seq) };
    ServerMessage::Event { room: RoomName::default(), epoch: cursor(0).epoch, event }
}

fn emoji() -> Emoji {
    Emoji::parse("👍").unwrap()
}

fn message(client: &Client, seq: u64) -> Arc<ChatMessage> {
    client.rooms.shown().message(seq).unwrap()
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

fn message_of_ana_in(name: &str, seq: u64, body: &str) -> ServerMessage {
    let kind = EventKind::posted(author("ana"), id(u128::from(seq)), Body::parse(body).unwrap());
    ServerMessage::Event { room: room(name), epoch: cursor(0).epoch, event: Event { kind, ..event(seq) } }
}

fn replica_of(name: &str, seqs: std::ops::RangeInclusive<u64>) -> Replica {
    let (first, last) = (*seqs.start(), *seqs.end());
    let header = ReplicaHeader {
        room: room(name),
        as_of: cursor(last),
        first,
        has_older: first > 1,
        topic: "tea".to_owned(),
        title: String::new(),
        read: last,
    };
    Replica { header, events: events(seqs) }
}

fn in_rooms(names: &[&str]) -> Client {
    let mut client =
        Client::new(InitialState { rooms: names.iter().map(|name| room(name)).collect(), ..initial_state(Some("Mo")) });
    client.on_restoring_replicas(false);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.set_visible(true, at(0));
    client.on_connected(at(1));
    client
}

fn rows(client: &Client) -> Vec<Row> {
    let locale = Locale { texts: ENGLISH, zone: Zone::fixed(0), hour12: false };
    let context =
        ViewContext { viewer: client.viewer(), locale: &locale, now: 10_000, online: client.is_certainly_online() };
    crate::view::rows::rows(&client.visible_timeline(), context)
}

fn snapshot_of(name: &str, top: u64) -> ServerMessage {
    ServerMessage::Snapshot {
        room: room(name),
        as_of: cursor(top),
        events: events(1..=top),
        has_older: false,
        roster: Roster::default(),
        topic: String::new(),
        title: String::new(),
        read: Some(1),
    }
}

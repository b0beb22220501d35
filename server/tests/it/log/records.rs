//! Operations on a room, what is read from logs, and accessors for the content of events.

use parlor::{Author, AuthorId, ClientId, Cursor, Emoji, Event, EventKind, Name, Quote, Reaction, RoomName};
use parlor_server::engine::{
    Append, Backlog, Deliveries, Delivery, Directory, EngineError, EventLog, HistoryPage, NameHolder, Operation,
    Receipt,
};

use crate::support::engine::{ana, body, message, permit, read_context, room};
use crate::support::fixture::{Fixture, append};
use crate::support::wait_for;

pub(crate) fn bo() -> Author {
    Author { id: AuthorId("bo-id".into()), name: Name::parse("Bo").unwrap() }
}

/// One of several people.
pub(super) fn person(number: usize) -> Author {
    Author { id: AuthorId(format!("p{number}").into()), name: Name::parse(&format!("Person {number}")).unwrap() }
}

pub(super) fn room_named(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

pub(crate) fn post(text: &str, reply_to: Option<u64>) -> Operation {
    Operation::Post { body: body(text), mentions: None, reply_to: reply_to.map(Into::into) }
}

pub(crate) fn edit(target: u64, text: &str) -> Operation {
    Operation::Edit { target: target.into(), body: body(text), mentions: None }
}

pub(crate) fn delete(target: u64) -> Operation {
    Operation::Delete { target: target.into() }
}

pub(super) fn react(target: u64, emoji: &str, on: bool) -> Operation {
    Operation::React { target: target.into(), emoji: Emoji::parse(emoji).unwrap(), on }
}

pub(super) fn topic(topic: &str) -> Operation {
    Operation::Topic { topic: topic.to_owned() }
}

pub(super) fn submission(author: &Author, id: &str, operation: Operation) -> Append {
    Append { author: author.clone(), client_id: ClientId::parse(id).unwrap(), operation, ..message(0) }
}

/// Lets these people hold their names, as all authors do.
pub(super) async fn claim_names(directory: &dyn Directory, authors: &[Author]) {
    for author in authors {
        directory.claim_name(author, NameHolder::Connection).await.unwrap();
    }
}

pub(super) async fn submit(
    fixture: &impl Fixture,
    author: &Author,
    id: &str,
    operation: Operation,
) -> Result<Receipt, EngineError> {
    append(fixture, submission(author, id, operation)).await
}

/// Submits an operation and returns the seq of its receipt.
pub(crate) async fn apply(fixture: &impl Fixture, author: &Author, id: &str, operation: Operation) -> u64 {
    submit(fixture, author, id, operation).await.unwrap().seq
}

/// Appends these messages of Ana to the lobby.
pub(super) async fn append_all(fixture: &impl Fixture, numbers: impl IntoIterator<Item = u64>) {
    append_all_in(fixture, &room(), numbers).await;
}

/// Appends these messages of Ana to a room.
pub(super) async fn append_all_in(fixture: &impl Fixture, room: &RoomName, numbers: impl IntoIterator<Item = u64>) {
    claim_names(fixture.directory(), &[ana()]).await;
    let mut pending = Vec::new();
    for number in numbers {
        pending.push(fixture.log().append(Append { room: room.clone(), ..message(number) }).await.unwrap());
    }
    for appending in pending {
        appending.committed().await.unwrap();
    }
}

/// The seq of the last event of a room, 0 if it has no log.
pub(super) async fn last_seq(log: &dyn EventLog, room: &RoomName) -> u64 {
    log.log_end(&permit(room)).await.unwrap().map_or(0, |end| end.seq)
}

/// The newest page of the lobby.
pub(crate) async fn newest(log: &dyn EventLog) -> HistoryPage {
    log.newest(&permit(&room()), read_context(last_seq(log, &room()).await)).await.unwrap()
}

/// All events of the lobby, as they happened.
pub(crate) async fn whole_log(log: &dyn EventLog) -> Vec<Event> {
    log_of(log, &room()).await
}

/// All events of a room, as they happened. The last one is at the end of the log.
pub(super) async fn log_of(log: &dyn EventLog, room: &RoomName) -> Vec<Event> {
    let end = log.log_end(&permit(room)).await.unwrap().unwrap();
    let (mut events, mut cursor) = (Vec::new(), Cursor::start(end.epoch.clone()));
    loop {
        let page = match log.backlog(&permit(room), &cursor, end.seq).await.unwrap() {
            Backlog::Events(page) => page,
            Backlog::Reset(reason) => panic!("{reason:?}"),
        };
        events.extend(page.events);
        let last: &Event = events.last().unwrap();
        cursor = Cursor { seq: last.seq, hash: last.hash.clone(), ..cursor };
        if !page.has_newer {
            assert_eq!(cursor, end);
            return events;
        }
    }
}

/// Begins to deliver the events of a room after the end of its log, and returns the seq of the last one.
pub(super) async fn subscribe(log: &dyn EventLog, room: &RoomName) -> u64 {
    log.subscribe(room);
    last_seq(log, room).await
}

/// The next event or signal that is delivered.
pub(super) async fn next_delivery(deliveries: &mut Deliveries) -> Delivery {
    loop {
        match wait_for("a delivery", deliveries.recv()).await.unwrap() {
            Delivery::Bus(_) | Delivery::Fence(_) => {}
            delivery => return delivery,
        }
    }
}

/// The next event that is delivered, with its room. There is no signal before it.
pub(super) async fn next_event(deliveries: &mut Deliveries) -> (RoomName, Event) {
    match next_delivery(deliveries).await {
        Delivery::Committed { room, event, .. } => (room, event),
        other => panic!("{other:?} is no event"),
    }
}

/// The next events that are delivered, all of the lobby.
pub(super) async fn next_events(fixture: &mut impl Fixture, count: usize) -> Vec<Event> {
    let (_, deliveries) = fixture.log_and_deliveries();
    let mut events = Vec::new();
    while events.len() < count {
        let (of, event) = next_event(deliveries).await;
        assert_eq!(of, room());
        events.push(event);
    }
    events
}

/// The id that the author of an event has sent.
pub(super) fn client_id(event: &Event) -> &str {
    match &event.kind {
        EventKind::Posted { client_id, .. } => client_id.as_str(),
        other => panic!("{other:?} is no message"),
    }
}

pub(crate) fn body_of(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Posted { body, .. } | EventKind::Edited { body, .. } => body.as_ref().map(|body| body.as_str()),
        other => panic!("the event has no text: {other:?}"),
    }
}

pub(crate) fn bodies(events: &[Event]) -> Vec<Option<&str>> {
    events.iter().map(body_of).collect()
}

pub(super) fn quote_of(event: &Event) -> &Quote {
    let EventKind::Posted { reply_to: Some(quote), .. } = &event.kind else { panic!("no reply: {event:?}") };
    quote
}

/// Each emoji of a message, with its count and the ids of the people named.
pub(super) fn reactions_of(event: &Event) -> Vec<(&str, u32, Vec<&str>)> {
    let EventKind::Posted { reactions, .. } = &event.kind else { panic!("no message: {event:?}") };
    reactions
        .iter()
        .map(|Reaction { emoji, count, people }| {
            (emoji.as_str(), *count, people.iter().map(|who| who.id.as_str()).collect())
        })
        .collect()
}

/// Enters the lobby many times while others append, and leaves it after some events: none may be missing after the end that
/// was read.
pub(super) async fn enter_and_leave_often(log: &dyn EventLog, deliveries: &mut Deliveries) {
    for _ in 0..30 {
        let mut last = subscribe(log, &room()).await;
        let end = last + 3;
        while last < end {
            let (_, event) = next_event(deliveries).await;
            // What was delivered before the end was read is known.
            if event.seq > last {
                assert_eq!(event.seq, last + 1);
                last = event.seq;
            }
        }
        log.unsubscribe(&room());
    }
}

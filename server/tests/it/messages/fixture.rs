//! Operations on a room, and accessors for the content of events.

use parlor::{Author, AuthorId, ClientId, Cursor, Emoji, Event, EventKind, Name, Quote, Reaction};
use parlor_server::engine::{
    Append, Backlog, EmbeddedEngine, EngineError, HistoryPage, LogHistory as _, Operation, Receipt,
};

use crate::support::engine::{append, body, message, permit, read_context, room};

pub(super) fn bo() -> Author {
    Author { id: AuthorId("bo-id".into()), name: Name::parse("Bo").unwrap() }
}

pub(super) fn post(text: &str, reply_to: Option<u64>) -> Operation {
    Operation::Post { body: body(text), mentions: None, reply_to: reply_to.map(Into::into) }
}

pub(super) fn edit(target: u64, text: &str) -> Operation {
    Operation::Edit { target: target.into(), body: body(text), mentions: None }
}

pub(super) fn delete(target: u64) -> Operation {
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

pub(super) async fn submit(
    engine: &EmbeddedEngine,
    author: &Author,
    id: &str,
    operation: Operation,
) -> Result<Receipt, EngineError> {
    append(engine, submission(author, id, operation)).await
}

/// Submits an operation and returns the seq of its receipt.
pub(super) async fn apply(engine: &EmbeddedEngine, author: &Author, id: &str, operation: Operation) -> u64 {
    submit(engine, author, id, operation).await.unwrap().seq
}

pub(super) async fn newest(engine: &EmbeddedEngine) -> HistoryPage {
    let up_to = engine.log_end(&permit(&room())).await.unwrap().unwrap().seq;
    engine.newest(&permit(&room()), read_context(up_to)).await.unwrap()
}

/// All events of the log, as they happened.
pub(super) async fn whole_log(engine: &EmbeddedEngine) -> Vec<Event> {
    let end = engine.log_end(&permit(&room())).await.unwrap().unwrap();
    match engine.backlog(&permit(&room()), &Cursor::start(end.epoch), end.seq).await.unwrap() {
        Backlog::Events(page) => page.events,
        Backlog::Reset(reason) => panic!("{reason:?}"),
    }
}

pub(super) fn body_of(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Posted { body, .. } | EventKind::Edited { body, .. } => body.as_ref().map(|body| body.as_str()),
        other => panic!("the event has no text: {other:?}"),
    }
}

pub(super) fn bodies(events: &[Event]) -> Vec<Option<&str>> {
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

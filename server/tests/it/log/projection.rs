//! Projection: for any operations, history pages equal the log's events, applied up to any seq.

use std::collections::{BTreeMap, BTreeSet};

use parlor::message::PageOf;
use parlor::{AuthorId, Emoji, Event, EventKind, RoomName};
use parlor_server::engine::{Append, Operation};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::records::{claim_names, log_of, next_event, person, room_named, submission, subscribe};
use crate::support::engine::{body, permit, read_context, seqs};
use crate::support::fixture::{Fixture, commit};

/// Sequences of operations, each in a room of its own.
const SEQUENCES: usize = 16;

const EMOJI: [&str; 2] = ["👍", "🎉"];

/// Operations, each with the number of its author. Some targets do not exist, so that some operations are refused.
fn operations() -> impl Strategy<Value = Vec<(usize, Operation)>> {
    let target = || 1u64..6;
    let operation = prop_oneof![
        2 => prop::option::weighted(0.3, target())
            .prop_map(|reply_to| Operation::Post { body: body("posted"), mentions: None, reply_to: reply_to.map(Into::into) }),
        3 => (target(), "[ab]").prop_map(|(target, text)| Operation::Edit { target: target.into(), body: body(&text), mentions: None }),
        1 => target().prop_map(|target| Operation::Delete { target: target.into() }),
        12 => (target(), 0..EMOJI.len(), any::<bool>()).prop_map(|(target, emoji, on)| {
            Operation::React { target: target.into(), emoji: Emoji::parse(EMOJI[emoji]).unwrap(), on }
        }),
        1 => "[ab]?".prop_map(|topic| Operation::Topic { topic }),
    ];
    prop::collection::vec((0usize..2, operation), 1..60)
}

/// A message as both sides know it; empty if it was deleted later.
#[derive(Debug, Default, PartialEq, Eq)]
struct MessageState {
    text: Option<String>,
    edited_at: Option<u64>,
    reactions: BTreeMap<String, BTreeSet<AuthorId>>,
}

/// Applies the events up to a seq. Messages deleted by the end of the log are empty.
fn projected(log: &[Event], up_to: u64) -> BTreeMap<u64, MessageState> {
    let mut messages = BTreeMap::<u64, MessageState>::new();
    for event in log.iter().filter(|event| event.seq <= up_to) {
        match &event.kind {
            EventKind::Posted { body, .. } => {
                let text = body.as_ref().map(|body| body.as_str().to_owned());
                messages.insert(event.seq, MessageState { text, ..MessageState::default() });
            }
            EventKind::Edited { target, body, .. } => {
                let state = messages.get_mut(target).unwrap();
                state.text = body.as_ref().map(|body| body.as_str().to_owned());
                state.edited_at = Some(event.at);
            }
            EventKind::Reacted { by, target, emoji, .. } => {
                let people = messages.get_mut(target).unwrap().reactions.entry(emoji.as_str().to_owned()).or_default();
                assert!(people.insert(by.id.clone()), "a repeated reaction makes no event");
            }
            EventKind::Unreacted { by, target, emoji, .. } => {
                let reactions = &mut messages.get_mut(target).unwrap().reactions;
                let people = reactions.get_mut(emoji.as_str()).unwrap();
                assert!(people.remove(&by.id), "only an existing reaction is removed");
                if people.is_empty() {
                    reactions.remove(emoji.as_str());
                }
            }
            EventKind::Deleted { .. } | EventKind::Topic { .. } => {}
            EventKind::Unknown => panic!("{event:?}"),
        }
    }
    for event in log {
        if let EventKind::Deleted { target, .. } = &event.kind
            && let Some(state) = messages.get_mut(target)
        {
            *state = MessageState::default();
        }
    }
    messages
}

fn states_of(page: &[Event]) -> BTreeMap<u64, MessageState> {
    let mut messages = BTreeMap::new();
    for event in page {
        let EventKind::Posted { body, edited_at, reactions, .. } = &event.kind else { panic!("no message: {event:?}") };
        let reactions = reactions.iter().map(|reaction| {
            assert_eq!(reaction.count as usize, reaction.people.len(), "so few people are all listed");
            (reaction.emoji.as_str().to_owned(), reaction.people.iter().map(|who| who.id.clone()).collect())
        });
        let text = body.as_ref().map(|body| body.as_str().to_owned());
        messages.insert(event.seq, MessageState { text, edited_at: *edited_at, reactions: reactions.collect() });
    }
    messages
}

/// Whether an event's text was erased, because its message was deleted.
fn is_erased(event: &Event) -> bool {
    matches!(event.kind, EventKind::Posted { body: None, .. } | EventKind::Edited { body: None, .. })
}

/// The event without the content of its quote, which is read when the event is sent.
fn without_quote(mut event: Event) -> Event {
    if let EventKind::Posted { reply_to: Some(quote), .. } = &mut event.kind {
        (quote.author, quote.excerpt) = (None, None);
    }
    event
}

async fn check(fixture: &mut impl Fixture, room: &RoomName, operations: Vec<(usize, Operation)>) {
    let (log, deliveries) = fixture.log_and_deliveries();
    subscribe(log, room).await;
    let mut acknowledged = Vec::new();
    let first = (0, Operation::post(body("first")));
    let operations = [first.clone(), first].into_iter().chain(operations);
    for (number, (who, operation)) in operations.enumerate() {
        let append = Append { room: room.clone(), ..submission(&person(who), &format!("c{number}"), operation) };
        acknowledged.extend(commit(log, append).await.ok().map(|receipt| receipt.seq));
    }
    let events = log_of(log, room).await;
    let end = events.len() as u64;
    assert_eq!(seqs(&events), (1..=end).collect::<Vec<_>>());
    assert!(acknowledged.iter().all(|seq| *seq <= end));
    for stored in &events {
        let (of, event) = next_event(deliveries).await;
        assert_eq!((&of, event.seq), (room, stored.seq), "each event is delivered once");
        if !is_erased(stored) {
            assert_eq!(without_quote(event), without_quote(stored.clone()), "a live event equals the stored one");
        }
    }
    let permit = permit(room);
    for up_to in 0..=end {
        let page = log.newest(&permit, read_context(up_to)).await.unwrap();
        let mut expected = projected(&events, up_to);
        let older = expected.len() > page.events.len();
        while expected.len() > parlor::limits::PAGE_EVENTS {
            expected.pop_first();
        }
        assert_eq!(states_of(&page.events), expected, "up to {up_to} of {events:#?}");
        assert_eq!((page.has_older, page.has_newer), (older, false));
        // Two pages that meet in the middle have the same messages.
        let mut parts = log.page(&permit, PageOf::Before(up_to / 2), read_context(up_to)).await.unwrap().events;
        let after = PageOf::After((up_to / 2).saturating_sub(1));
        parts.extend(log.page(&permit, after, read_context(up_to)).await.unwrap().events);
        assert_eq!(states_of(&parts), expected);
    }
    assert_eq!(log.first_break(room).await, Ok(None));
}

pub(super) async fn pages_equal_the_log(fixture: &mut impl Fixture) {
    claim_names(fixture.directory(), &[person(0), person(1)]).await;
    let mut runner = TestRunner::default();
    for number in 0..SEQUENCES {
        let operations = operations().new_tree(&mut runner).unwrap().current();
        check(fixture, &room_named(&format!("room-{number}")), operations).await;
    }
}

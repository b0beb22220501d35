//! Compares the editors' histories of one room with its log, and the log with the room's history pages. Pure.

mod projection;

use std::collections::{HashMap, HashSet};

use parlor::{ClientMessage, Event, EventKind};

use self::projection::project;
use crate::editor_history::{EditRequest, EditorHistory};

/// The identity of a request in the log: the author's id and the client id.
type RequestId<'a> = (&'a str, &'a str);

/// Returns a description of each difference that it finds.
pub(crate) fn check(log: &[Event], pages: &[Event], histories: &[EditorHistory]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut event_seqs = HashMap::new();
    for (event, expected) in log.iter().zip(1..) {
        if event.seq != expected {
            problems.push(format!("the log has #{} where #{expected} should be", event.seq));
        }
        if let Some(request) = request_id(event)
            && let Some(before) = event_seqs.insert(request, event.seq)
        {
            problems.push(format!("the log has at #{} again what it has at #{before}: {:?}", event.seq, event.kind));
        }
    }
    for history in histories {
        let label = &history.label;
        for request in &history.requests {
            let event_seq = event_seqs.get(&(history.author_id.as_str(), request.client_id.as_str())).copied();
            if let Some(problem) = check_reply(log, &history.author_id, request, event_seq) {
                problems.push(format!("{label}: {problem}: {:?}", request.message));
            }
        }
        // Hashes form a chain: equal hashes at one seq mean equal logs up to it.
        let difference = log.iter().zip(&history.events).find(|(event, received)| event.hash != received.hash);
        if let Some((event, _)) = difference {
            problems.push(format!("{label} received another log from #{} on", event.seq));
        }
        if history.events.len() != log.len() {
            problems.push(format!("{label} received {} of {} events", history.events.len(), log.len()));
        }
        problems.extend(history.problems.iter().map(|problem| format!("{label}: {problem}")));
    }
    check_pages(log, pages, &mut problems);
    problems
}

/// Checks that the history pages contain exactly the messages that the log's events result in.
fn check_pages(log: &[Event], pages: &[Event], problems: &mut Vec<String>) {
    let (from_log, from_pages) = (project(log), project(pages));
    for (seq, message) in &from_log {
        let in_page = from_pages.get(seq);
        if in_page != Some(message) {
            problems.push(format!("#{seq} is {message:?} by the log, and {in_page:?} in a page"));
        }
    }
    if from_pages.len() > from_log.len() {
        problems.push(format!("pages have {} messages, the log has {}", from_pages.len(), from_log.len()));
    }
}

/// Counts the requests that were accepted and created no event.
pub(crate) fn count_no_ops(log: &[Event], histories: &[EditorHistory]) -> usize {
    let with_event: HashSet<_> = log.iter().filter_map(request_id).collect();
    let is_no_op = |history: &EditorHistory, request: &EditRequest| {
        let id = (history.author_id.as_str(), request.client_id.as_str());
        matches!(request.reply, Some(Ok(_))) && !with_event.contains(&id)
    };
    let count = |history: &EditorHistory| history.requests.iter().filter(|request| is_no_op(history, request)).count();
    histories.iter().map(count).sum()
}

/// The request that created an event.
fn request_id(event: &Event) -> Option<RequestId<'_>> {
    let (author, client_id) = match &event.kind {
        EventKind::Posted { author, client_id, .. } => (author, client_id),
        EventKind::Edited { by, client_id, .. }
        | EventKind::Deleted { by, client_id, .. }
        | EventKind::Reacted { by, client_id, .. }
        | EventKind::Unreacted { by, client_id, .. }
        | EventKind::Topic { by, client_id, .. } => (by, client_id),
        EventKind::Unknown => return None,
    };
    Some((author.id.as_str(), client_id.as_str()))
}

/// Checks the reply to a request, given the seq of the event that the request created.
fn check_reply(log: &[Event], author_id: &str, request: &EditRequest, event_seq: Option<u64>) -> Option<String> {
    match (request.reply, event_seq) {
        (None, _) => Some("it was never answered".to_owned()),
        (Some(Err(code)), Some(seq)) => Some(format!("refused with {code:?}, and at #{seq}")),
        (Some(Ok(0)), Some(seq)) => Some(format!("acknowledged with 0 as changing nothing, and at #{seq}")),
        (Some(Ok(acked)), Some(seq)) if acked != seq => Some(format!("acknowledged at #{acked}, and at #{seq}")),
        (Some(Ok(acked)), None) => check_no_op(log, author_id, request, usize::try_from(acked).unwrap_or(usize::MAX)),
        _ => None,
    }
}

/// Checks the acknowledgement of a request that changed nothing: its seq must be that of an event which left nothing to
/// change.
fn check_no_op(log: &[Event], author_id: &str, request: &EditRequest, acked: usize) -> Option<String> {
    let is_justified = match acked.checked_sub(1) {
        Some(index) => log.get(index).is_some_and(|event| makes_redundant(event, author_id, &request.message)),
        // 0 is the reply only to the empty topic in a room that has never had another topic.
        None => matches!(&request.message, ClientMessage::Topic { topic, .. } if topic.is_empty()),
    };
    if !is_justified {
        return Some(format!("acknowledged with #{acked}, which does not make the request redundant"));
    }
    // The server knew at least the events that it had sent to the editor before the request.
    let since = log.get(acked..request.known_events.min(log.len()))?;
    let is_topic = matches!(request.message, ClientMessage::Topic { .. });
    let other = since.iter().find(|event| is_topic && matches!(event.kind, EventKind::Topic { .. }))?;
    Some(format!("acknowledged at #{acked}, though the topic had been set at #{}", other.seq))
}

/// Whether an event can be the reason why a request had nothing to change.
fn makes_redundant(event: &Event, author_id: &str, request: &ClientMessage) -> bool {
    match (request, &event.kind) {
        (ClientMessage::Edit { target, .. }, EventKind::Edited { target: of, .. })
        | (ClientMessage::Delete { target, .. }, EventKind::Deleted { target: of, .. }) => target.seq == *of,
        (
            ClientMessage::Edit { target, .. } | ClientMessage::React { target, on: false, .. },
            EventKind::Posted { .. },
        ) => target.seq == event.seq,
        (
            ClientMessage::React { target, emoji, on: true, .. },
            EventKind::Reacted { by, target: of, emoji: added, .. },
        )
        | (
            ClientMessage::React { target, emoji, on: false, .. },
            EventKind::Unreacted { by, target: of, emoji: added, .. },
        ) => target.seq == *of && emoji == added.as_str() && by.id.as_str() == author_id,
        (ClientMessage::Topic { topic, .. }, EventKind::Topic { topic: set, .. }) => topic == set,
        _ => false,
    }
}

#[cfg(test)]
mod tests;

//! Compares what people did to messages, and what they saw of it, with the log and with the pages. Pure.

mod ledger;

use std::collections::{BTreeMap, HashMap, HashSet};

use parlor::{AuthorId, ClientMessage, Event, EventKind};

pub(super) use self::ledger::{Asked, ChangerLedger};

/// A request as it is identified in the log: the author's id and the client id.
type RequestId<'a> = (&'a str, &'a str);

/// What is wrong, for people.
pub(super) fn check(log: &[Event], pages: &[Event], ledgers: &[ChangerLedger]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut places = HashMap::new();
    for (event, expected) in log.iter().zip(1..) {
        if event.seq != expected {
            wrong.push(format!("the log has #{} where #{expected} should be", event.seq));
        }
        if let Some(request) = request_of(event)
            && let Some(before) = places.insert(request, event.seq)
        {
            wrong.push(format!("the log has at #{} again what it has at #{before}: {:?}", event.seq, event.kind));
        }
    }
    for ledger in ledgers {
        for asked in &ledger.asked {
            let made = places.get(&(ledger.author.as_str(), asked.client_id.as_str())).copied();
            if let Some(what) = judge(log, &ledger.author, asked, made) {
                wrong.push(format!("{}: {what}: {:?}", ledger.who, asked.message));
            }
        }
        // The hash at a place stands for everything up to it.
        let differs = log.iter().zip(&ledger.seen).find(|(event, seen)| event.hash != seen.hash);
        if let Some((event, _)) = differs {
            wrong.push(format!("{} saw another log from #{} on", ledger.who, event.seq));
        }
        if ledger.seen.len() != log.len() {
            wrong.push(format!("{} saw {} of {} events", ledger.who, ledger.seen.len(), log.len()));
        }
        wrong.extend(ledger.trouble.iter().map(|trouble| format!("{}: {trouble}", ledger.who)));
    }
    let (told, shown) = (fold(log), fold(pages));
    for (seq, message) in &told {
        if shown.get(seq) != Some(message) {
            wrong.push(format!("#{seq} is {message:?} by the log, and {:?} in a page", shown.get(seq)));
        }
    }
    if shown.len() > told.len() {
        wrong.push(format!("pages have {} messages, the log has {}", shown.len(), told.len()));
    }
    wrong
}

/// Counts the requests that were accepted and made no event.
pub(super) fn count_no_ops(log: &[Event], ledgers: &[ChangerLedger]) -> usize {
    let made: HashSet<_> = log.iter().filter_map(request_of).collect();
    let is_no_op = |ledger: &ChangerLedger, asked: &Asked| {
        matches!(asked.answer, Some(Ok(_))) && !made.contains(&(ledger.author.as_str(), asked.client_id.as_str()))
    };
    ledgers.iter().map(|ledger| ledger.asked.iter().filter(|asked| is_no_op(ledger, asked)).count()).sum()
}

/// The request that made an event.
fn request_of(event: &Event) -> Option<RequestId<'_>> {
    let (who, id) = match &event.kind {
        EventKind::Posted { author, client_id, .. } => (author, client_id),
        EventKind::Edited { by, client_id, .. }
        | EventKind::Deleted { by, client_id, .. }
        | EventKind::Reacted { by, client_id, .. }
        | EventKind::Unreacted { by, client_id, .. }
        | EventKind::Topic { by, client_id, .. } => (by, client_id),
        EventKind::Unknown => return None,
    };
    Some((who.id.as_str(), id.as_str()))
}

/// What is wrong with an answer, given the place of the event that the request made.
fn judge(log: &[Event], author: &str, asked: &Asked, made: Option<u64>) -> Option<String> {
    match (asked.answer, made) {
        (None, _) => Some("it was never answered".to_owned()),
        (Some(Err(code)), Some(seq)) => Some(format!("refused with {code:?}, and at #{seq}")),
        (Some(Ok(0)), Some(seq)) => Some(format!("acknowledged with 0 as changing nothing, and at #{seq}")),
        (Some(Ok(told)), Some(seq)) if told != seq => Some(format!("acknowledged at #{told}, and at #{seq}")),
        (Some(Ok(told)), None) => judge_no_op(log, author, asked, usize::try_from(told).unwrap_or(usize::MAX)),
        _ => None,
    }
}

/// What is wrong with the acknowledgement of a request that changed nothing, given the place that was told.
fn judge_no_op(log: &[Event], author: &str, asked: &Asked, told: usize) -> Option<String> {
    let holds = match told.checked_sub(1) {
        Some(index) => log.get(index).is_some_and(|event| makes_it_so(event, author, &asked.message)),
        // 0 is the answer to the empty topic alone, in a room that never had another one.
        None => matches!(&asked.message, ClientMessage::Topic { topic, .. } if topic.is_empty()),
    };
    if !holds {
        return Some(format!("acknowledged at #{told}, where nothing has made it so"));
    }
    // The server knew at least what had been shown to whoever asked.
    let since = log.get(told..asked.known.min(log.len()))?;
    let is_topic = matches!(asked.message, ClientMessage::Topic { .. });
    let other = since.iter().find(|event| is_topic && matches!(event.kind, EventKind::Topic { .. }))?;
    Some(format!("acknowledged at #{told}, though the topic had been set at #{}", other.seq))
}

/// Whether an event can be why a request had nothing to change.
fn makes_it_so(event: &Event, author: &str, asked: &ClientMessage) -> bool {
    match (asked, &event.kind) {
        (ClientMessage::Edit { target, .. }, EventKind::Edited { target: of, .. })
        | (ClientMessage::Delete { target, .. }, EventKind::Deleted { target: of, .. }) => target.seq == *of,
        (
            ClientMessage::Edit { target, .. } | ClientMessage::React { target, on: false, .. },
            EventKind::Posted { .. },
        ) => target.seq == event.seq,
        (
            ClientMessage::React { target, emoji, on: true, .. },
            EventKind::Reacted { by, target: of, emoji: put, .. },
        )
        | (
            ClientMessage::React { target, emoji, on: false, .. },
            EventKind::Unreacted { by, target: of, emoji: put, .. },
        ) => target.seq == *of && emoji == put.as_str() && by.id.as_str() == author,
        (ClientMessage::Topic { topic, .. }, EventKind::Topic { topic: set, .. }) => topic == set,
        _ => false,
    }
}

/// A message as it can be told from the log and from a page alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Folded {
    text: Option<String>,
    edited_at: Option<u64>,
    answers: Option<u64>,
    /// The emoji in their order, with the people who put them there.
    reactions: Vec<(String, Vec<AuthorId>)>,
}

/// What events make of messages. A page is a log in which nothing but messages is.
fn fold(events: &[Event]) -> BTreeMap<u64, Folded> {
    let mut messages = BTreeMap::<u64, Folded>::new();
    for event in events {
        match &event.kind {
            EventKind::Posted { body, reply_to, edited_at, reactions, .. } => {
                let people = reactions.iter().map(|reaction| {
                    let mut people: Vec<_> = reaction.people.iter().map(|who| who.id.clone()).collect();
                    people.sort_unstable();
                    (reaction.emoji.as_str().to_owned(), people)
                });
                let text = body.as_ref().map(|body| body.as_str().to_owned());
                let answers = reply_to.as_ref().map(|quote| quote.seq);
                let message = Folded { text, edited_at: *edited_at, answers, reactions: people.collect() };
                messages.insert(event.seq, message);
            }
            EventKind::Edited { target, body, .. } => {
                if let Some(message) = messages.get_mut(target) {
                    message.text = body.as_ref().map(|body| body.as_str().to_owned());
                    message.edited_at = Some(event.at);
                }
            }
            EventKind::Deleted { target, .. } => {
                if let Some(message) = messages.get_mut(target) {
                    (message.text, message.edited_at, message.reactions) = (None, None, Vec::new());
                }
            }
            EventKind::Reacted { by, target, emoji, .. } => {
                if let Some(message) = messages.get_mut(target) {
                    react(&mut message.reactions, emoji.as_str(), &by.id);
                }
            }
            EventKind::Unreacted { by, target, emoji, .. } => {
                if let Some(message) = messages.get_mut(target) {
                    let emoji = message.reactions.iter_mut().find(|(put, _)| put == emoji.as_str());
                    if let Some((_, people)) = emoji {
                        people.retain(|who| *who != by.id);
                    }
                    message.reactions.retain(|(_, people)| !people.is_empty());
                }
            }
            EventKind::Topic { .. } | EventKind::Unknown => {}
        }
    }
    messages
}

fn react(reactions: &mut Vec<(String, Vec<AuthorId>)>, emoji: &str, who: &AuthorId) {
    match reactions.iter_mut().find(|(put, _)| put == emoji) {
        Some((_, people)) => {
            people.push(who.clone());
            people.sort_unstable();
        }
        None => reactions.push((emoji.to_owned(), vec![who.clone()])),
    }
}

#[cfg(test)]
mod tests;

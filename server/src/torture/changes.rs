//! Compares what people did to messages, and what they saw of it, with the log and with the pages. Pure.

use std::collections::{BTreeMap, HashMap};

use parlor::{AuthorId, ClientId, ClientMessage, ErrorCode, Event, EventKind};

/// Something that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) client_id: ClientId,
    pub(super) message: ClientMessage,
    /// The place that was told, or why it was refused.
    pub(super) answer: Option<Result<u64, ErrorCode>>,
}

/// What one person asked for and saw.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangerLedger {
    pub(super) who: String,
    /// The session's public id.
    pub(super) author: String,
    pub(super) asked: Vec<Asked>,
    /// The log, as it came.
    pub(super) seen: Vec<Event>,
    pub(super) trouble: Vec<String>,
}

impl ChangerLedger {
    /// What still has to be answered: one thing at most, as nothing is asked before.
    pub(super) fn unanswered(&self) -> Option<&Asked> {
        self.asked.last().filter(|asked| asked.answer.is_none())
    }

    /// An answer came; the same question has the same one, whenever it is asked.
    pub(super) fn answered(&mut self, client_id: &ClientId, answer: Result<u64, ErrorCode>) {
        let Some(asked) = self.asked.iter_mut().rfind(|asked| asked.client_id == *client_id) else {
            self.trouble.push(format!("{} was answered and never asked", client_id.as_str()));
            return;
        };
        match asked.answer {
            // A refusal is kept nowhere: what was refused may be accepted later, and the other way round it may not.
            None | Some(Err(_)) => asked.answer = Some(answer),
            Some(before) if before != answer => {
                self.trouble.push(format!("answered {before:?} and then {answer:?}: {:?}", asked.message));
            }
            Some(_) => {}
        }
    }

    /// The places of the messages seen.
    pub(super) fn messages(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.seen.iter().filter(|event| matches!(event.kind, EventKind::Posted { .. })).map(|event| event.seq)
    }

    /// Those that this person wrote.
    pub(super) fn own_messages(&self) -> impl DoubleEndedIterator<Item = u64> {
        let own = |event: &&Event| matches!(&event.kind, EventKind::Posted { author, .. } if author.id.as_str() == self.author);
        self.seen.iter().filter(own).map(|event| event.seq)
    }
}

/// What is wrong, for people.
pub(super) fn check(log: &[Event], pages: &[Event], ledgers: &[ChangerLedger]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut places = HashMap::new();
    for (event, expected) in log.iter().zip(1..) {
        if event.seq != expected {
            wrong.push(format!("the log has #{} where #{expected} should be", event.seq));
        }
        if let Some(whose) = whose(event)
            && let Some(before) = places.insert(whose, event.seq)
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

/// Whose request made an event.
fn whose(event: &Event) -> Option<(&str, &str)> {
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
        (Some(Ok(told)), Some(seq)) if told != seq => Some(format!("acknowledged at #{told}, and at #{seq}")),
        (Some(Ok(told)), None) => {
            let made_it_so = told.checked_sub(1).and_then(|index| log.get(usize::try_from(index).ok()?));
            let holds = made_it_so.map_or(told == 0, |event| makes_it_so(event, author, &asked.message));
            (!holds).then(|| format!("acknowledged at #{told}, where nothing has made it so"))
        }
        _ => None,
    }
}

/// Whether an event can be why a request had nothing to change.
fn makes_it_so(event: &Event, author: &str, asked: &ClientMessage) -> bool {
    match (asked, &event.kind) {
        (ClientMessage::Edit { target, .. }, EventKind::Edited { target: of, .. })
        | (ClientMessage::Delete { target, .. }, EventKind::Deleted { target: of, .. }) => target == of,
        (
            ClientMessage::Edit { target, .. } | ClientMessage::React { target, on: false, .. },
            EventKind::Posted { .. },
        ) => *target == event.seq,
        (
            ClientMessage::React { target, emoji, on: true, .. },
            EventKind::Reacted { by, target: of, emoji: put, .. },
        )
        | (
            ClientMessage::React { target, emoji, on: false, .. },
            EventKind::Unreacted { by, target: of, emoji: put, .. },
        ) => target == of && emoji == put.as_str() && by.id.as_str() == author,
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

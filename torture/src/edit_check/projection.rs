//! The messages that result from a sequence of events.

use std::collections::BTreeMap;

use parlor::{AuthorId, Event, EventKind};

/// A message's current state, as far as both the log and a history page contain it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MessageState {
    /// `None` if it was deleted.
    text: Option<String>,
    edited_at: Option<u64>,
    /// The seq of the message that it replies to.
    reply_to: Option<u64>,
    /// Emoji in the order of their first use, with the people who reacted.
    reactions: Vec<(String, Vec<AuthorId>)>,
}

/// Applies events to messages, by seq. A history page is a log with nothing but messages, so it can be projected too.
pub(super) fn project(events: &[Event]) -> BTreeMap<u64, MessageState> {
    let mut messages = BTreeMap::<u64, MessageState>::new();
    for event in events {
        match &event.kind {
            EventKind::Posted { body, reply_to, edited_at, reactions, .. } => {
                let reactions = reactions.iter().map(|reaction| {
                    let mut people: Vec<_> = reaction.people.iter().map(|author| author.id.clone()).collect();
                    people.sort_unstable();
                    (reaction.emoji.as_str().to_owned(), people)
                });
                let message = MessageState {
                    text: body.as_ref().map(|body| body.as_str().to_owned()),
                    edited_at: *edited_at,
                    reply_to: reply_to.as_ref().map(|quote| quote.seq),
                    reactions: reactions.collect(),
                };
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
                    message.add_reaction(emoji.as_str(), &by.id);
                }
            }
            EventKind::Unreacted { by, target, emoji, .. } => {
                if let Some(message) = messages.get_mut(target) {
                    message.remove_reaction(emoji.as_str(), &by.id);
                }
            }
            EventKind::Topic { .. } | EventKind::Unknown => {}
        }
    }
    messages
}

impl MessageState {
    fn add_reaction(&mut self, emoji: &str, author_id: &AuthorId) {
        match self.reactions.iter_mut().find(|(existing, _)| existing == emoji) {
            Some((_, people)) => {
                people.push(author_id.clone());
                people.sort_unstable();
            }
            None => self.reactions.push((emoji.to_owned(), vec![author_id.clone()])),
        }
    }

    fn remove_reaction(&mut self, emoji: &str, author_id: &AuthorId) {
        if let Some((_, people)) = self.reactions.iter_mut().find(|(existing, _)| existing == emoji) {
            people.retain(|id| id != author_id);
        }
        self.reactions.retain(|(_, people)| !people.is_empty());
    }
}

//! Changes of messages after they were posted.

use parlor::{Author, Body, ClientId, Emoji, Event, EventKind, Mention};

/// A change of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new text with the people mentioned in it. The text is `None` if the server has erased it because the message
    /// was deleted later.
    Edit(Option<Body>, Option<Vec<Mention>>),
    /// Deletes the message. Its place in the log stays.
    Delete,
    /// Adds or removes a reaction of one person.
    React {
        /// The emoji.
        emoji: Emoji,
        /// Whether it is added.
        on: bool,
    },
}

/// The author of an event, and the client id under which they submitted it.
pub fn submitted_by(event: &Event) -> Option<(&Author, &ClientId)> {
    match &event.kind {
        EventKind::Posted { author: by, client_id, .. }
        | EventKind::Edited { by, client_id, .. }
        | EventKind::Deleted { by, client_id, .. }
        | EventKind::Reacted { by, client_id, .. }
        | EventKind::Unreacted { by, client_id, .. }
        | EventKind::Topic { by, client_id, .. } => Some((by, client_id)),
        EventKind::Unknown => None,
    }
}

impl Change {
    /// The changed message's seq, the author and the change of an event; none for events that change no message.
    pub fn of(event: &Event) -> Option<(u64, &Author, Self)> {
        let react = |emoji: &Emoji, on| Self::React { emoji: emoji.clone(), on };
        Some(match &event.kind {
            EventKind::Edited { by, target, body, mentions, .. } => {
                (*target, by, Self::Edit(body.clone(), mentions.clone()))
            }
            EventKind::Deleted { by, target, .. } => (*target, by, Self::Delete),
            EventKind::Reacted { by, target, emoji, .. } => (*target, by, react(emoji, true)),
            EventKind::Unreacted { by, target, emoji, .. } => (*target, by, react(emoji, false)),
            EventKind::Posted { .. } | EventKind::Topic { .. } | EventKind::Unknown => return None,
        })
    }
}

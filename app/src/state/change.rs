//! What happens to a message after it was posted.

use parlor::{Author, Body, ClientId, Emoji, Event, EventKind, Mention};

/// A change of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another text and the people mentioned in it; none where the server has erased it, because the message was deleted
    /// later.
    Edit(Option<Body>, Option<Vec<Mention>>),
    /// It is gone; its place stays.
    Delete,
    /// Somebody puts an emoji on it, or takes theirs off.
    React {
        /// Which.
        emoji: Emoji,
        /// Whether it is put on.
        on: bool,
    },
}

/// Who made an event, and under which id.
pub fn origin(event: &Event) -> Option<(&Author, &ClientId)> {
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
    /// The change that an event is, with the message that it changes and who made it.
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

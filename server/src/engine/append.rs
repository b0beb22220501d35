//! What is asked of a room's log.

use parlor::message::MessageRef;
use parlor::{Author, Body, ClientId, Emoji, Epoch, Mention, RoomName, UnixMillis};
use tokio::sync::oneshot;

use super::{EngineError, now};
use crate::random;

/// Something on its way into a room's log.
#[derive(Clone, Debug)]
pub struct Append {
    /// Where.
    pub room: RoomName,
    /// Who.
    pub author: Author,
    /// Its id: with the author's it is unique in its room, and the same again is the same, whatever else it asks for.
    pub client_id: ClientId,
    /// What.
    pub operation: Operation,
    /// The incarnation that the room's log gets if this is its first event: a room that nobody has written in is kept
    /// nowhere.
    pub epoch: Epoch,
    /// [`Engine::failures`](super::Engine::failures) when the sender last knew what had become of everything it had
    /// sent before. If there has been one since, an earlier message may be missing, and this one must not pass it.
    pub failures_known: u64,
    /// Nobody can ask for it again: its id is new, and need not be remembered.
    pub once: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Say something.
    Post {
        /// What.
        body: Body,
        /// The people mentioned in it; see [`EventKind::Posted`](parlor::EventKind::Posted).
        mentions: Option<Vec<Mention>>,
        /// The message that it answers, deleted or not.
        reply_to: Option<MessageRef>,
    },
    /// Change the text of a message of one's own.
    Edit {
        /// The message that is changed.
        target: MessageRef,
        /// The text from now on.
        body: Body,
        /// The people mentioned in it.
        mentions: Option<Vec<Mention>>,
    },
    /// Erase a message of one's own.
    Delete {
        /// The message that is changed.
        target: MessageRef,
    },
    /// Put an emoji on a message, or take it off.
    React {
        /// The message that is changed.
        target: MessageRef,
        /// What.
        emoji: Emoji,
        /// Whether it is to be there.
        on: bool,
    },
    /// Say what the room is about.
    Topic {
        /// As [`parlor::text::topic`] takes it.
        topic: String,
    },
}

impl Operation {
    /// A message that answers no other, with its mentions still to be resolved.
    pub fn post(body: Body) -> Self {
        Self::Post { body, mentions: None, reply_to: None }
    }

    /// The text that it puts into the log with the people mentioned in it, if it is one that may mention somebody.
    pub fn text_mut(&mut self) -> Option<(&Body, &mut Option<Vec<Mention>>)> {
        match self {
            Self::Post { body, mentions, .. } | Self::Edit { body, mentions, .. } => Some((body, mentions)),
            Self::Delete { .. } | Self::React { .. } | Self::Topic { .. } => None,
        }
    }

    /// Whether it begins the log of a room that has none. Any other operation changes nothing there, or is refused.
    pub fn begins_log(&self) -> bool {
        match self {
            Self::Post { reply_to, .. } => reply_to.is_none(),
            Self::Topic { topic } => !topic.is_empty(),
            Self::Edit { .. } | Self::Delete { .. } | Self::React { .. } => false,
        }
    }
}

impl Append {
    /// A message of a plain client, which makes no ids and is owed no order across a failure: it can't send again.
    pub fn from_plain(room: RoomName, epoch: Epoch, author: Author, body: Body) -> Self {
        let client_id = ClientId::new(now(), u128::from_be_bytes(random::bytes()));
        let operation = Operation::post(body);
        Self { room, author, client_id, operation, epoch, failures_known: u64::MAX, once: true }
    }
}

/// That what was asked for is in the log, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its place. If it changed nothing, that of the event that had made it so; 0 if there was no such event.
    pub seq: u64,
    /// When that was accepted.
    pub at: UnixMillis,
}

/// Something that has its place in line; the receipt comes when it is in the log.
#[derive(Debug)]
pub struct Appending(pub(super) oneshot::Receiver<Result<Receipt, EngineError>>);

impl Appending {
    /// Waits until it is in the log.
    ///
    /// # Errors
    /// [`EngineError`] when it is not, and will not be.
    pub async fn committed(self) -> Result<Receipt, EngineError> {
        self.0.await.unwrap_or(Err(EngineError::Unavailable))
    }
}

//! Operations on a room's log, and their receipts.

use parlor::message::MessageRef;
use parlor::{Author, Body, ClientId, Emoji, Epoch, Mention, RoomName, UnixMillis};
use tokio::sync::oneshot;

use super::clock::now;
use super::error::EngineError;
use crate::random;

/// An operation for a room's log, with its author and client id.
#[derive(Clone, Debug)]
pub struct Append {
    /// The room whose log the operation changes.
    pub room: RoomName,
    /// The person who asks for the operation.
    pub author: Author,
    /// The id that the client chose. A second operation with the same id, author and room is a retry of the first and
    /// gets its receipt, whatever it asks for.
    pub client_id: ClientId,
    /// The operation.
    pub operation: Operation,
    /// The epoch of the room's log if this operation creates it. A room without events is not stored.
    pub epoch: Epoch,
    /// The value of [`Engine::failures`](super::Engine::failures) when the sender last knew the outcome of all its
    /// earlier operations. After a newer failure one of them may be missing, so the engine refuses this one: it must
    /// not overtake the lost one.
    pub known_failures: u64,
    /// No receipt is stored. Only for operations that no client can retry, with a new random client id.
    pub skip_receipt: bool,
    /// Whether the author becomes the owner of a room that this operation creates: only the account of a person can.
    pub owns_new_room: bool,
}

/// A change to a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Post a message.
    Post {
        /// The text of the message.
        body: Body,
        /// The people mentioned in the text; see [`EventKind::Posted`](parlor::EventKind::Posted).
        mentions: Option<Vec<Mention>>,
        /// The message that it answers. That message may be deleted.
        reply_to: Option<MessageRef>,
    },
    /// Change the text of one's own message.
    Edit {
        /// The message to change.
        target: MessageRef,
        /// The new text.
        body: Body,
        /// The people mentioned in the new text.
        mentions: Option<Vec<Mention>>,
    },
    /// Delete one's own message.
    Delete {
        /// The message to delete.
        target: MessageRef,
    },
    /// Add a reaction to a message, or remove it.
    React {
        /// The message that gets or loses the reaction.
        target: MessageRef,
        /// The emoji of the reaction.
        emoji: Emoji,
        /// True to add the reaction, false to remove it.
        on: bool,
    },
    /// Set the room's topic.
    Topic {
        /// The new topic, normalised by [`parlor::text::parse_topic`]. Empty to remove it.
        topic: String,
    },
}

impl Operation {
    /// A message that is no reply, with its mentions still to be resolved.
    pub fn post(body: Body) -> Self {
        Self::Post { body, mentions: None, reply_to: None }
    }

    /// The text of a post or edit and its mentions; `None` for an operation without a text that can mention people.
    pub fn text_mut(&mut self) -> Option<(&Body, &mut Option<Vec<Mention>>)> {
        match self {
            Self::Post { body, mentions, .. } | Self::Edit { body, mentions, .. } => Some((body, mentions)),
            Self::Delete { .. } | Self::React { .. } | Self::Topic { .. } => None,
        }
    }

    /// True if the operation creates the log of a room that has none. Any other operation changes nothing in such a
    /// room, or is refused.
    pub fn begins_log(&self) -> bool {
        match self {
            Self::Post { reply_to, .. } => reply_to.is_none(),
            Self::Topic { topic } => !topic.is_empty(),
            Self::Edit { .. } | Self::Delete { .. } | Self::React { .. } => false,
        }
    }
}

impl Append {
    /// A message of a plain client. Such a client makes no ids and can't retry, so the message gets a random id, needs
    /// no receipt, and keeps no order across failures.
    pub fn from_plain(room: RoomName, epoch: Epoch, author: Author, body: Body) -> Self {
        let client_id = ClientId::new(now(), u128::from_be_bytes(random::bytes()));
        let operation = Operation::post(body);
        Self {
            room,
            author,
            client_id,
            operation,
            epoch,
            known_failures: u64::MAX,
            skip_receipt: true,
            owns_new_room: false,
        }
    }
}

/// Confirms that the log has the result of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The seq of the operation's event. If the operation changed nothing, the seq of the earlier event with the same
    /// effect; 0 if there is no such event.
    pub seq: u64,
    /// When that event was accepted.
    pub at: UnixMillis,
}

/// An operation in the writer's queue.
#[derive(Debug)]
pub struct PendingAppend(pub(super) oneshot::Receiver<Result<Receipt, EngineError>>);

impl PendingAppend {
    /// An operation that was committed before.
    pub(crate) fn repeated(receipt: Receipt) -> Self {
        let (reply, answer) = oneshot::channel();
        let _ = reply.send(Ok(receipt));
        Self(answer)
    }

    /// Waits until the operation is committed to disk.
    ///
    /// # Errors
    /// [`EngineError`] when the operation was refused or lost. It has not changed the log then, and will not.
    pub async fn committed(self) -> Result<Receipt, EngineError> {
        self.0.await.unwrap_or(Err(EngineError::Unavailable))
    }
}

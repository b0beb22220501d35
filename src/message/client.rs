//! Messages that a client sends.

use serde::{Deserialize, Serialize};

use crate::{ClientId, Cursor, RoomName, Token, UnixMillis};

/// A message from a client to the server.
///
/// Names and texts are unchecked strings here, so that the server can refuse each with its own error code.
///
/// ```
/// use parlor::ClientMessage;
///
/// let post: ClientMessage = serde_json::from_str(
///     r#"{"type":"post","room":"lobby","client_id":"a1","body":"hello"}"#,
/// ).unwrap();
/// assert!(matches!(post, ClientMessage::Post { body, .. } if body == "hello"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Opens the session and joins rooms. Must be the first message, and is sent once per connection.
    Hello {
        /// The session's secret, from a client that sends no cookie.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
        /// The rooms to join.
        #[serde(default)]
        rooms: Vec<RoomAt>,
    },
    /// Claims a name for the session, or replaces the name that it holds.
    Claim {
        /// The name as typed, unchecked.
        name: String,
    },
    /// Releases the session's name at once, without the grace period.
    Leave,
    /// Joins one more room.
    Join(RoomAt),
    /// Leaves a room.
    Part {
        /// The room to leave.
        room: RoomName,
    },
    /// Posts a message.
    Post {
        /// The room to post in.
        room: RoomName,
        /// The message's id, unique within the session: posting the same id again does not post a second message.
        client_id: ClientId,
        /// The text as typed, unchecked.
        body: String,
        /// The seq of the message that this one answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<u64>,
        /// The client id of the message that this one answers: see [`MessageRef::client_id`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to_client_id: Option<ClientId>,
    },
    /// Replaces the text of one of the session's own messages.
    Edit {
        /// The room of the message.
        room: RoomName,
        /// The request's id, from the same id space as messages: a request with an id is applied once.
        client_id: ClientId,
        /// The message to edit.
        #[serde(flatten)]
        target: MessageRef,
        /// The new text as typed, unchecked.
        body: String,
    },
    /// Deletes one of the session's own messages.
    Delete {
        /// The room of the message.
        room: RoomName,
        /// The request's id.
        client_id: ClientId,
        /// The message to delete.
        #[serde(flatten)]
        target: MessageRef,
    },
    /// Adds a reaction to a message or removes it.
    React {
        /// The room of the message.
        room: RoomName,
        /// The request's id.
        client_id: ClientId,
        /// The message to react to.
        #[serde(flatten)]
        target: MessageRef,
        /// The emoji as typed, unchecked.
        emoji: String,
        /// `true` adds the reaction, `false` removes it.
        on: bool,
    },
    /// Sets a room's topic.
    Topic {
        /// The room.
        room: RoomName,
        /// The request's id.
        client_id: ClientId,
        /// The topic as typed, unchecked; empty clears it.
        topic: String,
    },
    /// Gives up a request that was refused with a retryable error, so that it no longer blocks later ones in its room.
    Discard {
        /// The room in which it was refused.
        room: RoomName,
        /// The client id of the refused message or request.
        client_id: ClientId,
    },
    /// Requests one page of a room's history.
    Page {
        /// The room.
        room: RoomName,
        /// A number chosen by the client; the answer carries the same number.
        request: u32,
        /// The position of the page in the history.
        #[serde(flatten)]
        of: PageOf,
    },
    /// Moves the session's read marker forwards; a seq that is not after the marker changes nothing.
    Read {
        /// The room.
        room: RoomName,
        /// The seq of the last event read.
        seq: u64,
    },
    /// Marks messages as unread, from one on.
    Unread {
        /// The room.
        room: RoomName,
        /// The seq of the first unread message.
        seq: u64,
    },
    /// Signals that the person is typing. The server passes it on at most once in
    /// [`TYPING_PAUSE_MS`](crate::limits::TYPING_PAUSE_MS).
    Typing {
        /// The room.
        room: RoomName,
    },
    /// Reports whether the person is away from this connection. A person is away if they are away at all connections.
    Away {
        /// `true` if the person is away.
        away: bool,
    },
    /// Requests the list of rooms.
    Rooms,
    /// Searches for messages.
    Search {
        /// A number chosen by the client; the answer carries the same number.
        request: u32,
        /// The room to search; without it the search covers every room that this connection has joined.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomName>,
        /// The search query as typed: see [`Search`](crate::Search).
        words: String,
        /// The reader's time zone by its IANA name, such as `Europe/Berlin`: it decides when their days start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_zone: Option<String>,
        /// The current offset of the reader's clock from UTC in minutes, positive to the east. Used if `time_zone` is
        /// missing or unknown.
        #[serde(default)]
        utc_offset_minutes: i32,
    },
    /// Requests a `pong`, to check that the connection still works.
    Ping,
}

impl ClientMessage {
    /// A `post` that answers no other message.
    pub fn post(room: RoomName, client_id: ClientId, body: impl Into<String>) -> Self {
        Self::Post { room, client_id, body: body.into(), reply_to: None, reply_to_client_id: None }
    }
}

/// Identifies the message that a request changes.
///
/// ```
/// use parlor::{ClientMessage, message::MessageRef};
///
/// let delete: ClientMessage = serde_json::from_str(
///     r#"{"type":"delete","room":"lobby","client_id":"b2","target":12,"target_client_id":"a1"}"#,
/// ).unwrap();
/// let ClientMessage::Delete { target, .. } = delete else { unreachable!() };
/// assert!(target.identifies(12, "a1"));
/// assert!(!target.identifies(12, "c3"), "another log has another message there");
/// assert!(MessageRef::from(12).identifies(12, "c3"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// The message's seq.
    #[serde(rename = "target")]
    pub seq: u64,
    /// The message's client id. A seq identifies a message within one history of a log only: after the log was deleted,
    /// or restored from an older copy, the seq can belong to another message. A request whose client id differs from
    /// that message's is refused with [`NoSuchMessage`](crate::ErrorCode::NoSuchMessage). If absent, only the seq is
    /// compared.
    #[serde(rename = "target_client_id", default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
}

impl MessageRef {
    /// Whether this refers to the message with the given seq and client id.
    pub fn identifies(&self, seq: u64, client_id: &str) -> bool {
        self.seq == seq && self.client_id.as_ref().is_none_or(|expected| expected.as_str() == client_id)
    }
}

impl From<u64> for MessageRef {
    fn from(seq: u64) -> Self {
        Self { seq, client_id: None }
    }
}

/// A room to join, with the last event of it that the client knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomAt {
    /// The room.
    pub room: RoomName,
    /// The last known event, from which the server resumes; without it the server sends a snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// The position of a page in a room's history.
///
/// A page holds at most [`PAGE_EVENTS`](crate::limits::PAGE_EVENTS) messages, each in its current state. The seq may be
/// that of any event, also of an edit, for example; only messages are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageOf {
    /// The messages directly before this seq.
    Before(u64),
    /// The messages directly after this seq.
    After(u64),
    /// The messages around this seq, the same number on either side.
    Around(u64),
    /// The messages around the first one that was posted at this time or later.
    At(UnixMillis),
}

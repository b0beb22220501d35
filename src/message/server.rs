//! Messages that the server sends.

use serde::{Deserialize, Serialize};

use super::{Present, Roster};
use crate::{Author, AuthorId, ClientId, Cursor, Epoch, Event, Name, Refusal, RoomName, Token, UnixMillis};

/// A message from the server to a client.
///
/// ```
/// use parlor::ServerMessage;
///
/// let ack: ServerMessage = serde_json::from_str(
///     r#"{"type":"ack","room":"lobby","client_id":"a1","seq":12,"at":1764000000000}"#,
/// ).unwrap();
/// assert!(matches!(ack, ServerMessage::Ack { seq: 12, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The answer to `hello`.
    Welcome {
        /// The account's public id, which is the author id of everything that it posts.
        session: AuthorId,
        /// The secret of a new session; absent if the client sent the secret of a known one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
        /// The name that the session holds, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// The limits that apply to this client.
        limits: ClientLimits,
        /// The heartbeat interval in milliseconds: the server pings after this much silence, and the client may as
        /// well.
        heartbeat_ms: u64,
        /// The server's build id: a page from another build should reload when it can.
        build: String,
    },
    /// The session now holds this name.
    Claimed {
        /// The name as typed.
        name: Name,
    },
    /// The session no longer holds a name.
    Unnamed,
    /// A message without a client id was refused, and nothing has changed.
    Refused {
        /// The `type` of the refused message; absent if it could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Request>,
        /// The room that the refused message named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomName>,
        /// The reason, and when to retry.
        error: Refusal,
    },
    /// The current state of a room. It replaces everything that the client knew of the room.
    Snapshot {
        /// The room.
        room: RoomName,
        /// The cursor of the newest event in the log; live events follow it without a gap.
        as_of: Cursor,
        /// The newest messages in their current state, oldest first: `posted` events only.
        events: Vec<Event>,
        /// Whether the room has older messages.
        has_older: bool,
        /// The people in the room.
        roster: Roster,
        /// The room's topic; empty if it has none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        topic: String,
        /// The title of a private room; empty for a room with a public name.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
        /// The seq of the session's read marker, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<u64>,
    },
    /// The events since the client's cursor, oldest first, in one or more frames; live events follow the last frame.
    Missed {
        /// The room.
        room: RoomName,
        /// The cursor of the last event in this frame.
        as_of: Cursor,
        /// The events, of every kind.
        events: Vec<Event>,
        /// The people in the room; in the last frame only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        roster: Option<Roster>,
        /// The room's topic; in the last frame only.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        topic: String,
        /// The title of a private room; empty for a room with a public name. In the last frame only.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
    },
    /// The server cannot resume from the client's cursor: a snapshot follows.
    Reset {
        /// The room.
        room: RoomName,
        /// The reason.
        reason: ResetReason,
    },
    /// The answer to `page`.
    Page {
        /// The room.
        room: RoomName,
        /// The number of the client's request.
        request: u32,
        /// The cursor of the newest event at the time of reading: the messages are in their state as of that event.
        as_of: Cursor,
        /// The messages, oldest first: `posted` events only.
        events: Vec<Event>,
        /// Whether there are messages older than the first.
        has_older: bool,
        /// Whether there are messages newer than the last.
        has_newer: bool,
    },
    /// A new event in a room's log.
    Event {
        /// The room.
        room: RoomName,
        /// The epoch of the room's log.
        epoch: Epoch,
        /// The event.
        event: Event,
    },
    /// Changes of a room's roster since the last `presence`; sent at most once a second.
    Presence {
        /// The room.
        room: RoomName,
        /// People who joined, or whose name or presence status changed.
        joined: Vec<Present>,
        /// People who left.
        left: Vec<Author>,
        /// The number of people in the room now.
        count: u32,
    },
    /// Somebody is typing. It holds for a few seconds, or until their message arrives.
    Typing {
        /// The room.
        room: RoomName,
        /// The person who is typing.
        who: Author,
    },
    /// This account was made a member of a private room, or the title of a room that it is in has changed. A client that
    /// is not in the room may join it.
    Room {
        /// The room.
        room: RoomName,
        /// Its title.
        title: String,
    },
    /// The room has another name: it became private, or a private room was opened. The client continues under that name:
    /// log, cursor and read marker are the same.
    Moved {
        /// The name that the room had.
        room: RoomName,
        /// The name that it has now.
        to: RoomName,
        /// The title of a private room, otherwise empty.
        title: String,
    },
    /// The room was deleted, or this account may no longer read it. The client erases what it stores of the room.
    Removed {
        /// The room.
        room: RoomName,
    },
    /// The list of rooms, most recently active first: the listed ones, and the private ones of this account.
    Rooms {
        /// At most [`LISTED_ROOMS`](crate::limits::LISTED_ROOMS) rooms.
        rooms: Vec<RoomSummary>,
    },
    /// The answer to `search`.
    Found {
        /// The number of the client's request.
        request: u32,
        /// The matching messages, newest first; at most [`SEARCH_HITS`](crate::limits::SEARCH_HITS).
        hits: Vec<Hit>,
        /// Whether more messages match, so that a narrower query would find others.
        more: bool,
    },
    /// Another connection of this session marked messages as unread.
    Unread {
        /// The room.
        room: RoomName,
        /// The seq of the first unread message.
        seq: u64,
    },
    /// The session's read marker: sent after missed events, and when another connection of the session moves it.
    Read {
        /// The room.
        room: RoomName,
        /// The seq of the last event read.
        seq: u64,
    },
    /// A message or request with a client id was accepted and stored durably in the log.
    Ack {
        /// The room.
        room: RoomName,
        /// The client id of the message or request.
        client_id: ClientId,
        /// The seq of its event. For a request that was sent before, the seq of the first time; for a request that
        /// changed nothing, the seq of the event that had brought about the requested state.
        seq: u64,
        /// When it was accepted.
        at: UnixMillis,
    },
    /// A message or request with a client id was refused and is not in the log.
    Nack {
        /// The room.
        room: RoomName,
        /// The client id of the message or request.
        client_id: ClientId,
        /// The reason, and whether it can be sent again.
        error: Refusal,
    },
    /// The answer to `ping`.
    Pong,
    /// A message of a type that this client does not know, from a newer server.
    #[serde(other)]
    Unknown,
}

/// The type of the client message that a refusal answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are the names of the client's messages")]
pub enum Request {
    Hello,
    Claim,
    Leave,
    Join,
    Part,
    Discard,
    Page,
    Read,
    Unread,
    Typing,
    Away,
    Rooms,
    Search,
    #[serde(other)]
    Other,
}

/// Why a room's state is sent again as a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The cursor belongs to another log: its epoch or its hash differs.
    OtherLog,
    /// The log has removed events after the cursor.
    Removed,
    /// More than [`MISSED_EVENTS`](crate::limits::MISSED_EVENTS) events follow the cursor.
    TooFar,
    /// A reason that this client does not know, from a newer server.
    #[serde(other)]
    Unknown,
}

/// A room in the list of rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSummary {
    /// The room's name.
    pub room: RoomName,
    /// The room's topic; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// The number of people in the room.
    pub people: u32,
    /// The title of a private room; empty for a room with a public name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
}

/// A message that matches a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The message's room.
    pub room: RoomName,
    /// The message in its current state: a `posted` event.
    pub event: Event,
}

/// Limits that the page checks before it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLimits {
    /// Longest body, in bytes of UTF-8.
    pub body_bytes: u32,
    /// Longest name, in grapheme clusters.
    pub name_graphemes: u32,
    /// Messages that may be sent at once.
    pub post_burst: u32,
    /// Messages per second that may be sent after the burst.
    pub posts_per_second: u32,
}

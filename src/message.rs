//! The rich dialect `parlor.v1`: JSON text frames, told apart by `type`.
//!
//! A connection starts with [`ClientMessage::Hello`], answered by [`ServerMessage::Welcome`] and, for each room named
//! in it, by that room's state: a [`Snapshot`](ServerMessage::Snapshot), or what was missed since a cursor.

use serde::{Deserialize, Serialize};

use crate::{Author, AuthorId, ClientId, Cursor, Epoch, Event, Name, Refusal, RoomName, Token, UnixMillis};

/// What a client sends. Names and bodies are taken as any text here, so that a bad one is refused for what it is.
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
    /// The first message, once: who it is and where it was.
    Hello {
        /// The session's secret, from a client without cookies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
        /// The rooms to be in.
        #[serde(default)]
        rooms: Vec<RoomAt>,
    },
    /// Take a name, or change the one held.
    Claim {
        /// The name as typed.
        name: String,
    },
    /// Give the name back at once, without the grace period.
    Leave,
    /// Be in one more room.
    Join(RoomAt),
    /// Be in a room no longer.
    Part {
        /// Which.
        room: RoomName,
    },
    /// Say something.
    Post {
        /// Where.
        room: RoomName,
        /// The message's id, unique for the life of the session: the same again is the same message.
        client_id: ClientId,
        /// What, as typed.
        body: String,
        /// The message that it answers, by its seq.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<u64>,
        /// The client id of that message: see [`MessageRef::client_id`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to_client_id: Option<ClientId>,
    },
    /// Change the text of a message of one's own.
    Edit {
        /// Where.
        room: RoomName,
        /// The request's id, of the same kind as a message's: whatever has an id happens once.
        client_id: ClientId,
        /// The message.
        #[serde(flatten)]
        target: MessageRef,
        /// The text from now on, as typed.
        body: String,
    },
    /// Erase a message of one's own.
    Delete {
        /// Where.
        room: RoomName,
        /// The request's id.
        client_id: ClientId,
        /// The message.
        #[serde(flatten)]
        target: MessageRef,
    },
    /// Put an emoji on a message, or take it off.
    React {
        /// Where.
        room: RoomName,
        /// The request's id.
        client_id: ClientId,
        /// The message.
        #[serde(flatten)]
        target: MessageRef,
        /// Which emoji, as typed.
        emoji: String,
        /// Whether it is to be there.
        on: bool,
    },
    /// Say what the room is about.
    Topic {
        /// Where.
        room: RoomName,
        /// The request's id.
        client_id: ClientId,
        /// About what, as typed; empty for nothing in particular.
        topic: String,
    },
    /// Give up a message, or whatever else has an id, that was refused for now, so that later ones no longer wait for it.
    Discard {
        /// Where it was refused.
        room: RoomName,
        /// Which.
        client_id: ClientId,
    },
    /// Ask for a part of a room's past.
    Page {
        /// Which room.
        room: RoomName,
        /// A number of the client's choice that comes back with the page.
        request: u32,
        /// Which part.
        #[serde(flatten)]
        of: PageOf,
    },
    /// Tell how far one has read; a smaller place than before changes nothing.
    Read {
        /// Which room.
        room: RoomName,
        /// The last event read.
        seq: u64,
    },
    /// Tell that messages from this place on are to be new again.
    Unread {
        /// Which room.
        room: RoomName,
        /// The first of them.
        seq: u64,
    },
    /// Tell that one is writing; heard at most once in [`TYPING_PAUSE_MS`](crate::limits::TYPING_PAUSE_MS).
    Typing {
        /// Where.
        room: RoomName,
    },
    /// Tell whether the one who sits at this connection is away from it. Who is so at all their connections is away.
    Away {
        /// Whether.
        away: bool,
    },
    /// Ask which rooms there are.
    Rooms,
    /// Look for messages.
    Search {
        /// A number of the client's choice that comes back with what was found.
        request: u32,
        /// Where; without it in every room that this connection is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomName>,
        /// What for: see [`Search`](crate::Search).
        words: String,
        /// The reader's time zone by its IANA name, such as `Europe/Berlin`: when their days start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_zone: Option<String>,
        /// How many minutes the reader's clock is ahead of UTC now: it counts where `time_zone` is missing or unknown.
        #[serde(default)]
        utc_offset_minutes: i32,
    },
    /// Ask for a sign of life.
    Ping,
}

impl ClientMessage {
    /// A message that answers no other.
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
    /// or restored from an older copy, the seq can belong to another message. A request whose client id differs from that
    /// message's is refused with [`NoSuchMessage`](crate::ErrorCode::NoSuchMessage). Absent, the seq alone counts.
    #[serde(rename = "target_client_id", default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
}

impl MessageRef {
    /// Whether the message with this seq and this client id is the one meant.
    pub fn identifies(&self, seq: u64, client_id: &str) -> bool {
        self.seq == seq && self.client_id.as_ref().is_none_or(|expected| expected.as_str() == client_id)
    }
}

impl From<u64> for MessageRef {
    fn from(seq: u64) -> Self {
        Self { seq, client_id: None }
    }
}

/// A room and how far the client knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomAt {
    /// Which room.
    pub room: RoomName,
    /// The last event known; without it a snapshot comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// A part of a room's past: at most [`PAGE_EVENTS`](crate::limits::PAGE_EVENTS) messages, each as it is now. What is no
/// message, such as an edit, may name the place, and is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageOf {
    /// The messages just before this place.
    Before(u64),
    /// The messages just after this place.
    After(u64),
    /// Those around this place, as many on either side.
    Around(u64),
    /// Those around the first one said at this time or later.
    At(UnixMillis),
}

/// What the server sends.
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
        /// The session's public id: the author id of what it posts.
        session: AuthorId,
        /// The secret of a new session, for a client that came with none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
        /// The name that the session holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// What the client may do at most.
        limits: ClientLimits,
        /// The server pings after this much silence, in milliseconds; the client may do the same.
        heartbeat_ms: u64,
        /// Which build answers: a page from another build should reload when it can.
        build: String,
    },
    /// The session holds this name now.
    Claimed {
        /// As typed.
        name: Name,
    },
    /// The session holds no name any more.
    Unnamed,
    /// A message without a client id was refused, and nothing has changed.
    Refused {
        /// The `type` of what was refused; absent if that could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Request>,
        /// The room it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomName>,
        /// Why.
        error: Refusal,
    },
    /// A room as it is: forget what was known of it.
    Snapshot {
        /// Which room.
        room: RoomName,
        /// The place of the newest event in the log; live events follow without a seam.
        as_of: Cursor,
        /// The newest messages as they are now, oldest first: `posted` alone.
        events: Vec<Event>,
        /// Whether there are older messages.
        has_older: bool,
        /// Who is there.
        roster: Roster,
        /// What the room is about.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        topic: String,
        /// How far the session has read, if it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<u64>,
    },
    /// What was missed since the cursor, oldest first, in one or more frames; live events follow the last.
    Missed {
        /// Which room.
        room: RoomName,
        /// The place of the last event in this frame.
        as_of: Cursor,
        /// The events, of every kind.
        events: Vec<Event>,
        /// Who is there; in the last frame only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        roster: Option<Roster>,
        /// What the room is about; in the last frame only.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        topic: String,
    },
    /// The cursor can't be resumed from: a snapshot follows.
    Reset {
        /// Which room.
        room: RoomName,
        /// Why.
        reason: ResetReason,
    },
    /// The part of the past that was asked for.
    Page {
        /// Which room.
        room: RoomName,
        /// The request's number.
        request: u32,
        /// The newest event when the page was read: its messages are as they were at this place.
        as_of: Cursor,
        /// The messages, oldest first: `posted` alone.
        events: Vec<Event>,
        /// Whether there are messages older than the first.
        has_older: bool,
        /// Whether there are messages newer than the last.
        has_newer: bool,
    },
    /// Something happened, now in the log.
    Event {
        /// Where.
        room: RoomName,
        /// The log's incarnation.
        epoch: Epoch,
        /// What.
        event: Event,
    },
    /// Who came and went since the last of these; at most one a second.
    Presence {
        /// Where.
        room: RoomName,
        /// Who came, or is called something else now, or is there in another way.
        joined: Vec<Present>,
        /// Who went.
        left: Vec<Author>,
        /// How many people are there now.
        count: u32,
    },
    /// Somebody is writing; it holds for some seconds, or until they have said it.
    Typing {
        /// Where.
        room: RoomName,
        /// Who.
        who: Author,
    },
    /// Which rooms there are, the ones last spoken in first.
    Rooms {
        /// The first [`LISTED_ROOMS`](crate::limits::LISTED_ROOMS) of them.
        rooms: Vec<RoomSummary>,
    },
    /// What was looked for.
    Found {
        /// The request's number.
        request: u32,
        /// The newest first; at most [`SEARCH_HITS`](crate::limits::SEARCH_HITS).
        hits: Vec<Hit>,
        /// Whether there are more, which more words would tell apart.
        more: bool,
    },
    /// Messages from this place on are new again: another connection of this session said so.
    Unread {
        /// Where.
        room: RoomName,
        /// The first of them.
        seq: u64,
    },
    /// How far this session has read: after what was missed, and when another connection of it has read on.
    Read {
        /// Which room.
        room: RoomName,
        /// The last event read.
        seq: u64,
    },
    /// What was asked for with a client id is in the log, to stay.
    Ack {
        /// Where.
        room: RoomName,
        /// Which message or request.
        client_id: ClientId,
        /// Its place; the first one, if it was sent before; that of the event that had made it so, if it changed
        /// nothing.
        seq: u64,
        /// When it was accepted.
        at: UnixMillis,
    },
    /// What was asked for with a client id is not in the log.
    Nack {
        /// Where.
        room: RoomName,
        /// Which message or request.
        client_id: ClientId,
        /// Why, and whether it can be sent again.
        error: Refusal,
    },
    /// The answer to `ping`.
    Pong,
    /// Something that this client is too old to know.
    #[serde(other)]
    Unknown,
}

/// Which message of a client a refusal answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are the names of the client's messages")]
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

/// Why a room's state starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The log is another one: of another incarnation, or with another history.
    OtherLog,
    /// The log has removed events after the cursor.
    Removed,
    /// More has happened since than is told one after the other: [`MISSED_EVENTS`](crate::limits::MISSED_EVENTS).
    TooFar,
    /// A reason of a newer server.
    #[serde(other)]
    Unknown,
}

/// Who is in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// How many people are there.
    pub count: u32,
    /// Their names, in no order; the first [`ROSTER_PEOPLE`](crate::limits::ROSTER_PEOPLE) of them in a crowd.
    pub people: Vec<Present>,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Present {
    /// Who.
    #[serde(flatten)]
    pub author: Author,
    /// How.
    #[serde(default, skip_serializing_if = "Standing::is_here")]
    pub standing: Standing,
}

/// In which way somebody is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// At one of their connections, as far as is known.
    #[default]
    Here,
    /// Connected, and busy elsewhere.
    Away,
    /// Without a connection, and expected back.
    Reconnecting,
}

impl Standing {
    fn is_here(&self) -> bool {
        *self == Self::Here
    }
}

/// A room in a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSummary {
    /// Which.
    pub room: RoomName,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// How many people are there.
    pub people: u32,
}

/// A message that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Where.
    pub room: RoomName,
    /// The message as it is now: `posted`.
    pub event: Event,
}

/// What the server lets a client do, for the page to check before it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLimits {
    /// Longest body, in bytes of UTF-8.
    pub body_bytes: u32,
    /// Longest name, in characters as a reader counts them.
    pub name_graphemes: u32,
    /// Messages at once.
    pub post_burst: u32,
    /// Messages per second after that.
    pub posts_per_second: u32,
}

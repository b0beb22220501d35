//! What a room's log holds.

use serde::{Deserialize, Serialize};

use crate::{AuthorId, Body, ChainMark, ClientId, Emoji, Mention, Name, UnixMillis, limits};

/// One entry of a room's log. Its place is (epoch, `seq`); the epoch travels with the frame that carries the event.
///
/// ```
/// use parlor::{Event, EventKind};
///
/// let event: Event = serde_json::from_str(
///     r#"{"seq":7,"at":1764000000000,"hash":"9f2c51aa","kind":"haunted","by":"nobody"}"#,
/// ).unwrap();
/// assert_eq!(event.seq, 7, "an event of a newer server still moves the cursor");
/// assert_eq!(event.kind, EventKind::Unknown);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the room's log, from 1, without gaps.
    pub seq: u64,
    /// When the server accepted it.
    pub at: UnixMillis,
    /// The chain's mark at this event: with the epoch and `seq` it makes the cursor.
    pub hash: ChainMark,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened, by `kind`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody said something. In a snapshot or a page it is the message as it has become since; in the order of the
    /// log, as it was posted.
    Posted {
        /// Who.
        author: Author,
        /// The message's id as its client made it; the server makes one for a plain client's message.
        client_id: ClientId,
        /// What; nothing where the message has been deleted and its text erased.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Body>,
        /// The people mentioned in the body, in the order of the text. Absent if the body has no `@`, or was accepted
        /// before mentions were resolved: then any name behind an `@` counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mentions: Option<Vec<Mention>>,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Quote>,
        /// When its text was last changed, if it was. In snapshots and pages only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edited_at: Option<UnixMillis>,
        /// What people put on it, the first emoji first. In snapshots and pages only.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reactions: Vec<Reaction>,
    },
    /// The author of a message changed its text.
    Edited {
        /// Who.
        by: Author,
        /// The request's id as its client made it.
        client_id: ClientId,
        /// The message, by its seq.
        target: u64,
        /// The text from now on; nothing where the message has been deleted since.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Body>,
        /// The people mentioned in the body, as of `posted`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mentions: Option<Vec<Mention>>,
    },
    /// The author of a message deleted it: its text and its reactions are gone, its place stays.
    Deleted {
        /// Who.
        by: Author,
        /// The request's id as its client made it.
        client_id: ClientId,
        /// The message, by its seq.
        target: u64,
    },
    /// Somebody put an emoji on a message, where theirs was not yet.
    Reacted {
        /// Who.
        by: Author,
        /// The request's id as its client made it.
        client_id: ClientId,
        /// The message, by its seq.
        target: u64,
        /// Which emoji.
        emoji: Emoji,
    },
    /// Somebody took their emoji off a message.
    Unreacted {
        /// Who.
        by: Author,
        /// The request's id as its client made it.
        client_id: ClientId,
        /// The message, by its seq.
        target: u64,
        /// Which emoji.
        emoji: Emoji,
    },
    /// Somebody said what the room is about.
    Topic {
        /// Who.
        by: Author,
        /// The request's id as its client made it.
        client_id: ClientId,
        /// About what, at most [`TOPIC_BYTES`](limits::TOPIC_BYTES) long; empty for nothing in particular.
        topic: String,
    },
    /// Something that this client is too old to know: it shows nothing, and still moves the cursor.
    #[serde(other)]
    Unknown,
}

impl EventKind {
    /// A message that answers no other and to which nothing has happened yet.
    pub fn posted(author: Author, client_id: ClientId, body: Body) -> Self {
        let body = Some(body);
        let (mentions, reply_to, edited_at, reactions) = (None, None, None, Vec::new());
        Self::Posted { author, client_id, body, mentions, reply_to, edited_at, reactions }
    }
}

/// A message as it is shown above one that answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Its place.
    pub seq: u64,
    /// Who wrote it; nobody where the log does not have it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// How its text began when this was read, see [`Quote::excerpt`]; nothing where it has been deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// Its client id. A page keeps it with a message that it has not sent yet; the server does not send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
}

impl Quote {
    /// The part of a text that is quoted: its first [`QUOTE_CHARS`](limits::QUOTE_CHARS) characters.
    ///
    /// ```
    /// assert_eq!(parlor::event::Quote::excerpt(&"é".repeat(1000)), "é".repeat(140));
    /// ```
    pub fn excerpt(text: &str) -> String {
        text.chars().take(limits::QUOTE_CHARS).collect()
    }
}

/// One emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Which.
    pub emoji: Emoji,
    /// How many people put it there.
    pub count: u32,
    /// Some of them, at most [`REACTION_PEOPLE`](limits::REACTION_PEOPLE): whoever asked, if they did; then who came
    /// first.
    pub people: Vec<Author>,
}

/// Somebody, as they were called when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Author {
    /// The public id of their session: whose it is.
    pub id: AuthorId,
    /// What they were called.
    pub name: Name,
}

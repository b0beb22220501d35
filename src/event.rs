//! What a room's log holds.

use serde::{Deserialize, Serialize};

use crate::{AuthorId, Body, ChainMark, ClientId, Name, UnixMillis};

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
    /// Somebody said something.
    Posted {
        /// Who.
        author: Author,
        /// The message's id as its client made it; the server makes one for a plain client's message.
        client_id: ClientId,
        /// What.
        body: Body,
    },
    /// Something that this client is too old to know: it shows nothing, and still moves the cursor.
    #[serde(other)]
    Unknown,
}

/// Somebody, as they were called when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Author {
    /// The public id of their session: whose it is.
    pub id: AuthorId,
    /// What they were called.
    pub name: Name,
}

//! The replica of a room: the newest messages that the browser stores, so that the page opens without a network.
//!
//! A replica is the state of the log after one event, its `as_of` cursor. All tabs write to the same store, each at its
//! own pace. A [`ReplicaUpdate`] therefore holds what a page knows, and [`ReplicaUpdate::writes`] decides what to write
//! when the stored header is known: the store never goes back, never loses older messages, and always equals the log at
//! its cursor.

mod tracker;

use std::sync::Arc;

use parlor::{Cursor, Event, RoomName};

pub use self::tracker::ReplicaTracker;
use super::{chat_message::ChatMessage, segment::Segment};

/// A replica without its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaHeader {
    /// The room.
    pub room: RoomName,
    /// The cursor of the newest event that the replica includes.
    pub as_of: Cursor,
    /// The replica has every message from this seq on.
    pub first: u64,
    /// Whether the log has messages before `first`.
    pub has_older: bool,
    /// The topic of the room.
    pub topic: String,
    /// The title of a private room; empty for a room with a public name.
    pub title: String,
    /// The reader's read marker.
    pub read: u64,
}

/// A stored replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Everything but the messages.
    pub header: ReplicaHeader,
    /// The messages as `posted` events, oldest first.
    pub events: Vec<Event>,
}

impl Replica {
    /// The messages as a segment of the timeline.
    pub fn segment(&self) -> Segment {
        let seq = self.header.as_of.seq;
        // The store may hold other messages; only these belong to the header.
        let events = self.events.iter().filter(|event| (self.header.first..=seq).contains(&event.seq)).cloned();
        Segment::new(events.collect(), seq, self.header.has_older, seq)
    }
}

/// What a page knows of a room, for its replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaUpdate {
    /// Everything but the messages.
    pub header: ReplicaHeader,
    /// The header of the update that the same page made before.
    pub(crate) base: Option<ReplicaHeader>,
    /// Whether the update holds as many messages as a replica has at most, or all messages of the log.
    pub(crate) full: bool,
    /// All messages; none in an update that was read from text and has only the changed ones.
    pub(crate) messages: Option<Vec<Arc<ChatMessage>>>,
    /// The messages that are new or changed since `base`.
    pub(crate) changed: Vec<Arc<ChatMessage>>,
}

/// What to write to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaWrites {
    /// Delete messages before this seq first; all of them if it is `None`.
    pub clear_before: Option<u64>,
    /// Then insert or replace these messages.
    pub put: Vec<Arc<ChatMessage>>,
}

impl ReplicaUpdate {
    /// Returns what to write to a store with this header; nothing if the store knows more.
    pub fn writes(self, stored: Option<&ReplicaHeader>) -> Option<ReplicaWrites> {
        let Self { header, base, full, messages, changed } = self;
        let everything = messages.map(|messages| ReplicaWrites { clear_before: None, put: messages });
        let Some(stored) = stored.filter(|stored| stored.as_of.epoch == header.as_of.epoch) else {
            return everything;
        };
        let knows_more = stored.as_of.seq > header.as_of.seq;
        let reaches_further = stored.first < header.first && !full;
        if knows_more || reaches_further {
            return None;
        }
        // The changed messages suffice for a store that includes the base.
        let includes = |base: &ReplicaHeader| {
            base.as_of.epoch == stored.as_of.epoch && base.as_of.seq <= stored.as_of.seq && stored.first <= base.first
        };
        let changes = ReplicaWrites { clear_before: Some(header.first), put: changed };
        if base.is_some_and(|base| includes(&base)) { Some(changes) } else { everything }
    }
}

#[cfg(test)]
mod tests;

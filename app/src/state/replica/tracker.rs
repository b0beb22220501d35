//! Which changes of a room its replica does not have yet.

use std::sync::Arc;

use super::{ReplicaHeader, ReplicaUpdate};
use crate::state::{chat_message::ChatMessage, segment::Segment, timeline::Timeline};

/// Delay between a change and the update of the replica, in milliseconds: one write to disk for many changes.
const UPDATE_DELAY_MS: u64 = 2_000;

/// Tracks what the replica of one room has.
#[derive(Debug)]
pub struct ReplicaTracker {
    max_messages: usize,
    header: Option<ReplicaHeader>,
    messages: Vec<Arc<ChatMessage>>,
    due: Option<u64>,
}

impl ReplicaTracker {
    /// A tracker for an empty store, in which the replica may have this many messages.
    pub fn new(max_messages: usize) -> Self {
        Self { max_messages, header: None, messages: Vec::new(), due: None }
    }

    /// The store has this replica.
    pub fn restored(&mut self, header: ReplicaHeader, segment: &Segment) {
        (self.header, self.messages) = (Some(header), segment.messages().iter().cloned().collect());
    }

    /// Schedules an update: the room has changed.
    pub fn schedule(&mut self, tick: u64) {
        self.due = self.due.or(Some(tick + UPDATE_DELAY_MS));
    }

    /// Makes a scheduled update due at once: the page may end soon.
    pub fn update_soon(&mut self) {
        self.due = self.due.map(|_| 0);
    }

    /// The tick at which an update is due.
    pub fn deadline(&self) -> Option<u64> {
        self.due
    }

    /// The update that is due now, if the room differs from its replica.
    pub fn take_update(
        &mut self,
        tick: u64,
        header: impl FnOnce() -> ReplicaHeader,
        timeline: &Timeline,
    ) -> Option<ReplicaUpdate> {
        self.due.take_if(|due| *due <= tick)?;
        let end = timeline.end().messages();
        let surplus = end.len().saturating_sub(self.max_messages);
        let messages: Vec<_> = end.range(surplus..).cloned().collect();
        let mut header = header();
        if surplus > 0 {
            (header.first, header.has_older) = (messages[0].seq, true);
        }
        let mut known = self.messages.iter().peekable();
        let is_changed = |message: &&Arc<ChatMessage>| {
            while known.next_if(|known| known.seq < message.seq).is_some() {}
            known.peek().is_none_or(|known| !Arc::ptr_eq(known, message))
        };
        let changed: Vec<_> = messages.iter().filter(is_changed).cloned().collect();
        if changed.is_empty() && self.header.as_ref() == Some(&header) || messages.is_empty() && header.has_older {
            return None;
        }
        self.messages.clone_from(&messages);
        let base = self.header.replace(header.clone());
        let full = messages.len() == self.max_messages || !header.has_older;
        Some(ReplicaUpdate { header, base, full, messages: Some(messages), changed })
    }
}

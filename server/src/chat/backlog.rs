//! A cache of the events that returning clients missed, as frames that all of them share. After a restart all clients
//! reconnect at once, and most members of a room have missed the same events.

use std::time::{Duration, Instant};

use bytes::Bytes;
use parlor::Cursor;

/// Maximum number of parts in a room's cache.
const MAX_PARTS: usize = 8;

/// How long a part is kept. Clients that return later have mostly received newer events before.
const MAX_AGE: Duration = Duration::from_secs(5);

/// A part of a room's log as one encoded frame.
#[derive(Clone, Debug)]
pub struct BacklogPart {
    /// A `missed` message without a roster. Empty if no events were missed.
    pub(super) frame: Bytes,
    /// The cursor of its last event.
    pub as_of: Cursor,
}

/// The parts of a room's log that were read recently.
#[derive(Debug, Default)]
pub(super) struct BacklogCache {
    entries: Vec<CacheEntry>,
    /// Number of deleted messages. A part that was read before the last deletion may still contain the deleted text.
    erasures: u64,
}

#[derive(Debug)]
struct CacheEntry {
    after: Cursor,
    up_to: u64,
    part: BacklogPart,
    inserted: Instant,
}

impl BacklogCache {
    /// The part after a cursor, up to the seq `up_to` at most.
    ///
    /// # Errors
    /// The number of erasures so far if the part is not cached. Pass it to [`insert`](Self::insert).
    pub(super) fn get(&self, after: &Cursor, up_to: u64) -> Result<BacklogPart, u64> {
        let found = self.entries.iter().find(|entry| entry.up_to == up_to && entry.after == *after);
        found.map(|entry| entry.part.clone()).ok_or(self.erasures)
    }

    /// Adds a part that has been read, unless a message has been deleted since [`get`](Self::get) returned `erasures`.
    pub(super) fn insert(&mut self, erasures: u64, after: Cursor, up_to: u64, part: BacklogPart, now: Instant) {
        if erasures != self.erasures {
            return;
        }
        if self.entries.len() == MAX_PARTS {
            self.entries.remove(0);
        }
        self.entries.push(CacheEntry { after, up_to, part, inserted: now });
    }

    /// Removes all parts because a message has been deleted.
    pub(super) fn clear_after_erasure(&mut self) {
        self.entries = Vec::new();
        self.erasures += 1;
    }

    /// Removes the parts that are older than [`MAX_AGE`].
    pub(super) fn expire(&mut self, now: Instant) {
        self.entries.retain(|entry| now.saturating_duration_since(entry.inserted) < MAX_AGE);
        if self.entries.is_empty() {
            self.entries = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use parlor::{ChainMark, Epoch};

    use super::*;

    fn at(seq: u64) -> Cursor {
        Cursor { epoch: Epoch("e".into()), seq, hash: ChainMark(seq.to_string()) }
    }

    fn part(seq: u64) -> BacklogPart {
        BacklogPart { frame: Bytes::from(seq.to_string()), as_of: at(seq) }
    }

    #[test]
    fn a_part_is_shared_by_clients_that_missed_exactly_these_events() {
        let (mut cache, now) = (BacklogCache::default(), Instant::now());
        let erasures = cache.get(&at(3), 9).unwrap_err();
        cache.insert(erasures, at(3), 9, part(9), now);
        assert_eq!(cache.get(&at(3), 9).unwrap().as_of, at(9));
        for (after, up_to) in [(at(4), 9), (at(3), 10), (Cursor { hash: ChainMark("x".into()), ..at(3) }, 9)] {
            assert!(cache.get(&after, up_to).is_err());
        }
        cache.expire(now + MAX_AGE);
        assert!(cache.get(&at(3), 9).is_err());
    }

    #[test]
    fn a_part_read_before_a_deletion_is_not_cached() {
        let (mut cache, now) = (BacklogCache::default(), Instant::now());
        let before = cache.get(&at(3), 9).unwrap_err();
        cache.insert(before, at(3), 9, part(9), now);
        cache.clear_after_erasure();
        assert!(cache.get(&at(3), 9).is_err());
        cache.insert(before, at(3), 9, part(9), now);
        assert!(cache.get(&at(3), 9).is_err());
    }

    #[test]
    fn the_cache_is_bounded() {
        let (mut cache, now) = (BacklogCache::default(), Instant::now());
        (0..20).for_each(|seq| cache.insert(0, at(seq), 99, part(seq), now));
        assert_eq!(cache.entries.len(), MAX_PARTS);
        assert!(cache.get(&at(0), 99).is_err() && cache.get(&at(19), 99).is_ok());
    }
}

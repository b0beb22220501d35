//! What people who come back have missed, as frames that all of them share: after a restart everyone comes at once, and
//! most of a room have missed the same.

use std::time::{Duration, Instant};

use bytes::Bytes;
use parlor::Cursor;

/// Parts that a room keeps.
const MOST: usize = 8;

/// How long a part is kept: whoever comes later mostly knows more.
const KEPT: Duration = Duration::from_secs(5);

/// A part of a room's log as a frame.
#[derive(Clone, Debug)]
pub struct Part {
    /// A `missed` without a roster. Empty if there is nothing to tell.
    pub(super) frame: Bytes,
    /// The place up to which it goes.
    pub as_of: Cursor,
}

/// The parts that were read lately.
#[derive(Debug, Default)]
pub(super) struct Parts {
    kept: Vec<Kept>,
    /// How many texts have been erased: what was read before the last one may still have it.
    erasures: u64,
}

#[derive(Debug)]
struct Kept {
    after: Cursor,
    up_to: u64,
    part: Part,
    since: Instant,
}

impl Parts {
    /// The part that begins after a cursor and goes up to a place at most, or [`keep`](Self::keep)'s ticket for it.
    pub(super) fn find(&self, after: &Cursor, up_to: u64) -> Result<Part, u64> {
        let found = self.kept.iter().find(|kept| kept.up_to == up_to && kept.after == *after);
        found.map(|kept| kept.part.clone()).ok_or(self.erasures)
    }

    /// Keeps a part that has been read, unless something has been erased since it was looked for.
    pub(super) fn keep(&mut self, ticket: u64, after: Cursor, up_to: u64, part: Part, now: Instant) {
        if ticket != self.erasures {
            return;
        }
        if self.kept.len() == MOST {
            self.kept.remove(0);
        }
        self.kept.push(Kept { after, up_to, part, since: now });
    }

    /// Lets go of all: a text has been erased.
    pub(super) fn erase(&mut self) {
        self.kept = Vec::new();
        self.erasures += 1;
    }

    /// Lets go of what has been kept for long.
    pub(super) fn forget(&mut self, now: Instant) {
        self.kept.retain(|kept| now.saturating_duration_since(kept.since) < KEPT);
        if self.kept.is_empty() {
            self.kept = Vec::new();
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

    fn part(seq: u64) -> Part {
        Part { frame: Bytes::from(seq.to_string()), as_of: at(seq) }
    }

    #[test]
    fn a_part_is_shared_by_those_who_missed_just_that() {
        let (mut parts, now) = (Parts::default(), Instant::now());
        let ticket = parts.find(&at(3), 9).unwrap_err();
        parts.keep(ticket, at(3), 9, part(9), now);
        assert_eq!(parts.find(&at(3), 9).unwrap().as_of, at(9));
        for (after, up_to) in [(at(4), 9), (at(3), 10), (Cursor { hash: ChainMark("x".into()), ..at(3) }, 9)] {
            assert!(parts.find(&after, up_to).is_err());
        }
        parts.forget(now + KEPT);
        assert!(parts.find(&at(3), 9).is_err());
    }

    #[test]
    fn what_has_been_erased_is_not_kept_also_if_it_was_read_before() {
        let (mut parts, now) = (Parts::default(), Instant::now());
        let before = parts.find(&at(3), 9).unwrap_err();
        parts.keep(before, at(3), 9, part(9), now);
        parts.erase();
        assert!(parts.find(&at(3), 9).is_err());
        parts.keep(before, at(3), 9, part(9), now);
        assert!(parts.find(&at(3), 9).is_err());
    }

    #[test]
    fn few_are_kept() {
        let (mut parts, now) = (Parts::default(), Instant::now());
        (0..20).for_each(|seq| parts.keep(0, at(seq), 99, part(seq), now));
        assert_eq!(parts.kept.len(), MOST);
        assert!(parts.find(&at(0), 99).is_err() && parts.find(&at(19), 99).is_ok());
    }
}

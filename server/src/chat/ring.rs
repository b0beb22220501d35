//! A room's recent turns by position: everyone's send queue.
//!
//! A turn is all that happened in the room since the last one, as bytes ready for a socket. A member that keeps up
//! never looks in here; one whose socket is full keeps its position and reads on from it later. So the ring holds
//! something only while somebody is behind.

use std::collections::VecDeque;

use bytes::Bytes;

use super::Dialect;

/// Bytes of turns that a ring keeps for members that are behind; whoever falls out of it is too slow.
const RING_BYTES: usize = 1 << 20;

/// One turn, once in each dialect; empty where there was nobody to read it.
#[derive(Clone, Debug, Default)]
pub(super) struct Turn {
    pub(super) plain: Bytes,
    pub(super) rich: Bytes,
}

impl Turn {
    pub(super) fn of(&self, dialect: Dialect) -> &Bytes {
        match dialect {
            Dialect::Plain => &self.plain,
            Dialect::Rich => &self.rich,
        }
    }

    fn len(&self) -> usize {
        self.plain.len() + self.rich.len()
    }
}

/// A position has fallen out of the ring.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FellOff;

/// Turns that somebody still has to read.
#[derive(Debug, Default)]
pub(super) struct Ring {
    turns: VecDeque<Turn>,
    /// The position of the first turn kept.
    first: u64,
    bytes: usize,
}

impl Ring {
    /// The position of the turn that comes next.
    pub(super) fn head(&self) -> u64 {
        self.first + self.turns.len() as u64
    }

    /// Whether everything from `position` on is kept.
    pub(super) fn has(&self, position: u64) -> bool {
        position >= self.first
    }

    /// Appends a turn, and lets go of the oldest ones above the bound.
    pub(super) fn push(&mut self, turn: Turn) {
        self.bytes += turn.len();
        self.turns.push_back(turn);
        // The newest turn stays whatever its size, or nobody could ever read it.
        while self.bytes > RING_BYTES && self.turns.len() > 1 {
            self.pop();
        }
    }

    /// Lets go of everything before `position`.
    pub(super) fn forget_before(&mut self, position: u64) {
        while self.first < position && !self.turns.is_empty() {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some(turn) = self.turns.pop_front() {
            self.bytes -= turn.len();
            self.first += 1;
        }
    }

    /// The turns kept from `position` on, in order.
    pub(super) fn beginning_at(&self, position: u64) -> impl Iterator<Item = &Turn> {
        self.turns.iter().skip(position.saturating_sub(self.first) as usize)
    }

    /// The bytes of the turns from `position` on, in order.
    pub(super) fn since(&self, position: u64, dialect: Dialect) -> Result<impl Iterator<Item = &Bytes>, FellOff> {
        if !self.has(position) {
            return Err(FellOff);
        }
        Ok(self.beginning_at(position).map(move |turn| turn.of(dialect)).filter(|bytes| !bytes.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn turn(number: u64) -> Turn {
        Turn { plain: Bytes::from(number.to_string()), rich: Bytes::new() }
    }

    proptest! {
        #[test]
        fn whoever_is_in_the_ring_reads_all_that_came_since(
            steps in prop::collection::vec(any::<Option<u8>>(), 1..200),
        ) {
            let (mut ring, mut pushed) = (Ring::default(), 0u64);
            for step in steps {
                match step {
                    None => { ring.push(turn(pushed)); pushed += 1; }
                    Some(back) => ring.forget_before(ring.head().saturating_sub(u64::from(back))),
                }
                prop_assert_eq!(ring.head(), pushed);
                for position in 0..=pushed {
                    match ring.since(position, Dialect::Plain) {
                        Ok(turns) => {
                            let seen: Vec<_> = turns.cloned().collect();
                            let all: Vec<_> = (position..pushed).map(|n| Bytes::from(n.to_string())).collect();
                            prop_assert_eq!(seen, all);
                        }
                        Err(FellOff) => prop_assert!(!ring.has(position)),
                    }
                }
            }
        }
    }

    #[test]
    fn the_ring_is_bounded_in_bytes_and_keeps_its_newest_turn() {
        let mut ring = Ring::default();
        let big = Turn { plain: Bytes::from(vec![0; RING_BYTES / 2]), rich: Bytes::new() };
        (0..5).for_each(|_| ring.push(big.clone()));
        assert!(ring.bytes <= RING_BYTES);
        assert!(ring.since(0, Dialect::Plain).is_err());
        ring.push(Turn { plain: Bytes::from(vec![0; 2 * RING_BYTES]), rich: Bytes::new() });
        assert_eq!(ring.since(ring.head() - 1, Dialect::Plain).unwrap().count(), 1);
    }
}

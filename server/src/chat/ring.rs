//! A room's recent fan-out batches by position: the send queue that all members share.
//!
//! A batch holds everything that happened in the room since the previous one, as bytes ready for a socket. A member
//! that keeps up never reads older batches. A member whose socket is full keeps its position and continues from there
//! later. The ring therefore holds batches only while a member is behind.

use std::collections::VecDeque;

use bytes::Bytes;

use super::Dialect;

/// Maximum number of bytes that a ring keeps for members that are behind. A member that needs an older batch is too
/// slow and is disconnected.
const RING_BYTES: usize = 1 << 20;

/// The frames of one fan-out in each dialect. A dialect without members gets no frames.
#[derive(Clone, Debug, Default)]
pub(super) struct FanOutBatch {
    pub(super) plain: Bytes,
    pub(super) rich: Bytes,
}

impl FanOutBatch {
    pub(super) fn frames(&self, dialect: Dialect) -> &Bytes {
        match dialect {
            Dialect::Plain => &self.plain,
            Dialect::Rich => &self.rich,
        }
    }

    fn len(&self) -> usize {
        self.plain.len() + self.rich.len()
    }
}

/// The ring no longer holds the batch at a position.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OutOfRange;

/// A bounded queue of batches that some members still have to receive.
#[derive(Debug, Default)]
pub(super) struct Ring {
    batches: VecDeque<FanOutBatch>,
    /// The position of the oldest batch in the ring.
    first: u64,
    bytes: usize,
}

impl Ring {
    /// The position of the next batch to be pushed.
    pub(super) fn head(&self) -> u64 {
        self.first + self.batches.len() as u64
    }

    /// Whether the ring holds all batches from `position` on.
    pub(super) fn contains(&self, position: u64) -> bool {
        position >= self.first
    }

    /// Appends a batch and discards the oldest batches above [`RING_BYTES`].
    pub(super) fn push(&mut self, batch: FanOutBatch) {
        self.bytes += batch.len();
        self.batches.push_back(batch);
        // The newest batch stays whatever its size, or no member could receive it.
        while self.bytes > RING_BYTES && self.batches.len() > 1 {
            self.pop();
        }
    }

    /// Discards all batches before `position`.
    pub(super) fn discard_before(&mut self, position: u64) {
        while self.first < position && !self.batches.is_empty() {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some(batch) = self.batches.pop_front() {
            self.bytes -= batch.len();
            self.first += 1;
        }
    }

    /// The batches from `position` on, in order.
    pub(super) fn batches_from(&self, position: u64) -> impl Iterator<Item = &FanOutBatch> {
        self.batches.iter().skip(position.saturating_sub(self.first) as usize)
    }

    /// The frames of one dialect from `position` on, in order. Empty batches are skipped.
    pub(super) fn frames_from(
        &self,
        position: u64,
        dialect: Dialect,
    ) -> Result<impl Iterator<Item = &Bytes>, OutOfRange> {
        if !self.contains(position) {
            return Err(OutOfRange);
        }
        Ok(self.batches_from(position).map(move |batch| batch.frames(dialect)).filter(|bytes| !bytes.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn batch(number: u64) -> FanOutBatch {
        FanOutBatch { plain: Bytes::from(number.to_string()), rich: Bytes::new() }
    }

    proptest! {
        #[test]
        fn a_position_in_the_ring_yields_all_batches_since(
            steps in prop::collection::vec(any::<Option<u8>>(), 1..200),
        ) {
            let (mut ring, mut pushed) = (Ring::default(), 0u64);
            for step in steps {
                match step {
                    None => { ring.push(batch(pushed)); pushed += 1; }
                    Some(back) => ring.discard_before(ring.head().saturating_sub(u64::from(back))),
                }
                prop_assert_eq!(ring.head(), pushed);
                for position in 0..=pushed {
                    match ring.frames_from(position, Dialect::Plain) {
                        Ok(batches) => {
                            let seen: Vec<_> = batches.cloned().collect();
                            let all: Vec<_> = (position..pushed).map(|n| Bytes::from(n.to_string())).collect();
                            prop_assert_eq!(seen, all);
                        }
                        Err(OutOfRange) => prop_assert!(!ring.contains(position)),
                    }
                }
            }
        }
    }

    #[test]
    fn the_ring_is_bounded_in_bytes_and_keeps_its_newest_batch() {
        let mut ring = Ring::default();
        let big = FanOutBatch { plain: Bytes::from(vec![0; RING_BYTES / 2]), rich: Bytes::new() };
        (0..5).for_each(|_| ring.push(big.clone()));
        assert!(ring.bytes <= RING_BYTES);
        assert!(ring.frames_from(0, Dialect::Plain).is_err());
        ring.push(FanOutBatch { plain: Bytes::from(vec![0; 2 * RING_BYTES]), rich: Bytes::new() });
        assert_eq!(ring.frames_from(ring.head() - 1, Dialect::Plain).unwrap().count(), 1);
    }
}

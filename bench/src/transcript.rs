//! The frames of a room as its first receiver got them. All other receivers must get the same bytes.
//!
//! So most deliveries cost one comparison, and only the first of a thousand is parsed.

use crate::{message_tag::MessageTag, sequence_check::SequenceChecker};

/// The messages of a room since the start of the workload.
#[derive(Clone, Debug)]
pub struct Transcript {
    bytes: Vec<u8>,
    entries: Vec<TranscriptEntry>,
    sequence: SequenceChecker,
}

/// A message in a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TranscriptEntry {
    end: usize,
    /// The sender's index in its room.
    pub sender: usize,
    /// The due time in microseconds since the start of the workload.
    pub due: u64,
}

/// How far a receiver has read a room's transcript.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadPosition {
    next: usize,
    errors: u64,
}

impl Transcript {
    /// Creates an empty transcript for a number of senders.
    pub fn new(senders: usize) -> Self {
        Self { bytes: Vec::new(), entries: Vec::new(), sequence: SequenceChecker::new(senders) }
    }

    /// Records a text that the receiver at `position` got, and advances the position. Returns `None` for frames that
    /// are not tagged messages, such as announcements and acks.
    pub fn record(&mut self, position: &mut ReadPosition, text: &[u8]) -> Option<TranscriptEntry> {
        if let Some(entry) = self.entries.get(position.next)
            && self.bytes[self.start(position.next)..entry.end] == *text
        {
            position.next += 1;
            return Some(*entry);
        }
        let tag = MessageTag::find(text)?;
        if position.next < self.entries.len() {
            // Another receiver got a different message at this position.
            position.errors += 1;
        } else {
            self.sequence.record(tag.sender, tag.number);
            self.bytes.extend_from_slice(text);
            self.entries.push(TranscriptEntry { end: self.bytes.len(), sender: tag.sender, due: tag.due });
        }
        position.next += 1;
        Some(TranscriptEntry { end: self.bytes.len(), sender: tag.sender, due: tag.due })
    }

    /// Whether all sent messages have been received, also by the receiver at `position`. `sent` has the number of
    /// messages of each sender.
    pub fn is_complete(&self, position: ReadPosition, sent: &[u32]) -> bool {
        position.next >= self.entries.len() && self.sequence.is_complete(sent)
    }

    /// The number of missing, duplicated and reordered messages for the receiver at `position`.
    pub fn errors(&self, position: ReadPosition, sent: &[u32]) -> u64 {
        position.errors + self.entries.len().abs_diff(position.next) as u64 + self.sequence.errors(sent)
    }

    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.entries[before].end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: u32) -> Vec<u8> {
        format!(r#"{{"username":"p","message":"{}"}}"#, MessageTag { sender: 0, number, due: 7 }.message(64))
            .into_bytes()
    }

    fn errors(received: &[&[u32]], sent: u32) -> Vec<u64> {
        let mut transcript = Transcript::new(1);
        let mut positions = vec![ReadPosition::default(); received.len()];
        for (position, numbers) in positions.iter_mut().zip(received) {
            for number in *numbers {
                transcript.record(position, &text(*number));
            }
        }
        positions.iter().map(|position| transcript.errors(*position, &[sent])).collect()
    }

    #[test]
    fn equal_frames_in_equal_order_have_no_errors() {
        assert_eq!(errors(&[&[0, 1, 2], &[0, 1, 2]], 3), [0, 0]);
    }

    #[test]
    fn missing_duplicated_and_reordered_messages_are_errors_for_any_receiver() {
        let cases: [(&str, &[&[u32]]); 6] = [
            ("missing messages at the end for one receiver", &[&[0, 1, 2], &[0, 1]]),
            ("a gap", &[&[0, 1, 2], &[0, 2]]),
            ("a swap", &[&[0, 1, 2], &[1, 0, 2]]),
            ("a duplicate for one receiver", &[&[0, 1, 2], &[0, 1, 1, 2]]),
            ("a gap for all receivers", &[&[0, 2], &[0, 2]]),
            ("nothing at all", &[&[], &[]]),
        ];
        for (what, received) in cases {
            assert!(errors(received, 3).iter().sum::<u64>() > 0, "{what}");
        }
    }

    #[test]
    fn announcements_are_not_messages() {
        let (mut transcript, mut position) = (Transcript::new(1), ReadPosition::default());
        assert_eq!(transcript.record(&mut position, br#"{"username":"p","message":"p has joined the chat"}"#), None);
        assert_eq!(transcript.errors(position, &[0]), 0);
    }
}

//! Checks that messages are received once each, in the order in which they were sent.

/// Tracks the messages received from each sender of a room. Each sender numbers its messages from 0.
#[derive(Clone, Debug, Default)]
pub struct SequenceChecker {
    next: Vec<u32>,
    errors: u64,
}

impl SequenceChecker {
    /// Creates a checker for a number of senders.
    pub fn new(senders: usize) -> Self {
        Self { next: vec![0; senders], errors: 0 }
    }

    /// Records a received message. A gap, a duplicate and a reordered message are one error each.
    pub fn record(&mut self, sender: usize, number: u32) {
        match self.next.get_mut(sender) {
            Some(next) if *next == number => *next += 1,
            Some(next) => {
                self.errors += 1;
                *next = (*next).max(number + 1);
            }
            None => self.errors += 1,
        }
    }

    /// Whether all sent messages have been received. `sent` has the number of messages of each sender.
    pub fn is_complete(&self, sent: &[u32]) -> bool {
        self.next.iter().zip(sent).all(|(next, sent)| next >= sent)
    }

    /// The number of errors, including messages that were never received.
    pub fn errors(&self, sent: &[u32]) -> u64 {
        let missing: u64 = self.next.iter().zip(sent).map(|(next, sent)| u64::from(sent.saturating_sub(*next))).sum();
        self.errors + missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(received: &[(usize, u32)], sent: &[u32]) -> u64 {
        let mut checker = SequenceChecker::new(sent.len());
        received.iter().for_each(|(sender, number)| checker.record(*sender, *number));
        checker.errors(sent)
    }

    #[test]
    fn messages_in_order_have_no_errors_however_senders_interleave() {
        assert_eq!(errors(&[(0, 0), (1, 0), (1, 1), (0, 1)], &[2, 2]), 0);
    }

    #[test]
    fn missing_duplicated_and_reordered_messages_are_errors() {
        assert_eq!(errors(&[(0, 0), (0, 2)], &[3]), 1, "a gap");
        assert_eq!(errors(&[(0, 0), (0, 0), (0, 1)], &[2]), 1, "a duplicate");
        assert_eq!(errors(&[(0, 1), (0, 0)], &[2]), 2, "a swap");
        assert_eq!(errors(&[(0, 0)], &[3]), 2, "missing messages at the end");
        assert_eq!(errors(&[(3, 0)], &[0]), 1, "an unknown sender");
    }
}

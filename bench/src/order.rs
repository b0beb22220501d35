//! Whether each receiver got each message once, in the order in which it was sent.

/// What one receiver has had from each sender of its room. Messages are numbered from 0 by their sender.
#[derive(Clone, Debug, Default)]
pub struct Order {
    next: Vec<u32>,
    faults: u64,
}

impl Order {
    /// Nothing yet, from so many senders.
    pub fn new(senders: usize) -> Self {
        Self { next: vec![0; senders], faults: 0 }
    }

    /// A message came. A gap, a repetition and a message that was overtaken are each a fault.
    pub fn came(&mut self, sender: usize, number: u32) {
        match self.next.get_mut(sender) {
            Some(next) if *next == number => *next += 1,
            Some(next) => {
                self.faults += 1;
                *next = (*next).max(number + 1);
            }
            None => self.faults += 1,
        }
    }

    /// Whether everything has come that was sent: `sent` has how many for each sender.
    pub fn is_complete(&self, sent: &[u32]) -> bool {
        self.next.iter().zip(sent).all(|(next, sent)| next >= sent)
    }

    /// What was wrong, and messages that never came.
    pub fn faults(&self, sent: &[u32]) -> u64 {
        let missing: u64 = self.next.iter().zip(sent).map(|(next, sent)| u64::from(sent.saturating_sub(*next))).sum();
        self.faults + missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(came: &[(usize, u32)], sent: &[u32]) -> u64 {
        let mut order = Order::new(sent.len());
        came.iter().for_each(|(sender, number)| order.came(*sender, *number));
        order.faults(sent)
    }

    #[test]
    fn what_comes_once_and_in_order_is_right_however_senders_mix() {
        assert_eq!(faults(&[(0, 0), (1, 0), (1, 1), (0, 1)], &[2, 2]), 0);
    }

    #[test]
    fn missing_doubled_and_misordered_messages_are_found() {
        assert_eq!(faults(&[(0, 0), (0, 2)], &[3]), 1, "a gap");
        assert_eq!(faults(&[(0, 0), (0, 0), (0, 1)], &[2]), 1, "a repetition");
        assert_eq!(faults(&[(0, 1), (0, 0)], &[2]), 2, "a swap");
        assert_eq!(faults(&[(0, 0)], &[3]), 2, "an end that never came");
        assert_eq!(faults(&[(3, 0)], &[0]), 1, "a sender that is none");
    }
}

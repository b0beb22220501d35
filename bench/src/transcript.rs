//! What a room has said, as the first one who heard it did: everyone else has to hear the same, byte for byte.
//!
//! So a delivery costs one comparison, and only the first of a thousand has to be understood.

use crate::{mark::Mark, order::Order};

/// A room's messages since the load began.
#[derive(Clone, Debug)]
pub struct Transcript {
    bytes: Vec<u8>,
    said: Vec<Said>,
    order: Order,
}

/// A message in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    end: usize,
    /// Which sender of the room.
    pub sender: usize,
    /// When it was due, in microseconds since the load began.
    pub due: u64,
}

/// How far somebody has heard a room.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    next: usize,
    faults: u64,
}

impl Transcript {
    /// Nothing yet, from so many senders.
    pub fn new(senders: usize) -> Self {
        Self { bytes: Vec::new(), said: Vec::new(), order: Order::new(senders) }
    }

    /// Somebody at this place has heard a text. Returns what it is; none for news of who came and for answers.
    pub fn hear(&mut self, place: &mut Place, text: &[u8]) -> Option<Said> {
        if let Some(said) = self.said.get(place.next)
            && self.bytes[self.start(place.next)..said.end] == *text
        {
            place.next += 1;
            return Some(*said);
        }
        let mark = Mark::find(text)?;
        if place.next < self.said.len() {
            // Others have heard something else here.
            place.faults += 1;
        } else {
            self.order.came(mark.sender, mark.number);
            self.bytes.extend_from_slice(text);
            self.said.push(Said { end: self.bytes.len(), sender: mark.sender, due: mark.due });
        }
        place.next += 1;
        Some(Said { end: self.bytes.len(), sender: mark.sender, due: mark.due })
    }

    /// Whether all that was sent has come, and whoever is at this place has had it: `sent` has how many for each sender.
    pub fn is_complete(&self, place: Place, sent: &[u32]) -> bool {
        place.next >= self.said.len() && self.order.is_complete(sent)
    }

    /// Messages that were missing, doubled or out of order for one who has come to this place.
    pub fn faults(&self, place: Place, sent: &[u32]) -> u64 {
        place.faults + self.said.len().abs_diff(place.next) as u64 + self.order.faults(sent)
    }

    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.said[before].end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: u32) -> Vec<u8> {
        format!(r#"{{"username":"p","message":"{}"}}"#, Mark { sender: 0, number, due: 7 }.message(64)).into_bytes()
    }

    fn faults(heard: &[&[u32]], sent: u32) -> Vec<u64> {
        let mut transcript = Transcript::new(1);
        let mut places = vec![Place::default(); heard.len()];
        for (place, numbers) in places.iter_mut().zip(heard) {
            for number in *numbers {
                transcript.hear(place, &text(*number));
            }
        }
        places.iter().map(|place| transcript.faults(*place, &[sent])).collect()
    }

    #[test]
    fn who_hears_the_same_in_the_same_order_has_no_faults() {
        assert_eq!(faults(&[&[0, 1, 2], &[0, 1, 2]], 3), [0, 0]);
    }

    #[test]
    fn missing_doubled_and_misordered_messages_are_found_whoever_hears_them() {
        let cases: [(&str, &[&[u32]]); 6] = [
            ("an end that one did not hear", &[&[0, 1, 2], &[0, 1]]),
            ("a gap", &[&[0, 1, 2], &[0, 2]]),
            ("a swap", &[&[0, 1, 2], &[1, 0, 2]]),
            ("a repetition that one heard", &[&[0, 1, 2], &[0, 1, 1, 2]]),
            ("a gap that all heard", &[&[0, 2], &[0, 2]]),
            ("nothing at all", &[&[], &[]]),
        ];
        for (what, heard) in cases {
            assert!(faults(heard, 3).iter().sum::<u64>() > 0, "{what}");
        }
    }

    #[test]
    fn news_of_who_came_is_no_message() {
        let (mut transcript, mut place) = (Transcript::new(1), Place::default());
        assert_eq!(transcript.hear(&mut place, br#"{"username":"p","message":"p has joined the chat"}"#), None);
        assert_eq!(transcript.faults(place, &[0]), 0);
    }
}

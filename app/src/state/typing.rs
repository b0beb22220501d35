//! Who is typing in a room, and when to tell the server that the reader is.

use parlor::{Author, AuthorId, Name, limits};

/// How long somebody counts as typing after the last signal, in milliseconds.
const SHOWN_FOR_MS: u64 = 5_000;

/// The typing signals of one room.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    // Each with the tick at which it expires, in the order in which they began.
    others: Vec<(Author, u64)>,
    next_signal_at: u64,
}

impl Typing {
    /// Records a typing signal of somebody else.
    pub fn start(&mut self, author: Author, tick: u64) {
        self.stop(&author.id);
        self.others.push((author, tick + SHOWN_FOR_MS));
    }

    /// Removes somebody who has posted a message or left.
    pub fn stop(&mut self, author: &AuthorId) {
        self.others.retain(|(other, _)| other.id != *author);
    }

    /// Removes signals that have expired.
    pub fn tick(&mut self, tick: u64) {
        self.others.retain(|(_, until)| *until > tick);
    }

    /// The tick at which the next signal expires.
    pub fn deadline(&self) -> Option<u64> {
        self.others.iter().map(|(_, until)| *until).min()
    }

    /// Whether to send a typing signal of the reader now: at most one in
    /// [`TYPING_PAUSE_MS`](limits::TYPING_PAUSE_MS) per message.
    pub fn take_due_signal(&mut self, tick: u64) -> bool {
        let due = tick >= self.next_signal_at;
        if due {
            self.next_signal_at = tick + limits::TYPING_PAUSE_MS;
        }
        due
    }

    /// The reader has posted their message: the next one gets a signal at once.
    pub fn on_own_message(&mut self) {
        self.next_signal_at = 0;
    }

    /// The names of those who are typing, in the order in which they began.
    pub fn names(&self) -> Vec<Name> {
        self.others.iter().map(|(author, _)| author.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::author;

    #[test]
    fn a_signal_lasts_for_a_while_or_until_the_message_comes() {
        let names = |typing: &Typing| typing.names().iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut typing = Typing::default();
        typing.start(author("ana"), 0);
        typing.start(author("bo"), 1_000);
        assert_eq!(names(&typing), ["ana", "bo"]);
        typing.start(author("ana"), 3_000);
        typing.tick(6_000);
        assert_eq!((names(&typing), typing.deadline()), (vec!["ana".to_owned()], Some(8_000)));
        typing.stop(&author("ana").id);
        assert!(typing.names().is_empty());
    }

    #[test]
    fn own_signals_are_sent_with_pauses_and_for_each_new_message() {
        let mut typing = Typing::default();
        assert!(typing.take_due_signal(10));
        assert!(!typing.take_due_signal(20));
        assert!(typing.take_due_signal(10 + limits::TYPING_PAUSE_MS));
        typing.on_own_message();
        assert!(typing.take_due_signal(4_000));
    }
}

//! Who is writing, in one room.

use parlor::{Author, AuthorId, limits};

use crate::words::{Words, fill};

/// How long somebody is said to be writing after they were heard, in milliseconds.
const HOLDS_MS: u64 = 5_000;

/// Those who write, and when the reader last told that they do.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    // With the time until which it holds.
    others: Vec<(Author, u64)>,
    tell_at: u64,
}

impl Typing {
    /// Somebody is writing.
    pub fn heard(&mut self, who: Author, tick: u64) {
        self.over(&who.id);
        self.others.push((who, tick + HOLDS_MS));
    }

    /// Somebody has said it, or is gone.
    pub fn over(&mut self, who: &AuthorId) {
        self.others.retain(|(other, _)| other.id != *who);
    }

    /// Time has passed.
    pub fn tick(&mut self, tick: u64) {
        self.others.retain(|(_, until)| *until > tick);
    }

    /// When [`tick`](Self::tick) will change something.
    pub fn deadline(&self) -> Option<u64> {
        self.others.iter().map(|(_, until)| *until).min()
    }

    /// Whether to tell the others now that the reader is writing.
    pub fn tell(&mut self, tick: u64) -> bool {
        let due = tick >= self.tell_at;
        if due {
            self.tell_at = tick + limits::TYPING_PAUSE_MS;
        }
        due
    }

    /// The reader has said it: what they write next is news.
    pub fn said(&mut self) {
        self.tell_at = 0;
    }

    /// "Ana is typing…"; empty where nobody is.
    pub fn text(&self, words: &Words) -> String {
        let name = |index: usize| self.others[index].0.name.as_str();
        match self.others.len() {
            0 => String::new(),
            1 => fill(words.one_types(), &[name(0)]),
            2 => fill(words.two_type(), &[name(0), name(1)]),
            _ => words.several_type().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::timeline::tests::author;
    use super::*;
    use crate::words::ENGLISH;

    #[test]
    fn it_holds_for_a_while_or_until_it_is_said() {
        let mut typing = Typing::default();
        typing.heard(author("ana"), 0);
        typing.heard(author("bo"), 1_000);
        assert_eq!(typing.text(ENGLISH), "ana and bo are typing…");
        typing.heard(author("ana"), 3_000);
        typing.tick(6_000);
        assert_eq!((typing.text(ENGLISH).as_str(), typing.deadline()), ("ana is typing…", Some(8_000)));
        typing.over(&author("ana").id);
        assert_eq!(typing.text(ENGLISH), "");
    }

    #[test]
    fn the_others_are_told_now_and_then_and_of_each_new_message() {
        let mut typing = Typing::default();
        assert!(typing.tell(10));
        assert!(!typing.tell(20));
        assert!(typing.tell(10 + limits::TYPING_PAUSE_MS));
        typing.said();
        assert!(typing.tell(4_000));
    }
}

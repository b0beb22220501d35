//! What everyone wrote and saw: the evidence for the verdict. Each client keeps its own and hands it over at the end.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use parlor::RoomName;

/// Stands for a message: its writer's name and its text, which no two messages of a run have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Print(u64);

impl Print {
    pub(super) fn of(name: &str, text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (name, text).hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// A message that a rich client was given to post.
#[derive(Clone, Debug)]
pub(super) struct Posted {
    pub(super) client_id: String,
    pub(super) name: String,
    pub(super) text: String,
    /// Its writer gave it up after it was refused; it may have got through all the same.
    pub(super) discarded: bool,
    /// Where the server said that it is.
    pub(super) acked: Option<u64>,
}

/// What a rich client did and saw.
#[derive(Clone, Debug)]
pub(super) struct RichLedger {
    pub(super) who: String,
    pub(super) room: RoomName,
    /// The session's public id.
    pub(super) author: String,
    /// In the order of writing.
    pub(super) posted: Vec<Posted>,
    /// What stood in its timeline, by place: one run each time that the timeline began anew.
    pub(super) runs: Vec<Vec<(u64, Print)>>,
    /// The place that its timeline has reached.
    pub(super) reached: u64,
    /// What else went wrong.
    pub(super) trouble: Vec<String>,
}

/// What a plain client did and heard from joining to the end of that connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Stay {
    pub(super) name: String,
    pub(super) sent: Vec<String>,
    pub(super) heard: Vec<Print>,
}

/// What a plain client did and heard.
#[derive(Clone, Debug)]
pub(super) struct PlainLedger {
    pub(super) who: String,
    pub(super) room: RoomName,
    pub(super) stays: Vec<Stay>,
    pub(super) trouble: Vec<String>,
}

/// What every message of the run begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// When it was written, from the start of the run.
    pub(super) at: Duration,
    /// Whether it could be sent at once.
    pub(super) at_once: bool,
}

impl Stamp {
    /// A text of about so many bytes that no other message has.
    pub(super) fn text(self, writer: &str, number: usize, bytes: usize) -> String {
        let how = if self.at_once { "now" } else { "queued" };
        let mut text = format!("{writer}/{number} {how} {}", self.at.as_micros());
        let filler = bytes.saturating_sub(text.len()) / 8;
        (0..filler).for_each(|_| text.push_str(" chatter"));
        text
    }

    /// What a text tells of itself.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut words = text.split(' ').skip(1);
        let at_once = words.next()? == "now";
        let at = Duration::from_micros(words.next()?.parse().ok()?);
        Some(Self { at, at_once })
    }
}

/// A message as it is shown to people: its beginning.
pub(super) fn shown(name: &str, text: &str) -> String {
    let mut line = String::new();
    let start: String = text.chars().take(40).collect();
    let _ = write!(line, "{name}: {start}{}", if start.len() < text.len() { "…" } else { "" });
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_back() {
        let stamp = Stamp { at: Duration::from_micros(1_234_567), at_once: true };
        assert_eq!(Stamp::of(&stamp.text("r1", 3, 100)), Some(stamp));
        let queued = Stamp { at_once: false, ..stamp };
        assert_eq!(Stamp::of(&queued.text("r1", 3, 0)), Some(queued));
        assert_eq!(Stamp::of("hello"), None);
    }
}

//! The texts of the messages in a test run: each is unique and starts with a stamp, from which readers compute
//! latencies.

use std::time::Duration;

use parlor::RoomName;

/// The start of the text of each room's last message, which the auditor posts.
pub(crate) const LAST_MESSAGE_PREFIX: &str = "the-end/";

/// Characters of a text that [`excerpt`] shows.
const EXCERPT_CHARS: usize = 40;

/// The time of writing, at the start of every client's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// When the message was written, from the start of the run.
    pub(crate) written_at: Duration,
    /// Whether it could be sent immediately. If not, it says nothing about the time of delivery.
    pub(crate) sent_immediately: bool,
}

impl Stamp {
    /// A text of about `bytes` bytes that no other message of the run has.
    pub(crate) fn text(self, writer: &str, number: usize, bytes: usize) -> String {
        let state = if self.sent_immediately { "now" } else { "queued" };
        let mut text = format!("{writer}/{number} {state} {}", self.written_at.as_micros());
        let filler = bytes.saturating_sub(text.len()) / 8;
        (0..filler).for_each(|_| text.push_str(" chatter"));
        text
    }

    /// Parses the stamp of a text; `None` if it has none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ').skip(1);
        let sent_immediately = words.next()? == "now";
        let written_at = Duration::from_micros(words.next()?.parse().ok()?);
        Some(Self { written_at, sent_immediately })
    }
}

/// The text of a room's last message.
pub(crate) fn last_message(room: &RoomName) -> String {
    format!("{LAST_MESSAGE_PREFIX}{room}")
}

/// The writer's name and the first characters of a message, for the report.
pub(crate) fn excerpt(name: &str, text: &str) -> String {
    let start: String = text.chars().take(EXCERPT_CHARS).collect();
    format!("{name}: {start}{}", if start.len() < text.len() { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_parsed_from_the_text_it_starts() {
        let stamp = Stamp { written_at: Duration::from_micros(1_234_567), sent_immediately: true };
        assert_eq!(Stamp::parse(&stamp.text("r1", 3, 100)), Some(stamp));
        let queued = Stamp { sent_immediately: false, ..stamp };
        assert_eq!(Stamp::parse(&queued.text("r1", 3, 0)), Some(queued));
        assert_eq!(Stamp::parse("hello"), None);
    }
}

//! The unread messages of a room.

use super::{read_marker::ReadMarker, timeline::Timeline, viewer::Viewer};

/// Highest count: above it the label is "99+".
const MAX_COUNT: usize = 100;

/// The unread count of a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnreadCount {
    /// Unread messages, at most [`MAX_COUNT`].
    pub count: usize,
    /// Those of them that mention or answer the reader.
    pub highlights: usize,
    /// Whether there may be more than `count`.
    pub more: bool,
}

impl UnreadCount {
    /// Counts the messages after the read marker that the page holds.
    pub fn of(timeline: &Timeline, read_marker: &ReadMarker, viewer: &Viewer) -> Self {
        let end = timeline.end();
        let read = read_marker.read();
        let mut unread = Self { more: end.has_older() && end.first() > read + 1, ..Self::default() };
        let new = end.messages().range(end.index_after(read)..).filter(|message| viewer.counts_as_unread(message));
        for message in new.rev() {
            if unread.count == MAX_COUNT {
                unread.more = true;
                break;
            }
            unread.count += 1;
            unread.highlights += usize::from(viewer.is_highlight(message));
        }
        unread
    }

    /// The count as a label: "3", "99+", or an empty text for none.
    pub fn label(self) -> String {
        let shown = self.count.min(MAX_COUNT - 1);
        match self.count {
            0 => String::new(),
            _ if self.more || shown < self.count => format!("{shown}+"),
            _ => shown.to_string(),
        }
    }
}

//! How much of a room is new to its reader.

use super::{marker::Marker, me::Me, timeline::Timeline};

/// Counted at most: "99+" says enough.
const MOST: usize = 100;

/// The counts beside a room's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that have not been read, at most [`MOST`].
    pub unread: usize,
    /// How many of them are meant for the reader.
    pub meant: usize,
    /// Whether there may be more.
    pub more: bool,
}

impl Tally {
    /// Counts what came after the reader's place.
    pub fn of(timeline: &Timeline, marker: &Marker, me: &Me) -> Self {
        let end = timeline.end();
        let read = marker.read();
        // What is not held any more is not counted.
        let mut tally = Self { more: end.has_older() && end.first() > read + 1, ..Self::default() };
        let new = end.said().range(end.index_after(read)..).filter(|said| me.may_miss(said));
        for said in new.rev() {
            if tally.unread == MOST {
                tally.more = true;
                break;
            }
            tally.unread += 1;
            tally.meant += usize::from(me.is_meant(said));
        }
        tally
    }

    /// "3", "99+", or nothing.
    pub fn label(self) -> String {
        let shown = self.unread.min(MOST - 1);
        match self.unread {
            0 => String::new(),
            _ if self.more || shown < self.unread => format!("{shown}+"),
            _ => shown.to_string(),
        }
    }
}

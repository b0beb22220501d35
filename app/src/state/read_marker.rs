//! How far the reader has read a room, and where the "new messages" divider stands.

/// Shortest time between two read markers that are sent to the server, in milliseconds: it stores each on disk.
const SEND_INTERVAL_MS: u64 = 3_000;

/// The read marker of one room. All tabs and devices of a session share it through the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadMarker {
    read: u64,
    // The marker as the server knows it.
    sent: u64,
    send_at: u64,
    divider: Option<u64>,
    // The reader has marked messages as unread: looking at them does not move the marker.
    pinned: bool,
}

impl ReadMarker {
    /// The marker as the server knows it. For a first-time visitor everything up to `top` counts as read.
    pub fn new(read: Option<u64>, top: u64) -> Self {
        Self { read: read.unwrap_or(top), sent: read.unwrap_or(0), send_at: 0, divider: None, pinned: false }
    }

    /// The seq up to which everything is read.
    pub fn read(self) -> u64 {
        self.read
    }

    /// The seq after which the divider stands, if it is shown.
    pub fn divider(self) -> Option<u64> {
        self.divider
    }

    /// Updates the marker for a log that ends at `top`, whose newest message of somebody else is `newest_of_others`.
    /// While the reader watches the end of the log, the marker moves there. Otherwise the divider is set first.
    pub fn update(&mut self, watching: bool, top: u64, newest_of_others: u64) {
        if self.pinned {
            return;
        }
        if watching {
            self.read = self.read.max(top);
        } else if newest_of_others > self.read {
            self.divider = Some(self.read);
        }
    }

    /// Applies the marker that the server has for this session; another tab may have moved it.
    pub fn on_server_marker(&mut self, seq: u64, watching: bool) {
        self.sent = seq;
        if seq > self.read {
            (self.read, self.pinned) = (seq, false);
            if !watching {
                self.divider = None;
            }
        }
    }

    /// The reader stops watching the room: a divider above messages that are read disappears, and unread messages that
    /// the reader pinned count as seen on the next visit.
    pub fn on_unwatched(&mut self) {
        self.pinned = false;
        if self.divider.is_some_and(|divider| divider < self.read) {
            self.divider = None;
        }
    }

    /// Marks a message and everything after it as unread.
    pub fn mark_unread(&mut self, seq: u64) {
        let before = seq.saturating_sub(1);
        (self.read, self.sent, self.divider, self.pinned) = (before, before, Some(before), true);
    }

    /// The reader has posted a message: the divider disappears.
    pub fn on_own_message(&mut self) {
        self.divider = None;
    }

    /// Lets the next marker be sent without delay: the page may end soon.
    pub fn send_soon(&mut self) {
        self.send_at = 0;
    }

    /// The seq to send to the server now, if it is due.
    pub fn take_due(&mut self, tick: u64) -> Option<u64> {
        let due = self.read > self.sent && tick >= self.send_at;
        due.then(|| {
            (self.sent, self.send_at) = (self.read, tick + SEND_INTERVAL_MS);
            self.read
        })
    }

    /// The tick at which [`take_due`](Self::take_due) returns a seq.
    pub fn deadline(self) -> Option<u64> {
        (self.read > self.sent).then_some(self.send_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_divider_stays_at_the_old_marker_while_the_marker_moves() {
        let mut marker = ReadMarker::new(Some(4), 9);
        marker.update(false, 9, 8);
        assert_eq!(marker.divider(), Some(4));
        marker.update(true, 9, 8);
        marker.update(true, 12, 12);
        assert_eq!((marker.divider(), marker.read()), (Some(4), 12));
    }

    #[test]
    fn a_first_visit_and_own_messages_set_no_divider() {
        let mut marker = ReadMarker::new(None, 9);
        marker.update(false, 9, 9);
        assert_eq!(marker.divider(), None);
        marker.update(false, 10, 9);
        assert_eq!(marker.divider(), None);
    }

    #[test]
    fn messages_received_while_hidden_get_a_divider() {
        let mut marker = ReadMarker::new(Some(4), 6);
        marker.update(false, 6, 6);
        marker.update(true, 6, 6);
        marker.update(false, 8, 8);
        marker.update(false, 9, 9);
        assert_eq!(marker.divider(), Some(6));
    }

    #[test]
    fn messages_read_in_another_tab_are_not_new() {
        let mut marker = ReadMarker::new(Some(4), 6);
        marker.update(false, 9, 9);
        marker.on_server_marker(9, false);
        marker.update(false, 9, 9);
        assert_eq!((marker.divider(), marker.read()), (None, 9));
        marker.update(false, 11, 11);
        assert_eq!(marker.divider(), Some(9));
    }

    #[test]
    fn messages_marked_as_unread_stay_so_until_the_reader_returns() {
        let mut marker = ReadMarker::new(Some(4), 6);
        marker.update(true, 6, 6);
        marker.mark_unread(5);
        marker.update(true, 7, 7);
        assert_eq!((marker.read(), marker.divider(), marker.take_due(0)), (4, Some(4), None));
        marker.on_unwatched();
        marker.update(true, 7, 7);
        assert_eq!((marker.read(), marker.divider()), (7, Some(4)));
        marker.on_unwatched();
        assert_eq!(marker.divider(), None, "everything has been read");
    }

    #[test]
    fn the_marker_is_sent_with_pauses_and_again_if_the_server_did_not_get_it() {
        let mut marker = ReadMarker::new(Some(4), 6);
        marker.update(true, 6, 6);
        assert_eq!(marker.take_due(10), Some(6));
        marker.update(true, 7, 7);
        assert_eq!((marker.take_due(11), marker.deadline()), (None, Some(10 + SEND_INTERVAL_MS)));
        assert_eq!(marker.take_due(10 + SEND_INTERVAL_MS), Some(7));
        assert_eq!(marker.deadline(), None);
        marker.on_server_marker(6, true);
        marker.send_soon();
        assert_eq!(marker.take_due(10 + SEND_INTERVAL_MS), Some(7));
    }
}

//! How far the reader has read, and where the line stands that divides what they knew from what is new.

/// The server is told at most this often, in milliseconds: each time is a write to its disk.
const TELL_MS: u64 = 3_000;

/// The reader's place in one room. All tabs and devices of a session share it through the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    read: u64,
    told: u64,
    tell_at: u64,
    line: Option<u64>,
    // The reader wants to come back to what is new: looking at it does not count.
    kept_new: bool,
}

impl Marker {
    /// The marker as the server knows it. Who is here for the first time has missed nothing before `top`.
    pub fn new(read: Option<u64>, top: u64) -> Self {
        Self { read: read.unwrap_or(top), told: read.unwrap_or(0), tell_at: 0, line: None, kept_new: false }
    }

    /// Everything up to here has been read.
    pub fn read(self) -> u64 {
        self.read
    }

    /// What came after this place is new, if a line is to be drawn.
    pub fn line(self) -> Option<u64> {
        self.line
    }

    /// What the log's end is now, and the newest message of somebody else. Only who watches the end reads; for who does
    /// not, the line is drawn first, and the marker moves when they are back.
    pub fn look(&mut self, watching: bool, top: u64, newest_of_others: u64) {
        if self.kept_new {
            return;
        }
        if watching {
            self.read = self.read.max(top);
        } else if newest_of_others > self.read {
            self.line = Some(self.read);
        }
    }

    /// The server says how far this session has read, perhaps in another tab.
    pub fn told(&mut self, seq: u64, watching: bool) {
        self.told = seq;
        if seq > self.read {
            (self.read, self.kept_new) = (seq, false);
            if !watching {
                self.line = None;
            }
        }
    }

    /// The reader goes to another room, or looks away: when they are back, what is new counts as read, and gets a line.
    pub fn unwatched(&mut self) {
        self.kept_new = false;
        if self.line.is_some_and(|line| line < self.read) {
            self.line = None;
        }
    }

    /// Messages from this place on are to be new again.
    pub fn unread(&mut self, seq: u64) {
        let before = seq.saturating_sub(1);
        (self.read, self.told, self.line, self.kept_new) = (before, before, Some(before), true);
    }

    /// The reader has answered: for them nothing here is new any more.
    pub fn answered(&mut self) {
        self.line = None;
    }

    /// The reader goes away: the next tab should know at once.
    pub fn hurry(&mut self) {
        self.tell_at = 0;
    }

    /// What to tell the server now.
    pub fn tell(&mut self, tick: u64) -> Option<u64> {
        let due = self.read > self.told && tick >= self.tell_at;
        due.then(|| {
            (self.told, self.tell_at) = (self.read, tick + TELL_MS);
            self.read
        })
    }

    /// When there will be something to tell.
    pub fn deadline(self) -> Option<u64> {
        (self.read > self.told).then_some(self.tell_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_drawn_from_the_old_marker_and_stays_while_it_moves() {
        let mut marker = Marker::new(Some(4), 9);
        marker.look(false, 9, 8);
        assert_eq!(marker.line(), Some(4));
        marker.look(true, 9, 8);
        marker.look(true, 12, 12);
        assert_eq!((marker.line(), marker.read()), (Some(4), 12));
    }

    #[test]
    fn a_first_visit_and_ones_own_words_draw_no_line() {
        let mut marker = Marker::new(None, 9);
        marker.look(false, 9, 9);
        assert_eq!(marker.line(), None);
        marker.look(false, 10, 9);
        assert_eq!(marker.line(), None);
    }

    #[test]
    fn what_comes_while_nobody_watches_gets_a_new_line() {
        let mut marker = Marker::new(Some(4), 6);
        marker.look(false, 6, 6);
        marker.look(true, 6, 6);
        marker.look(false, 8, 8);
        marker.look(false, 9, 9);
        assert_eq!(marker.line(), Some(6));
    }

    #[test]
    fn what_another_tab_has_read_is_new_to_nobody() {
        let mut marker = Marker::new(Some(4), 6);
        marker.look(false, 9, 9);
        marker.told(9, false);
        marker.look(false, 9, 9);
        assert_eq!((marker.line(), marker.read()), (None, 9));
        marker.look(false, 11, 11);
        assert_eq!(marker.line(), Some(9));
    }

    #[test]
    fn what_is_kept_new_stays_so_until_the_reader_comes_back_to_it() {
        let mut marker = Marker::new(Some(4), 6);
        marker.look(true, 6, 6);
        marker.unread(5);
        marker.look(true, 7, 7);
        assert_eq!((marker.read(), marker.line(), marker.tell(0)), (4, Some(4), None));
        marker.unwatched();
        marker.look(true, 7, 7);
        assert_eq!((marker.read(), marker.line()), (7, Some(4)));
        marker.unwatched();
        assert_eq!(marker.line(), None, "it has been read");
    }

    #[test]
    fn the_server_is_told_now_and_then_and_again_if_it_did_not_hear() {
        let mut marker = Marker::new(Some(4), 6);
        marker.look(true, 6, 6);
        assert_eq!(marker.tell(10), Some(6));
        marker.look(true, 7, 7);
        assert_eq!((marker.tell(11), marker.deadline()), (None, Some(10 + TELL_MS)));
        assert_eq!(marker.tell(10 + TELL_MS), Some(7));
        assert_eq!(marker.deadline(), None);
        marker.told(6, true);
        marker.hurry();
        assert_eq!(marker.tell(10 + TELL_MS), Some(7));
    }
}

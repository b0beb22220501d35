//! Which part of the timeline is in the page: always a bounded number of rows, and nothing new while someone reads.

use super::timeline::Timeline;

/// Rows of messages at most.
pub const ROWS_MOST: usize = 300;
/// Rows left when there are too many at the end, so that rows do not have to go with every message.
const ROWS_KEPT: usize = 200;
/// Rows that enter at once at either end.
const STEP: usize = 50;

/// The shown run: messages with `from <= seq`, and `seq <= to` while someone reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    from: u64,
    to: Option<u64>,
}

impl Window {
    /// Whether the end of the log is shown and new messages enter.
    pub fn is_live(self) -> bool {
        self.to.is_none()
    }

    /// The first seq that is not shown any more, minus one: what came after it is new to the reader.
    pub fn held_at(self) -> Option<u64> {
        self.to
    }

    /// Indices into [`Timeline::said`].
    pub fn range(self, timeline: &Timeline) -> std::ops::Range<usize> {
        let start = timeline.index_after(self.from.saturating_sub(1));
        let end = self.to.map_or(timeline.said().len(), |to| timeline.index_after(to));
        start..end.max(start)
    }

    /// Someone scrolls away from the end: what comes from now on does not enter.
    pub fn hold(&mut self, timeline: &Timeline) {
        if self.to.is_none() {
            self.to = Some(timeline.cursor().seq);
        }
    }

    /// Back to the end.
    pub fn follow(&mut self, timeline: &mut Timeline) {
        *self = Self::default();
        timeline.keep_newest(ROWS_KEPT);
    }

    /// Shows up to `seq`, for one's own message that was in view while it was pending.
    pub fn include(&mut self, seq: u64) {
        self.to = self.to.map(|to| to.max(seq));
    }

    /// New messages have come: at the end, rows that are far up leave.
    pub fn grown(&mut self, timeline: &Timeline) {
        let range = self.range(timeline);
        if self.is_live() && range.len() > ROWS_MOST {
            self.start_at(range.end - ROWS_KEPT, timeline);
        }
    }

    /// Shows older messages that are in memory. False if there are none: then a page has to be fetched.
    pub fn show_older(&mut self, timeline: &Timeline) -> bool {
        let range = self.range(timeline);
        if range.start == 0 {
            return false;
        }
        self.start_at(range.start.saturating_sub(STEP), timeline);
        self.cut_end(timeline);
        true
    }

    /// Older messages were added to the timeline, before all others.
    pub fn paged(&mut self, timeline: &Timeline) {
        self.from = 0;
        self.cut_end(timeline);
    }

    /// Shows newer messages; at the end of the log the window is live again.
    pub fn show_newer(&mut self, timeline: &Timeline) {
        let end = self.range(timeline).end + STEP;
        let said = timeline.said();
        if end >= said.len() {
            self.to = None;
        } else {
            self.to = Some(said[end - 1].seq);
        }
        let range = self.range(timeline);
        if range.len() > ROWS_MOST {
            self.start_at(range.end - ROWS_MOST, timeline);
        }
    }

    fn start_at(&mut self, index: usize, timeline: &Timeline) {
        self.from = timeline.said().get(index).map_or(0, |said| said.seq);
    }

    fn cut_end(&mut self, timeline: &Timeline) {
        let range = self.range(timeline);
        if range.len() > ROWS_MOST {
            self.to = timeline.said().get(range.start + ROWS_MOST - 1).map(|said| said.seq);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::timeline::tests::{cursor, event, events};
    use super::*;

    #[test]
    fn nothing_enters_while_someone_reads() {
        let mut timeline = Timeline::new(cursor(20), events(1..=20), false);
        let mut window = Window::default();
        window.hold(&timeline);
        let shown = window.range(&timeline);
        timeline.extend(&cursor(0).epoch, events(21..=40)).unwrap();
        window.grown(&timeline);
        assert_eq!(window.range(&timeline), shown);
        window.follow(&mut timeline);
        assert_eq!(window.range(&timeline).end, timeline.said().len());
    }

    proptest! {
        #[test]
        fn there_are_never_too_many_rows(acts in proptest::collection::vec(0u8..5, 1..400)) {
            let mut timeline = Timeline::new(cursor(1_000), events(900..=1_000), true);
            let mut window = Window::default();
            for act in acts {
                match act {
                    0 => {
                        for _ in 0..30 {
                            let next = timeline.cursor().seq + 1;
                            timeline.extend(&cursor(0).epoch, vec![event(next)]).unwrap();
                            window.grown(&timeline);
                        }
                    }
                    1 => window.hold(&timeline),
                    2 => {
                        if !window.show_older(&timeline) && timeline.has_older() {
                            let before = timeline.first();
                            let first = before.saturating_sub(50).max(1);
                            timeline.older(&cursor(0).epoch, events(first..=before - 1), first > 1);
                            window.paged(&timeline);
                        }
                    }
                    3 => window.show_newer(&timeline),
                    _ => window.follow(&mut timeline),
                }
                let range = window.range(&timeline);
                prop_assert!(range.len() <= ROWS_MOST);
                prop_assert!(range.end <= timeline.said().len());
                prop_assert!(!window.is_live() || range.end == timeline.said().len());
            }
        }
    }
}

//! Which part of the timeline is in the page: always a bounded number of rows, and nothing new while someone reads.

use std::ops::Range;

use parlor::message::PageOf;

use super::timeline::Timeline;

/// Rows of messages at most.
pub const ROWS_MOST: usize = 300;
/// Rows left when there are too many at the end, so that rows do not have to go with every message.
const ROWS_KEPT: usize = 200;
/// Rows that enter at once at either end: what a slow browser draws between two frames.
const STEP: usize = 20;
/// Rows on either side of one that is jumped to.
const AROUND: usize = 25;

/// The shown rows: messages with `from <= seq`, and up to a place while someone reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    from: u64,
    reading: Option<Reading>,
}

/// Someone reads: nothing that comes enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reading {
    /// The last row that is shown.
    to: u64,
    /// What came after this place is new to the reader.
    held: u64,
}

impl Window {
    /// Whether the end of the log is shown and new messages enter.
    pub fn is_live(self) -> bool {
        self.reading.is_none()
    }

    /// What came after this place is new to the reader; none where everything is shown.
    pub fn held_at(self) -> Option<u64> {
        self.reading.map(|reading| reading.held)
    }

    /// Whether the rows go on to the last message that the reader has had: what they wrote themselves follows it.
    pub fn reaches_end(self, timeline: &Timeline) -> bool {
        timeline.shows_end() && self.reading.is_none_or(|reading| reading.to >= reading.held)
    }

    /// Indices into the reader's part of the timeline. What stands above a message decides how it is drawn, so the first
    /// that is held waits for the one before it: nothing that is read changes when that comes.
    pub fn range(self, timeline: &Timeline) -> Range<usize> {
        let shown = timeline.shown();
        let waits = usize::from(shown.has_older() && shown.said().len() > 1);
        let start = shown.index_after(self.from.saturating_sub(1)).max(waits);
        let end = self.reading.map_or(shown.said().len(), |reading| shown.index_after(reading.to));
        start..end.max(start)
    }

    /// Someone scrolls away from the end: what comes from now on does not enter.
    pub fn hold(&mut self, timeline: &Timeline) {
        if self.reading.is_none() {
            // What comes above enters step by step from now on.
            self.start_at(self.range(timeline).start, timeline);
            let end = timeline.cursor().seq;
            self.reading = Some(Reading { to: end, held: end });
        }
    }

    /// Shows a part of the past, as a page of its own.
    pub fn turned(timeline: &Timeline) -> Self {
        let reading = Reading { to: timeline.shown().last(), held: timeline.cursor().seq };
        Self { from: 0, reading: Some(reading) }
    }

    /// Back to the end.
    pub fn follow(&mut self, timeline: &mut Timeline) {
        *self = Self::default();
        timeline.follow();
        self.pin(ROWS_KEPT, timeline);
    }

    /// Shows up to `seq`, for one's own message that was in view while it was pending.
    pub fn include(&mut self, seq: u64, timeline: &Timeline) {
        if let Some(reading) = self.reading.filter(|_| self.reaches_end(timeline)) {
            let grown = Some(Reading { to: reading.to.max(seq), held: reading.held.max(seq) });
            if (Self { reading: grown, ..*self }).range(timeline).len() <= ROWS_MOST {
                self.reading = grown;
            }
        }
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
        if range.start <= usize::from(timeline.shown().has_older()) {
            return false;
        }
        self.start_at(range.start.saturating_sub(STEP), timeline);
        self.cut_end(timeline);
        true
    }

    /// Shows newer messages that are in memory, first those that the reader has had, then those that are new to them;
    /// at the end of the log the window is live again. False if there are none: then a page has to be fetched.
    pub fn show_newer(&mut self, timeline: &Timeline) -> bool {
        let Some(Reading { to, held }) = self.reading else { return true };
        let (shown, end) = (timeline.shown(), self.range(timeline).end);
        let all = shown.said().len();
        let next = (end + STEP).min(if to < held { shown.index_after(held) } else { all });
        match shown.said().get(next.saturating_sub(1)).filter(|_| next > end) {
            None if to >= held && timeline.shows_end() => self.reading = None,
            Some(last) => self.reading = Some(Reading { to: last.seq, held: held.max(last.seq) }),
            None if timeline.shows_end() => self.reading = Some(Reading { to: held, held }),
            None => return false,
        }
        let range = self.range(timeline);
        if range.len() > ROWS_MOST {
            self.start_at(range.end - ROWS_MOST, timeline);
        }
        true
    }

    /// How many older messages are in memory and not shown.
    pub fn older_left(&self, timeline: &Timeline) -> usize {
        self.range(timeline).start
    }

    /// How many newer messages are in memory and not shown.
    pub fn newer_left(&self, timeline: &Timeline) -> usize {
        timeline.shown().said().len() - self.range(timeline).end
    }

    /// Shows what stands around this message, if it does not yet.
    pub fn reveal(&mut self, seq: u64, timeline: &Timeline) {
        let (shown, range) = (timeline.shown(), self.range(timeline));
        let index = shown.index_after(seq.saturating_sub(1));
        // The end of the rows may be that of another part.
        let ends_here = timeline.shows_end() || self.reading.is_some_and(|reading| reading.to <= shown.last());
        if range.contains(&index) && ends_here {
            return;
        }
        self.hold(timeline);
        let last = (index + AROUND).min(shown.said().len()).saturating_sub(1);
        if let (Some(reading), Some(last)) = (self.reading, shown.said().get(last)) {
            self.reading = Some(Reading { to: last.seq, ..reading });
        }
        self.start_at(index.saturating_sub(AROUND), timeline);
    }

    /// A page that was asked for has come: what it brought is shown.
    pub fn paged(&mut self, of: PageOf, timeline: &Timeline) {
        if matches!(of, PageOf::After(_)) {
            self.show_newer(timeline);
        } else if !self.show_older(timeline) {
            self.cut_end(timeline);
        }
    }

    /// Begins where it does now, but shows so many rows at most: what comes above enters when it is wanted.
    pub fn pin(&mut self, most: usize, timeline: &Timeline) {
        let range = self.range(timeline);
        self.start_at(range.start.max(range.end.saturating_sub(most)), timeline);
    }

    fn start_at(&mut self, index: usize, timeline: &Timeline) {
        self.from = timeline.shown().said().get(index).map_or(0, |said| said.seq);
    }

    fn cut_end(&mut self, timeline: &Timeline) {
        let range = self.range(timeline);
        if range.len() <= ROWS_MOST {
            return;
        }
        let Some(reading) = self.reading else { return self.start_at(range.end - ROWS_MOST, timeline) };
        if let Some(last) = timeline.shown().said().get(range.start + ROWS_MOST - 1) {
            self.reading = Some(Reading { to: last.seq, ..reading });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::timeline::tests::{cursor, event, events, page};
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
        assert_eq!(window.range(&timeline).end, timeline.end().said().len());
    }

    #[test]
    fn a_page_enters_step_by_step() {
        let mut timeline = Timeline::new(cursor(1_000), events(950..=1_000), true);
        let mut window = Window::default();
        window.hold(&timeline);
        let first = |window: Window, timeline: &Timeline| timeline.shown().said()[window.range(timeline).start].seq;
        let mut before = first(window, &timeline);
        for _ in 0..30 {
            if !window.show_older(&timeline)
                && let Some(of) = timeline.older()
            {
                page(&mut timeline, of, 1_000);
                window.paged(of, &timeline);
            }
            let now = first(window, &timeline);
            let entered = timeline.shown().said().iter().filter(|said| (now..before).contains(&said.seq)).count();
            // And the one that had waited for the one before it.
            assert!(entered <= STEP + 1, "{entered}");
            before = now;
        }
        assert!(before < 600);
    }

    #[test]
    fn what_left_at_the_bottom_while_someone_scrolled_up_is_not_new() {
        let mut timeline = Timeline::new(cursor(1_000), events(900..=1_000), true);
        let mut window = Window::default();
        window.hold(&timeline);
        for _ in 0..20 {
            if !window.show_older(&timeline)
                && let Some(of) = timeline.older()
            {
                page(&mut timeline, of, 1_000);
                window.paged(of, &timeline);
            }
        }
        assert!(!window.reaches_end(&timeline));
        assert_eq!(window.held_at(), Some(1_000));
    }

    proptest! {
        #[test]
        fn there_are_never_too_many_rows(acts in proptest::collection::vec(0u8..8, 1..400)) {
            let mut timeline = Timeline::new(cursor(4_000), events(3_900..=4_000), true);
            let mut window = Window::default();
            for act in acts {
                let top = timeline.cursor().seq;
                match act {
                    0 => {
                        for _ in 0..30 {
                            let next = timeline.cursor().seq + 1;
                            timeline.extend(&cursor(0).epoch, vec![event(next)]).unwrap();
                            window.grown(&timeline);
                        }
                        timeline.bound(window.range(&timeline).start);
                    }
                    1 => window.hold(&timeline),
                    2 | 3 => {
                        window.hold(&timeline);
                        if !window.show_older(&timeline) && let Some(of) = timeline.older() {
                            page(&mut timeline, of, top);
                            window.paged(of, &timeline);
                            timeline.bound(window.range(&timeline).start);
                        }
                    }
                    4 => {
                        if !window.show_newer(&timeline) && let Some(of) = timeline.newer() {
                            page(&mut timeline, of, top);
                            window.paged(of, &timeline);
                        }
                    }
                    5 => window.include(top, &timeline),
                    6 => {
                        if timeline.shows_end() && let Some(of) = timeline.older() {
                            let before = window.range(&timeline).len();
                            window.pin(ROWS_MOST, &timeline);
                            page(&mut timeline, of, top);
                            prop_assert_eq!(window.range(&timeline).len(), before);
                        }
                    }
                    _ => window.follow(&mut timeline),
                }
                let range = window.range(&timeline);
                let rows = range.len();
                prop_assert!(rows <= ROWS_MOST && rows > 0, "{}", rows);
                prop_assert!(range.end <= timeline.shown().said().len());
                prop_assert!(!window.is_live() || timeline.shows_end() && range.end == timeline.end().said().len());
            }
        }
    }
}

//! The window of a timeline: the messages that are rendered. Their number is bounded, and new messages do not enter
//! while the reader looks at earlier ones.

use std::ops::Range;

use parlor::message::PageOf;

use super::timeline::Timeline;

/// Maximum number of rows of messages in a window.
pub const MAX_ROWS: usize = 300;
/// Rows that are left when a live window has more than [`MAX_ROWS`]. Fewer than that, so that not every new message
/// removes a row.
const TRIMMED_ROWS: usize = 200;
/// Rows that enter at one end at once: as many as a slow browser renders between two frames.
const STEP: usize = 20;
/// Rows on either side of a message that is jumped to.
const AROUND: usize = 25;

/// The window: messages with `from <= seq`, up to the end of the log, or up to a fixed seq while new messages are held
/// back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    from: u64,
    hold: Option<Hold>,
}

/// The reader has scrolled away from the end: new messages do not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hold {
    /// The seq up to which messages are in the window.
    shown_to: u64,
    /// The seq up to which the reader has had the messages in view. Messages after it are new to them.
    seen_to: u64,
}

impl Window {
    /// Whether the window ends with the log, so that new messages enter.
    pub fn is_live(self) -> bool {
        self.hold.is_none()
    }

    /// The seq after which messages are held back as new; none if the window is live.
    pub fn held_after(self) -> Option<u64> {
        self.hold.map(|hold| hold.seen_to)
    }

    /// Whether the window ends with the last message that the reader has had in view. The outbox is rendered after it.
    pub fn reaches_end(self, timeline: &Timeline) -> bool {
        timeline.shows_end() && self.hold.is_none_or(|hold| hold.shown_to >= hold.seen_to)
    }

    /// The indices of the window in the segment where the reader is. The message above decides how a message is
    /// rendered. So the first held message does not enter before the one above it is held, unless it starts the log.
    pub fn range(self, timeline: &Timeline) -> Range<usize> {
        let shown = timeline.shown();
        let first_renderable = usize::from(shown.has_older() && shown.messages().len() > 1);
        let start = shown.index_after(self.from.saturating_sub(1)).max(first_renderable);
        let end = self.hold.map_or(shown.messages().len(), |hold| shown.index_after(hold.shown_to));
        start..end.max(start)
    }

    /// The reader scrolls away from the end: messages that come from now on do not enter.
    pub fn hold(&mut self, timeline: &Timeline) {
        if self.hold.is_none() {
            // Older messages that come from now on enter step by step.
            self.start_at(self.range(timeline).start, timeline);
            let end = timeline.cursor().seq;
            self.hold = Some(Hold { shown_to: end, seen_to: end });
        }
    }

    /// The window over a segment of the past, for a page that shows nothing else.
    pub fn of_page(timeline: &Timeline) -> Self {
        let hold = Hold { shown_to: timeline.shown().last(), seen_to: timeline.cursor().seq };
        Self { from: 0, hold: Some(hold) }
    }

    /// Returns to the end of the log. The timeline drops most older messages.
    pub fn follow(&mut self, timeline: &mut Timeline) {
        *self = Self::default();
        timeline.drop_past();
        self.limit(TRIMMED_ROWS, timeline);
    }

    /// Extends the window up to `seq`, for a message of the reader that was in view while it was pending.
    pub fn include_own(&mut self, seq: u64, timeline: &Timeline) {
        if let Some(hold) = self.hold.filter(|_| self.reaches_end(timeline)) {
            let grown = Some(Hold { shown_to: hold.shown_to.max(seq), seen_to: hold.seen_to.max(seq) });
            if (Self { hold: grown, ..*self }).range(timeline).len() <= MAX_ROWS {
                self.hold = grown;
            }
        }
    }

    /// Messages have entered the timeline: a live window drops its oldest rows if it has too many.
    pub fn on_growth(&mut self, timeline: &Timeline) {
        let range = self.range(timeline);
        if self.is_live() && range.len() > MAX_ROWS {
            self.start_at(range.end - TRIMMED_ROWS, timeline);
        }
    }

    /// Shows older messages that the timeline holds. Returns false if there are none: then a page has to be requested.
    pub fn show_older(&mut self, timeline: &Timeline) -> bool {
        let range = self.range(timeline);
        if range.start <= usize::from(timeline.shown().has_older()) {
            return false;
        }
        self.start_at(range.start.saturating_sub(STEP), timeline);
        self.cut_end(timeline);
        true
    }

    /// Shows newer messages that the timeline holds: first those that the reader has had in view, then new ones. At the
    /// end of the log the window becomes live. Returns false if there are none: then a page has to be requested.
    pub fn show_newer(&mut self, timeline: &Timeline) -> bool {
        let Some(Hold { shown_to, seen_to }) = self.hold else { return true };
        let (shown, end) = (timeline.shown(), self.range(timeline).end);
        let all = shown.messages().len();
        let next = (end + STEP).min(if shown_to < seen_to { shown.index_after(seen_to) } else { all });
        match shown.messages().get(next.saturating_sub(1)).filter(|_| next > end) {
            None if shown_to >= seen_to && timeline.shows_end() => self.hold = None,
            Some(last) => self.hold = Some(Hold { shown_to: last.seq, seen_to: seen_to.max(last.seq) }),
            None if timeline.shows_end() => self.hold = Some(Hold { shown_to: seen_to, seen_to }),
            None => return false,
        }
        let range = self.range(timeline);
        if range.len() > MAX_ROWS {
            self.start_at(range.end - MAX_ROWS, timeline);
        }
        true
    }

    /// The number of older messages that the timeline holds and the window does not show.
    pub fn unshown_older(&self, timeline: &Timeline) -> usize {
        self.range(timeline).start
    }

    /// The number of newer messages that the timeline holds and the window does not show.
    pub fn unshown_newer(&self, timeline: &Timeline) -> usize {
        timeline.shown().messages().len() - self.range(timeline).end
    }

    /// Moves the window to this message, unless it is in the window.
    pub fn reveal(&mut self, seq: u64, timeline: &Timeline) {
        let (shown, range) = (timeline.shown(), self.range(timeline));
        let index = shown.index_after(seq.saturating_sub(1));
        // `shown_to` may belong to another segment.
        let ends_here = timeline.shows_end() || self.hold.is_some_and(|hold| hold.shown_to <= shown.last());
        if range.contains(&index) && ends_here {
            return;
        }
        self.hold(timeline);
        let last = (index + AROUND).min(shown.messages().len()).saturating_sub(1);
        if let (Some(hold), Some(last)) = (self.hold, shown.messages().get(last)) {
            self.hold = Some(Hold { shown_to: last.seq, ..hold });
        }
        self.start_at(index.saturating_sub(AROUND), timeline);
    }

    /// The timeline has applied a requested page: shows messages of it.
    pub fn on_page(&mut self, of: PageOf, timeline: &Timeline) {
        if matches!(of, PageOf::After(_)) {
            self.show_newer(timeline);
        } else if !self.show_older(timeline) {
            self.cut_end(timeline);
        }
    }

    /// Fixes the start of the window, and limits it to the newest `max_rows` rows. Older messages enter only on demand.
    pub fn limit(&mut self, max_rows: usize, timeline: &Timeline) {
        let range = self.range(timeline);
        self.start_at(range.start.max(range.end.saturating_sub(max_rows)), timeline);
    }

    fn start_at(&mut self, index: usize, timeline: &Timeline) {
        self.from = timeline.shown().messages().get(index).map_or(0, |message| message.seq);
    }

    fn cut_end(&mut self, timeline: &Timeline) {
        let range = self.range(timeline);
        if range.len() <= MAX_ROWS {
            return;
        }
        let Some(hold) = self.hold else { return self.start_at(range.end - MAX_ROWS, timeline) };
        if let Some(last) = timeline.shown().messages().get(range.start + MAX_ROWS - 1) {
            self.hold = Some(Hold { shown_to: last.seq, ..hold });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::state::fixtures::{apply_page, cursor, event, events};

    #[test]
    fn new_messages_do_not_enter_while_the_window_is_held() {
        let mut timeline = Timeline::new(cursor(20), events(1..=20), false);
        let mut window = Window::default();
        window.hold(&timeline);
        let shown = window.range(&timeline);
        timeline.extend(&cursor(0).epoch, events(21..=40)).unwrap();
        window.on_growth(&timeline);
        assert_eq!(window.range(&timeline), shown);
        window.follow(&mut timeline);
        assert_eq!(window.range(&timeline).end, timeline.end().messages().len());
    }

    #[test]
    fn a_page_enters_step_by_step() {
        let mut timeline = Timeline::new(cursor(1_000), events(950..=1_000), true);
        let mut window = Window::default();
        window.hold(&timeline);
        let first = |window: Window, timeline: &Timeline| timeline.shown().messages()[window.range(timeline).start].seq;
        let mut before = first(window, &timeline);
        for _ in 0..30 {
            if !window.show_older(&timeline)
                && let Some(of) = timeline.older_page()
            {
                apply_page(&mut timeline, of, 1_000);
                window.on_page(of, &timeline);
            }
            let now = first(window, &timeline);
            let entered =
                timeline.shown().messages().iter().filter(|message| (now..before).contains(&message.seq)).count();
            // One more: the message that waited for the one above it.
            assert!(entered <= STEP + 1, "{entered}");
            before = now;
        }
        assert!(before < 600);
    }

    #[test]
    fn messages_that_left_at_the_bottom_while_scrolling_up_are_not_new() {
        let mut timeline = Timeline::new(cursor(1_000), events(900..=1_000), true);
        let mut window = Window::default();
        window.hold(&timeline);
        for _ in 0..20 {
            if !window.show_older(&timeline)
                && let Some(of) = timeline.older_page()
            {
                apply_page(&mut timeline, of, 1_000);
                window.on_page(of, &timeline);
            }
        }
        assert!(!window.reaches_end(&timeline));
        assert_eq!(window.held_after(), Some(1_000));
    }

    proptest! {
        #[test]
        fn the_window_never_has_too_many_rows(acts in proptest::collection::vec(0u8..8, 1..400)) {
            let mut timeline = Timeline::new(cursor(4_000), events(3_900..=4_000), true);
            let mut window = Window::default();
            for act in acts {
                let top = timeline.cursor().seq;
                match act {
                    0 => {
                        for _ in 0..30 {
                            let next = timeline.cursor().seq + 1;
                            timeline.extend(&cursor(0).epoch, vec![event(next)]).unwrap();
                            window.on_growth(&timeline);
                        }
                        timeline.trim(window.range(&timeline).start);
                    }
                    1 => window.hold(&timeline),
                    2 | 3 => {
                        window.hold(&timeline);
                        if !window.show_older(&timeline) && let Some(of) = timeline.older_page() {
                            apply_page(&mut timeline, of, top);
                            window.on_page(of, &timeline);
                            timeline.trim(window.range(&timeline).start);
                        }
                    }
                    4 => {
                        if !window.show_newer(&timeline) && let Some(of) = timeline.newer_page() {
                            apply_page(&mut timeline, of, top);
                            window.on_page(of, &timeline);
                        }
                    }
                    5 => window.include_own(top, &timeline),
                    6 => {
                        if timeline.shows_end() && let Some(of) = timeline.older_page() {
                            let before = window.range(&timeline).len();
                            window.limit(MAX_ROWS, &timeline);
                            apply_page(&mut timeline, of, top);
                            prop_assert_eq!(window.range(&timeline).len(), before);
                        }
                    }
                    _ => window.follow(&mut timeline),
                }
                let range = window.range(&timeline);
                let rows = range.len();
                prop_assert!(rows <= MAX_ROWS && rows > 0, "{}", rows);
                prop_assert!(range.end <= timeline.shown().messages().len());
                prop_assert!(!window.is_live() || timeline.shows_end() && range.end == timeline.end().messages().len());
            }
        }
    }
}

//! A room's log as far as the page knows it: its end, which follows what is said, and while someone reads far up the
//! part where they are.

use std::sync::Arc;

use parlor::{Cursor, Epoch, Event, message::PageOf};

use super::{change::Change, replica, run::Run, said::Said};

/// Messages held in memory at most, in each of the two parts: neither a reader far up nor a busy room makes the page
/// grow for ever.
pub const HELD_MOST: usize = 3_000;
/// Messages kept at the end of the log when the reader's part is taken off it: as many as the browser keeps.
const END_KEPT: usize = replica::KEPT;

/// Something is missing between what is known and what came: the connection has to resume from the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedsResume;

/// The known parts of the log.
#[derive(Clone, Debug)]
pub struct Timeline {
    cursor: Cursor,
    end: Run,
    past: Option<Run>,
    // What the browser has kept of an earlier time: it hears what has happened since, and then goes on into the end.
    behind: Option<(Cursor, Run)>,
    // While a page is on its way: what changed messages since it was asked for. It may have been read before that.
    meanwhile: Option<Vec<Event>>,
}

impl Timeline {
    /// The room as a snapshot or the page itself has it; `events` end at `as_of`.
    pub fn new(as_of: Cursor, events: Vec<Event>, has_older: bool) -> Self {
        let end = Run::new(events, as_of.seq, has_older, as_of.seq);
        Self::of(as_of, end)
    }

    /// The room as a page shows it that begins somewhere else: `events` have others after them.
    pub fn elsewhere(as_of: Cursor, events: Vec<Event>, has_older: bool) -> Self {
        let last = events.last().map_or(as_of.seq, |event| event.seq);
        let past = Some(Run::new(events, last, has_older, as_of.seq));
        let end = Run::new(Vec::new(), as_of.seq, true, as_of.seq);
        Self { past, ..Self::of(as_of, end) }
    }

    /// The log's end as it was kept.
    pub fn of(as_of: Cursor, end: Run) -> Self {
        Self { cursor: as_of, end, past: None, behind: None, meanwhile: None }
    }

    /// The place of the last known event.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The place to resume from.
    pub fn resumes_from(&self) -> &Cursor {
        self.behind.as_ref().map_or(&self.cursor, |(cursor, _)| cursor)
    }

    /// Takes messages from further back as they were at an earlier place, which becomes the one to resume from.
    pub fn recall(&mut self, as_of: Cursor, run: Run) {
        if run.first() < self.end.first() {
            self.behind = Some((as_of, run));
            self.catch_up();
        }
    }

    /// Whether nothing is still to hear of what has happened.
    pub fn is_level(&self) -> bool {
        self.behind.is_none()
    }

    fn catch_up(&mut self) {
        if let Some((_, run)) = self.behind.take_if(|(cursor, _)| cursor.seq >= self.cursor.seq) {
            self.end.reach_back(run);
        }
    }

    /// The part that ends at the cursor.
    pub fn end(&self) -> &Run {
        &self.end
    }

    /// The part where the reader is.
    pub fn shown(&self) -> &Run {
        self.past.as_ref().unwrap_or(&self.end)
    }

    /// Whether the reader's part goes on to the cursor.
    pub fn shows_end(&self) -> bool {
        self.past.is_none()
    }

    /// Takes events that follow; those known already are passed over. Returns the messages that are new.
    ///
    /// # Errors
    /// [`NeedsResume`] at a gap or an event of another log. What came before the gap is kept.
    pub fn extend(&mut self, epoch: &Epoch, events: Vec<Event>) -> Result<Vec<Arc<Said>>, NeedsResume> {
        if *epoch != self.cursor.epoch {
            return Err(NeedsResume);
        }
        let mut news = Vec::new();
        for event in events {
            self.hear_behind(&event);
            if event.seq <= self.cursor.seq {
                continue;
            }
            if event.seq != self.cursor.seq + 1 {
                return Err(NeedsResume);
            }
            self.cursor.seq = event.seq;
            self.cursor.hash = event.hash.clone();
            if Change::of(&event).is_some() {
                self.change(&event);
                self.end.push(event.seq, None);
                self.meanwhile.iter_mut().for_each(|events| events.push(event.clone()));
                continue;
            }
            let seq = event.seq;
            let said = Said::of(event, seq).map(Arc::new);
            self.end.push(seq, said.clone());
            news.extend(said);
        }
        self.catch_up();
        Ok(news)
    }

    fn hear_behind(&mut self, event: &Event) {
        // What it has not heard of, it can't go on from.
        self.behind.take_if(|(cursor, _)| event.seq > cursor.seq + 1);
        if let Some((cursor, run)) = self.behind.as_mut().filter(|(cursor, _)| event.seq == cursor.seq + 1) {
            (cursor.seq, cursor.hash) = (event.seq, event.hash.clone());
            run.change(event);
            run.push(event.seq, Said::of(event.clone(), event.seq).map(Arc::new));
        }
    }

    fn change(&mut self, event: &Event) {
        self.end.change(event);
        self.past.iter_mut().for_each(|past| past.change(event));
    }

    /// Takes a frame of what was missed, which ends at `as_of`.
    ///
    /// # Errors
    /// [`NeedsResume`] as [`extend`](Self::extend), and where the frame's events do not reach its end.
    pub fn missed(&mut self, as_of: &Cursor, events: Vec<Event>) -> Result<Vec<Arc<Said>>, NeedsResume> {
        let news = self.extend(&as_of.epoch, events)?;
        if as_of.seq > self.cursor.seq { Err(NeedsResume) } else { Ok(news) }
    }

    /// The page to ask for to see what was said before.
    pub fn older(&self) -> Option<PageOf> {
        let shown = self.shown();
        shown.has_older().then(|| PageOf::Before(shown.first()))
    }

    /// The page to ask for to see what was said after; none where that is known.
    pub fn newer(&self) -> Option<PageOf> {
        self.past.as_ref().map(|past| PageOf::After(past.last()))
    }

    /// A page has been asked for.
    pub fn asked(&mut self) {
        self.meanwhile = Some(Vec::new());
    }

    /// No page is on its way any more.
    pub fn unanswered(&mut self) {
        self.meanwhile = None;
    }

    /// Takes the page that was asked for. It is dropped if it is of another log, or if the reader is elsewhere by now.
    pub fn paged(&mut self, of: PageOf, as_of: &Cursor, events: Vec<Event>, has_older: bool, has_newer: bool) {
        let meanwhile = self.meanwhile.take().unwrap_or_default();
        let wanted =
            matches!(of, PageOf::Around(_) | PageOf::At(_)) || self.older() == Some(of) || self.newer() == Some(of);
        if as_of.epoch == self.cursor.epoch && wanted {
            self.take_page(of, as_of.seq, events, has_older, has_newer);
            meanwhile.iter().for_each(|event| self.change(event));
        }
    }

    fn take_page(&mut self, of: PageOf, as_of: u64, mut events: Vec<Event>, has_older: bool, has_newer: bool) {
        // What is not known yet comes by itself.
        events.retain(|event| event.seq <= self.cursor.seq);
        // Retention may have removed what was asked for.
        let has_older = has_older && !events.is_empty();
        let meets = !has_newer || events.last().is_none_or(|last| last.seq + 1 >= self.end.first());
        match (of, self.past.take()) {
            (PageOf::Before(_), Some(mut past)) => {
                past.prepend(events, has_older, as_of);
                past.keep_oldest(HELD_MOST);
                self.past = Some(past);
            }
            (PageOf::Before(_), None) => self.end.prepend(events, has_older, as_of),
            (PageOf::After(_), Some(mut past)) => {
                past.append(events, as_of);
                self.keep_past(past, meets);
            }
            (PageOf::Around(_) | PageOf::At(_), _) => {
                let last = events.last().map_or(self.cursor.seq, |last| last.seq);
                self.keep_past(Run::new(events, last, has_older, as_of), meets);
            }
            (PageOf::After(_), None) => {}
        }
    }

    // A part that meets the end becomes one with it.
    fn keep_past(&mut self, mut past: Run, meets: bool) {
        if meets {
            past.join(std::mem::replace(&mut self.end, Run::new(Vec::new(), 0, false, 0)));
            past.keep_newest(HELD_MOST);
            self.end = past;
        } else {
            past.keep_newest(HELD_MOST);
            self.past = Some(past);
        }
    }

    /// The reader goes back to the end: the rest can be asked for again.
    pub fn follow(&mut self) {
        self.show_end();
        self.end.keep_newest(END_KEPT);
    }

    /// The reader is somewhere near the end.
    pub fn show_end(&mut self) {
        self.past = None;
    }

    /// Lets go of what is too much, but of nothing from this message of the reader's part on. A reader who is too far
    /// up for that gets a part of their own.
    pub fn bound(&mut self, reader: usize) {
        let surplus = self.end.said().len().saturating_sub(HELD_MOST);
        if surplus > reader && self.past.is_none() {
            let mut past = self.end.clone();
            past.keep_oldest(HELD_MOST / 2);
            self.past = Some(past);
            self.end.keep_newest(END_KEPT);
        }
        self.end.keep_newest(HELD_MOST);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use parlor::{Author, AuthorId, Body, ChainMark, ClientId, EventKind, Name};
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn author(id: &str) -> Author {
        Author { id: AuthorId(id.into()), name: Name::parse(id).unwrap() }
    }

    pub(crate) fn event(seq: u64) -> Event {
        Event {
            seq,
            at: 1_000 * seq,
            hash: ChainMark(format!("h{seq}")),
            kind: if seq.is_multiple_of(7) {
                EventKind::Unknown
            } else {
                EventKind::posted(
                    author("ana"),
                    ClientId::from_random(u128::from(seq)),
                    Body::parse(&format!("message {seq}")).unwrap(),
                )
            },
        }
    }

    pub(crate) fn events(range: std::ops::RangeInclusive<u64>) -> Vec<Event> {
        range.map(event).collect()
    }

    pub(crate) fn cursor(seq: u64) -> Cursor {
        Cursor { epoch: Epoch("e".to_owned()), seq, hash: ChainMark(format!("h{seq}")) }
    }

    fn seqs(run: &Run) -> Vec<u64> {
        run.said().iter().map(|said| said.seq).collect()
    }

    fn log(first: u64, last: u64) -> Vec<u64> {
        (first..=last).filter(|seq| !seq.is_multiple_of(7)).collect()
    }

    #[test]
    fn a_gap_is_never_accepted_in_silence() {
        let mut timeline = Timeline::new(cursor(3), events(1..=3), false);
        assert_eq!(timeline.extend(&cursor(0).epoch, events(5..=5)), Err(NeedsResume));
        assert_eq!(timeline.extend(&Epoch("other".to_owned()), events(4..=4)), Err(NeedsResume));
        assert_eq!(timeline.missed(&cursor(9), events(4..=8)), Err(NeedsResume));
        assert_eq!(*timeline.cursor(), cursor(8), "what came before the gap is kept");
    }

    #[test]
    fn an_event_of_a_newer_server_moves_the_cursor_and_shows_nothing() {
        let mut timeline = Timeline::new(cursor(6), events(1..=6), false);
        assert_eq!(timeline.extend(&cursor(0).epoch, events(7..=7)), Ok(vec![]));
        assert_eq!(*timeline.cursor(), cursor(7));
    }

    /// The page that a server gives whose log ends at `top`.
    pub(crate) fn page(timeline: &mut Timeline, of: PageOf, top: u64) {
        let range = match of {
            PageOf::Before(seq) => seq.saturating_sub(50).max(1)..=seq - 1,
            PageOf::After(seq) => seq + 1..=(seq + 50).min(top),
            PageOf::Around(seq) | PageOf::At(seq) => seq.saturating_sub(25).max(1)..=(seq + 25).min(top),
        };
        let (has_older, has_newer) = (*range.start() > 1, *range.end() < top);
        timeline.asked();
        timeline.paged(of, &cursor(top), events(range), has_older, has_newer);
    }

    #[test]
    fn who_reads_far_up_keeps_what_they_read_and_finds_back_to_the_end() {
        let mut timeline = Timeline::new(cursor(9_000), events(8_900..=9_000), true);
        while timeline.shown().first() > 1 {
            let of = timeline.older().unwrap();
            page(&mut timeline, of, 9_000);
            timeline.bound(0);
            assert!(timeline.shown().said().len() <= HELD_MOST && timeline.end().said().len() <= HELD_MOST);
        }
        assert!(!timeline.shows_end());
        timeline.extend(&cursor(0).epoch, events(9_001..=9_100)).unwrap();
        while let Some(of) = timeline.newer() {
            page(&mut timeline, of, 9_100);
            let shown = timeline.shown();
            assert_eq!(seqs(shown), log(shown.first(), shown.last()));
        }
        assert_eq!(timeline.shown().last(), 9_100);
    }

    /// What a server may deliver, in any order, as often as it likes, and what the reader does meanwhile.
    #[derive(Clone, Debug)]
    enum Step {
        Live(u64),
        Missed(u64),
        Snapshot(u64),
        Older,
        Newer,
        Bound,
        Follow,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => (1u64..40).prop_map(Step::Live),
            3 => (1u64..900).prop_map(Step::Missed),
            1 => (1u64..40).prop_map(Step::Snapshot),
            9 => Just(Step::Older),
            3 => Just(Step::Newer),
            2 => Just(Step::Bound),
            1 => Just(Step::Follow),
        ]
    }

    proptest! {
        #[test]
        fn any_interleaving_converges_to_the_log(start in 0u64..4_000, steps in proptest::collection::vec(step(), 0..150)) {
            let mut timeline = Timeline::new(cursor(start), events(start.saturating_sub(5).max(1)..=start), start > 6);
            for step in steps {
                let known = timeline.cursor().seq;
                match step {
                    Step::Live(ahead) => {
                        let seq = (known + ahead).saturating_sub(38).max(1);
                        let result = timeline.extend(&cursor(0).epoch, vec![event(seq)]);
                        prop_assert_eq!(result.is_err(), seq > known + 1);
                    }
                    Step::Missed(count) => {
                        // A server resumes from a cursor that the page once sent: at or before the present one.
                        let from = known.saturating_sub(count % 4) + 1;
                        let upto = known + count;
                        prop_assert!(timeline.missed(&cursor(upto), events(from..=upto)).is_ok());
                    }
                    Step::Snapshot(ahead) => {
                        let seq = known + ahead;
                        let first = seq.saturating_sub(9).max(1);
                        timeline = Timeline::new(cursor(seq), events(first..=seq), first > 1);
                    }
                    Step::Older => {
                        if let Some(of) = timeline.older() {
                            page(&mut timeline, of, known);
                        }
                    }
                    Step::Newer => {
                        if let Some(of) = timeline.newer() {
                            page(&mut timeline, of, known);
                        }
                    }
                    Step::Bound => timeline.bound(0),
                    Step::Follow => timeline.follow(),
                }
                prop_assert!(timeline.cursor().seq >= known);
                prop_assert_eq!(timeline.end().last(), timeline.cursor().seq);
                for run in [timeline.end(), timeline.shown()] {
                    prop_assert_eq!(seqs(run), log(run.first(), run.last()));
                    prop_assert_eq!(run.has_older(), run.first() > 1);
                }
            }
        }
    }
}

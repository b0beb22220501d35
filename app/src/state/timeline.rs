//! A room's log as far as the page knows it: one run of events without gaps, and the cursor at its end.

use std::{collections::VecDeque, sync::Arc};

use parlor::{Cursor, Epoch, Event};

use super::said::Said;

/// Messages held in memory at most: a reader far up in a busy room does not make the page grow for ever.
const HELD_MOST: usize = 3_000;

/// Something is missing between what is known and what came: the connection has to resume from the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedsResume;

/// The known run of the log, from `first` to the cursor.
#[derive(Clone, Debug)]
pub struct Timeline {
    cursor: Cursor,
    first: u64,
    has_older: bool,
    said: VecDeque<Arc<Said>>,
}

impl Timeline {
    /// The room as a snapshot or the page itself has it; `events` end at `as_of`.
    pub fn new(as_of: Cursor, events: Vec<Event>, has_older: bool) -> Self {
        let first = events.first().map_or(as_of.seq + 1, |event| event.seq);
        let said = events.into_iter().filter_map(Said::of).map(Arc::new).collect();
        Self { cursor: as_of, first, has_older, said }
    }

    /// The place of the last known event.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The messages, oldest first.
    pub fn said(&self) -> &VecDeque<Arc<Said>> {
        &self.said
    }

    /// The seq to ask the page before: that of the first known event.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Whether the log has events before the first known one.
    pub fn has_older(&self) -> bool {
        self.has_older
    }

    /// Where the messages with a seq above this one start.
    pub fn index_after(&self, seq: u64) -> usize {
        self.said.partition_point(|said| said.seq <= seq)
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
            if event.seq <= self.cursor.seq {
                continue;
            }
            if event.seq != self.cursor.seq + 1 {
                return Err(NeedsResume);
            }
            self.cursor.seq = event.seq;
            self.cursor.hash = event.hash.clone();
            if let Some(said) = Said::of(event) {
                let said = Arc::new(said);
                self.said.push_back(said.clone());
                news.push(said);
            }
        }
        self.bound();
        Ok(news)
    }

    /// Takes a frame of what was missed, which ends at `as_of`.
    ///
    /// # Errors
    /// [`NeedsResume`] as [`extend`](Self::extend), and where the frame's events do not reach its end.
    pub fn missed(&mut self, as_of: &Cursor, events: Vec<Event>) -> Result<Vec<Arc<Said>>, NeedsResume> {
        let news = self.extend(&as_of.epoch, events)?;
        if as_of.seq > self.cursor.seq { Err(NeedsResume) } else { Ok(news) }
    }

    /// Takes a page of the past that ends just before the first known event; anything else is of no use and dropped.
    pub fn older(&mut self, epoch: &Epoch, events: Vec<Event>, has_older: bool) {
        if *epoch != self.cursor.epoch {
            return;
        }
        let Some(last) = events.iter().map(|event| event.seq).filter(|seq| *seq < self.first).max() else {
            // Retention may have removed what the page was asked for.
            self.has_older = has_older && !events.is_empty();
            return;
        };
        if last + 1 != self.first {
            return;
        }
        for event in events.into_iter().rev() {
            if event.seq + 1 == self.first {
                self.first = event.seq;
                if let Some(said) = Said::of(event) {
                    self.said.push_front(Arc::new(said));
                }
            }
        }
        self.has_older = has_older;
    }

    /// Lets go of the oldest messages, down to this many; they can be asked for again.
    pub fn keep_newest(&mut self, count: usize) {
        while self.said.len() > count {
            if let Some(gone) = self.said.pop_front() {
                self.first = gone.seq + 1;
                self.has_older = true;
            }
        }
    }

    fn bound(&mut self) {
        self.keep_newest(HELD_MOST);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use parlor::{Author, AuthorId, Body, ChainMark, ClientId, EventKind, Name};
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn author(id: &str) -> Author {
        Author { id: AuthorId(id.to_owned()), name: Name::parse(id).unwrap() }
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

    fn seqs(timeline: &Timeline) -> Vec<u64> {
        timeline.said().iter().map(|said| said.seq).collect()
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

    /// What a server may deliver, in any order, as often as it likes.
    #[derive(Clone, Debug)]
    enum Delivery {
        Live(u64),
        Missed(u64),
        Snapshot(u64),
        Older,
    }

    fn delivery(top: u64) -> impl Strategy<Value = Delivery> {
        prop_oneof![
            8 => (1..=top).prop_map(Delivery::Live),
            3 => (1..=top).prop_map(Delivery::Missed),
            1 => (1..=top).prop_map(Delivery::Snapshot),
            2 => Just(Delivery::Older),
        ]
    }

    proptest! {
        #[test]
        fn any_interleaving_converges_to_the_log(
            start in 0u64..20,
            deliveries in proptest::collection::vec(delivery(40), 0..80),
        ) {
            let mut timeline = Timeline::new(cursor(start), events(start.saturating_sub(5).max(1)..=start), start > 6);
            for delivery in deliveries {
                let known = timeline.cursor().seq;
                match delivery {
                    Delivery::Live(seq) => {
                        let result = timeline.extend(&cursor(0).epoch, vec![event(seq)]);
                        prop_assert_eq!(result.is_err(), seq > known + 1);
                    }
                    Delivery::Missed(upto) => {
                        // A server resumes from a cursor that the page once sent: at or before the present one.
                        let from = known.saturating_sub(upto % 4) + 1;
                        let upto = upto.max(known);
                        prop_assert!(timeline.missed(&cursor(upto), events(from..=upto)).is_ok());
                    }
                    Delivery::Snapshot(seq) => {
                        let seq = seq.max(known);
                        let first = seq.saturating_sub(9).max(1);
                        timeline = Timeline::new(cursor(seq), events(first..=seq), first > 1);
                    }
                    Delivery::Older => {
                        let before = timeline.first();
                        let first = before.saturating_sub(5).max(1);
                        timeline.older(&cursor(0).epoch, events(first..=before.saturating_sub(1)), first > 1);
                    }
                }
                prop_assert!(timeline.cursor().seq >= known);
                prop_assert_eq!(seqs(&timeline), log(timeline.first(), timeline.cursor().seq));
            }
        }
    }
}

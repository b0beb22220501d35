//! A part of a room's log as far as the page holds it: the messages between two places, none of them missing.

use std::{collections::VecDeque, sync::Arc};

use parlor::Event;

use super::said::Said;

/// All messages from `first` to `last`, oldest first.
#[derive(Clone, Debug)]
pub struct Run {
    first: u64,
    last: u64,
    has_older: bool,
    said: VecDeque<Arc<Said>>,
}

impl Run {
    /// The messages among `events`, which are all that the log has up to `last`; `has_older` says whether it has others
    /// before them.
    pub fn new(events: Vec<Event>, last: u64, has_older: bool) -> Self {
        let first = if has_older { events.first().map_or(last + 1, |event| event.seq) } else { 1 };
        Self { first, last, has_older, said: events.into_iter().filter_map(Said::of).map(Arc::new).collect() }
    }

    /// The messages.
    pub fn said(&self) -> &VecDeque<Arc<Said>> {
        &self.said
    }

    /// Every event from this place on is known.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Every event up to this place is known.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Whether the log has events before the first known one.
    pub fn has_older(&self) -> bool {
        self.has_older
    }

    /// Where the messages with a seq above this one start.
    pub fn index_after(&self, seq: u64) -> usize {
        self.said.partition_point(|said| said.seq <= seq)
    }

    /// Takes what follows at this place; an event that says nothing still moves the end.
    pub fn push(&mut self, seq: u64, said: Option<Arc<Said>>) {
        self.last = seq;
        self.said.extend(said);
    }

    /// Takes the events just before the first known one.
    pub fn prepend(&mut self, events: Vec<Event>, has_older: bool) {
        let older = Self::new(events, self.first - 1, has_older);
        (self.first, self.has_older) = (older.first, has_older);
        for said in older.said.into_iter().rev().filter(|said| said.seq <= older.last) {
            self.said.push_front(said);
        }
    }

    /// Takes the events just after the last known one.
    pub fn append(&mut self, events: Vec<Event>) {
        for event in events {
            if event.seq > self.last {
                self.push(event.seq, Said::of(event).map(Arc::new));
            }
        }
    }

    /// Joins the run that goes on where this one ends, or before.
    pub fn join(&mut self, next: Self) {
        let last = self.last;
        self.said.extend(next.said.into_iter().filter(|said| said.seq > last));
        self.last = next.last;
    }

    /// Lets go of the oldest messages, down to this many.
    pub fn keep_newest(&mut self, count: usize) {
        while self.said.len() > count {
            if let Some(gone) = self.said.pop_front() {
                self.first = gone.seq + 1;
                self.has_older = true;
            }
        }
    }

    /// Lets go of the newest messages, down to this many.
    pub fn keep_oldest(&mut self, count: usize) {
        if self.said.len() > count {
            self.said.truncate(count);
            self.last = self.said.back().map_or(self.first.saturating_sub(1), |said| said.seq);
        }
    }
}

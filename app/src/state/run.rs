//! A part of a room's log as far as the page holds it: the messages between two places, none of them missing.

use std::{collections::VecDeque, sync::Arc};

use parlor::Event;

use super::{change::Change, said::Said};

/// All messages from `first` to `last`, oldest first.
#[derive(Clone, Debug)]
pub struct Run {
    first: u64,
    last: u64,
    has_older: bool,
    said: VecDeque<Arc<Said>>,
}

impl Run {
    /// The messages among `events`, which are all that the log has up to `last`, as they are after the event `as_of`;
    /// `has_older` says whether the log has others before them.
    pub fn new(events: Vec<Event>, last: u64, has_older: bool, as_of: u64) -> Self {
        let first = if has_older { events.first().map_or(last + 1, |event| event.seq) } else { 1 };
        let said = events.into_iter().filter_map(|event| Said::of(event, as_of)).map(Arc::new).collect();
        Self { first, last, has_older, said }
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
    pub fn prepend(&mut self, events: Vec<Event>, has_older: bool, as_of: u64) {
        let older = Self::new(events, self.first - 1, has_older, as_of);
        (self.first, self.has_older) = (older.first, has_older);
        for said in older.said.into_iter().rev().filter(|said| said.seq <= older.last) {
            self.said.push_front(said);
        }
    }

    /// Takes over what another run has from before: one that goes on at least to where this one begins.
    pub fn reach_back(&mut self, older: Self) {
        if older.first < self.first {
            for said in older.said.into_iter().rev().filter(|said| said.seq < self.first) {
                self.said.push_front(said);
            }
            (self.first, self.has_older) = (older.first, older.has_older);
        }
    }

    /// Takes the events just after the last known one.
    pub fn append(&mut self, events: Vec<Event>, as_of: u64) {
        for event in events {
            if event.seq > self.last {
                self.push(event.seq, Said::of(event, as_of).map(Arc::new));
            }
        }
    }

    /// An event changes a message: those that it has not changed yet take it, and so do the answers to it.
    pub fn change(&mut self, event: &Event) {
        let Some((target, by, change)) = Change::of(event) else { return };
        let index = self.index_after(target.saturating_sub(1));
        if let Some(said) = self.said.get_mut(index).filter(|said| said.seq == target && said.is_before(event.seq)) {
            Arc::make_mut(said).changed(event.seq, &change, by);
        }
        if !matches!(change, Change::React { .. }) {
            // An answer comes after what it answers.
            for said in self.said.range_mut(index..) {
                let quotes = said.reply_to.as_ref().is_some_and(|quote| quote.seq == target);
                if quotes && said.is_before(event.seq) {
                    Arc::make_mut(said).quote_changed(event.seq, &change);
                }
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

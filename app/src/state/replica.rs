//! What the browser keeps of a room's log for when there is no network: its newest messages, as they are at one place.
//!
//! Every tab keeps them in the same store, each at its own pace. So an [`Update`] says what it knows, and what is to be
//! written is decided beside what is in the store by then ([`Update::writes`]): the store never goes back, loses nothing
//! that is further back, and is always what the log was at its place.

use std::sync::Arc;

use parlor::{Cursor, Event, RoomName};

use super::{run::Run, said::Said, timeline::Timeline};
use crate::wire;

/// Messages that are kept of a room: a thousand to be read, and the one before them, by which it is known how the first of
/// them is drawn.
pub const KEPT: usize = 1_001;

/// How long what is new may wait until it is kept, in milliseconds: writing is the disk's work, and less often is less.
const PAUSE_MS: u64 = 2_000;

/// Lines of an update's text.
const NONE: &str = "-";
const FULL: &str = "full";

/// A room but for its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which.
    pub room: RoomName,
    /// The place of which all is true.
    pub as_of: Cursor,
    /// Every message from this place on is kept.
    pub first: u64,
    /// Whether there are others before.
    pub has_older: bool,
    /// What the room is about.
    pub topic: String,
    /// How far its reader has read.
    pub read: u64,
}

/// A room as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// All but the messages.
    pub head: Head,
    /// The messages, oldest first.
    pub events: Vec<Event>,
}

impl Replica {
    /// Its messages.
    pub fn run(&self) -> Run {
        let seq = self.head.as_of.seq;
        // Whatever else stands in the store, these are what is true of that place.
        let events = self.events.iter().filter(|event| (self.head.first..=seq).contains(&event.seq)).cloned();
        Run::new(events.collect(), seq, self.head.has_older, seq)
    }
}

/// What a page knows of a room, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// All but the messages.
    pub head: Head,
    // What the same page has kept before.
    base: Option<Head>,
    // Whether it goes as far back as anything is kept.
    full: bool,
    // All messages, unless it was read from a text that has only those that changed.
    said: Option<Vec<Arc<Said>>>,
    changed: Vec<Arc<Said>>,
}

/// What is to be written into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writes {
    /// Messages before this place go first; all of them, where there is none.
    pub clear_before: Option<u64>,
    /// These are put in.
    pub put: Vec<Arc<Said>>,
}

impl Update {
    /// What to write over what is in the store; nothing where that is better.
    pub fn writes(self, stored: Option<&Head>) -> Option<Writes> {
        let Self { head, base, full, said, changed } = self;
        let anew = said.map(|said| Writes { clear_before: None, put: said });
        let Some(stored) = stored.filter(|stored| stored.as_of.epoch == head.as_of.epoch) else { return anew };
        let knows_more = stored.as_of.seq > head.as_of.seq;
        let reaches_further = stored.first < head.first && !full;
        if knows_more || reaches_further {
            return None;
        }
        // What has changed is enough for a store that has had all that has not.
        let follows = |base: &Head| {
            base.as_of.epoch == stored.as_of.epoch && base.as_of.seq <= stored.as_of.seq && stored.first <= base.first
        };
        let writes = Writes { clear_before: Some(head.first), put: changed };
        if base.is_some_and(|base| follows(&base)) { Some(writes) } else { anew }
    }

    /// The update as text, without messages that the same page has kept before: what a page that is going away leaves for
    /// the next one to write, when nothing asynchronous would end any more.
    pub fn to_text(&self) -> String {
        let base = self.base.as_ref().map_or_else(|| NONE.to_owned(), wire::head_text);
        let full = if self.full { FULL } else { NONE };
        let mut lines = vec![wire::head_text(&self.head), base, full.to_owned()];
        lines.extend(self.changed.iter().map(|said| wire::posted_text(said)));
        lines.join("\n")
    }

    /// The update that [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let head = wire::head(lines.next()?)?;
        let base = lines.next().filter(|base| *base != NONE);
        let base = base.map(|base| wire::head(base).ok_or(())).transpose().ok()?;
        let full = lines.next()? == FULL;
        let as_of = head.as_of.seq;
        let changed: Option<Vec<_>> = lines.map(|line| Said::of(wire::posted(line)?, as_of).map(Arc::new)).collect();
        let changed = changed?;
        // Where nothing was kept before, everything counts as changed.
        let said = base.is_none().then(|| changed.clone());
        Some(Self { head, base, full, said, changed })
    }
}

/// Notices what is to be kept of one room.
#[derive(Debug)]
pub struct Keeper {
    most: usize,
    head: Option<Head>,
    said: Vec<Arc<Said>>,
    due: Option<u64>,
}

impl Keeper {
    /// Nothing is in the store, and so many messages are to be there at most.
    pub fn new(most: usize) -> Self {
        Self { most, head: None, said: Vec::new(), due: None }
    }

    /// This is in the store.
    pub fn recalled(&mut self, head: Head, run: &Run) {
        (self.head, self.said) = (Some(head), run.said().iter().cloned().collect());
    }

    /// Something has happened in the room.
    pub fn touch(&mut self, tick: u64) {
        self.due = self.due.or(Some(tick + PAUSE_MS));
    }

    /// The page may end soon.
    pub fn hurry(&mut self) {
        self.due = self.due.map(|_| 0);
    }

    /// When something is to be kept.
    pub fn deadline(&self) -> Option<u64> {
        self.due
    }

    /// What is to be kept now, if anything.
    pub fn update(&mut self, tick: u64, head: impl FnOnce() -> Head, timeline: &Timeline) -> Option<Update> {
        self.due.take_if(|due| *due <= tick)?;
        let end = timeline.end().said();
        let surplus = end.len().saturating_sub(self.most);
        let said: Vec<_> = end.range(surplus..).cloned().collect();
        let mut head = head();
        if surplus > 0 {
            (head.first, head.has_older) = (said[0].seq, true);
        }
        let mut known = self.said.iter().peekable();
        let is_changed = |said: &&Arc<Said>| {
            while known.next_if(|known| known.seq < said.seq).is_some() {}
            known.peek().is_none_or(|known| !Arc::ptr_eq(known, said))
        };
        let changed: Vec<_> = said.iter().filter(is_changed).cloned().collect();
        if changed.is_empty() && self.head.as_ref() == Some(&head) || said.is_empty() && head.has_older {
            return None;
        }
        self.said.clone_from(&said);
        let base = self.head.replace(head.clone());
        let full = said.len() == self.most || !head.has_older;
        Some(Update { head, base, full, said: Some(said), changed })
    }
}

#[cfg(test)]
mod tests;

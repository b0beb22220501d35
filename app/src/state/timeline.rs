//! The parts of a room's log that the page holds: the end, which new events extend, and a second segment while the
//! reader is further back.

use std::sync::Arc;

use parlor::{Cursor, Epoch, Event, message::PageOf};

use super::{change::Change, chat_message::ChatMessage, segment::Segment};

/// Maximum number of messages in each of the two segments. It bounds the memory of the page in a busy room and for a
/// reader who scrolls back a long way.
pub const MAX_HELD: usize = 3_000;
/// Maximum number of messages in a replica, and in the end segment after the reader's segment is separated from it: a
/// thousand to read, and the one before them, which decides how the first of them is rendered.
pub const REPLICA_MESSAGES: usize = 1_001;

/// Events are missing between the timeline and those that came: the connection has to resume from the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedsResume;

/// The segments of a room's log that the page holds.
#[derive(Clone, Debug)]
pub struct Timeline {
    cursor: Cursor,
    // Ends at the cursor.
    end: Segment,
    // Where the reader is, if that is not in `end`.
    past: Option<Segment>,
    // Older messages from the browser's replica, with their cursor. It gets the events after that, then it joins `end`.
    stale_replica: Option<(Cursor, Segment)>,
    // While a page is requested: the events since then that change messages. The page may have been read before them.
    changes_during_request: Option<Vec<Event>>,
}

impl Timeline {
    /// Creates a timeline from `posted` events that end at `as_of`.
    pub fn new(as_of: Cursor, events: Vec<Event>, has_older: bool) -> Self {
        let end = Segment::new(events, as_of.seq, has_older, as_of.seq);
        Self::from_segment(as_of, end)
    }

    /// Creates a timeline that shows a segment of the past: the log has messages between the `events` and `as_of`.
    pub fn of_past(as_of: Cursor, events: Vec<Event>, has_older: bool) -> Self {
        let last = events.last().map_or(as_of.seq, |event| event.seq);
        let past = Some(Segment::new(events, last, has_older, as_of.seq));
        let end = Segment::new(Vec::new(), as_of.seq, true, as_of.seq);
        Self { past, ..Self::from_segment(as_of, end) }
    }

    /// Creates a timeline from the end of a log, as a replica has it.
    pub fn from_segment(as_of: Cursor, end: Segment) -> Self {
        Self { cursor: as_of, end, past: None, stale_replica: None, changes_during_request: None }
    }

    /// The cursor of the last known event.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The cursor to resume from: that of the replica until it has caught up.
    pub fn resume_cursor(&self) -> &Cursor {
        self.stale_replica.as_ref().map_or(&self.cursor, |(cursor, _)| cursor)
    }

    /// Adds older messages from a replica, which includes events up to `as_of`. That becomes the cursor to resume from.
    pub fn add_replica(&mut self, as_of: Cursor, segment: Segment) {
        if segment.first() < self.end.first() {
            self.stale_replica = Some((as_of, segment));
            self.catch_up();
        }
    }

    /// Whether no replica lacks events.
    pub fn is_caught_up(&self) -> bool {
        self.stale_replica.is_none()
    }

    fn catch_up(&mut self) {
        if let Some((_, segment)) = self.stale_replica.take_if(|(cursor, _)| cursor.seq >= self.cursor.seq) {
            self.end.extend_back(segment);
        }
    }

    /// The segment that ends at the cursor.
    pub fn end(&self) -> &Segment {
        &self.end
    }

    /// The segment where the reader is.
    pub fn shown(&self) -> &Segment {
        self.past.as_ref().unwrap_or(&self.end)
    }

    /// Whether the segment where the reader is ends at the cursor.
    pub fn shows_end(&self) -> bool {
        self.past.is_none()
    }

    /// Appends events. Known ones are ignored. Returns the new messages.
    ///
    /// # Errors
    /// [`NeedsResume`] at a gap or an event of another log. The events before the gap are kept.
    pub fn extend(&mut self, epoch: &Epoch, events: Vec<Event>) -> Result<Vec<Arc<ChatMessage>>, NeedsResume> {
        if *epoch != self.cursor.epoch {
            return Err(NeedsResume);
        }
        let mut new_messages = Vec::new();
        for event in events {
            self.advance_replica(&event);
            if event.seq <= self.cursor.seq {
                continue;
            }
            if event.seq != self.cursor.seq + 1 {
                return Err(NeedsResume);
            }
            self.cursor.seq = event.seq;
            self.cursor.hash = event.hash.clone();
            if Change::of(&event).is_some() {
                self.apply_change(&event);
                self.end.push(event.seq, None);
                self.changes_during_request.iter_mut().for_each(|events| events.push(event.clone()));
                continue;
            }
            let seq = event.seq;
            let message = ChatMessage::of(event, seq).map(Arc::new);
            self.end.push(seq, message.clone());
            new_messages.extend(message);
        }
        self.catch_up();
        Ok(new_messages)
    }

    fn advance_replica(&mut self, event: &Event) {
        // A replica that lacks an event is of no use.
        self.stale_replica.take_if(|(cursor, _)| event.seq > cursor.seq + 1);
        if let Some((cursor, segment)) = self.stale_replica.as_mut().filter(|(cursor, _)| event.seq == cursor.seq + 1) {
            (cursor.seq, cursor.hash) = (event.seq, event.hash.clone());
            segment.change(event);
            segment.push(event.seq, ChatMessage::of(event.clone(), event.seq).map(Arc::new));
        }
    }

    fn apply_change(&mut self, event: &Event) {
        self.end.change(event);
        self.past.iter_mut().for_each(|past| past.change(event));
    }

    /// Appends the events of a `missed` message, which end at `as_of`.
    ///
    /// # Errors
    /// [`NeedsResume`] as in [`extend`](Self::extend), and if the events do not reach `as_of`.
    pub fn apply_missed(&mut self, as_of: &Cursor, events: Vec<Event>) -> Result<Vec<Arc<ChatMessage>>, NeedsResume> {
        let new_messages = self.extend(&as_of.epoch, events)?;
        if as_of.seq > self.cursor.seq { Err(NeedsResume) } else { Ok(new_messages) }
    }

    /// The page to request for older messages; none if the segment starts with the log.
    pub fn older_page(&self) -> Option<PageOf> {
        let shown = self.shown();
        shown.has_older().then(|| PageOf::Before(shown.first()))
    }

    /// The page to request for newer messages; none if the segment ends at the cursor.
    pub fn newer_page(&self) -> Option<PageOf> {
        self.past.as_ref().map(|past| PageOf::After(past.last()))
    }

    /// A page was requested: records changes until it comes.
    pub fn on_page_requested(&mut self) {
        self.changes_during_request = Some(Vec::new());
    }

    /// The requested page will not come.
    pub fn on_page_failed(&mut self) {
        self.changes_during_request = None;
    }

    /// Applies the requested page. It is dropped if it is of another log, or if it no longer adjoins the segment where
    /// the reader is.
    pub fn apply_page(&mut self, of: PageOf, as_of: &Cursor, events: Vec<Event>, has_older: bool, has_newer: bool) {
        let changes_during_request = self.changes_during_request.take().unwrap_or_default();
        let wanted = matches!(of, PageOf::Around(_) | PageOf::At(_))
            || self.older_page() == Some(of)
            || self.newer_page() == Some(of);
        if as_of.epoch == self.cursor.epoch && wanted {
            self.insert_page(of, as_of.seq, events, has_older, has_newer);
            changes_during_request.iter().for_each(|event| self.apply_change(event));
        }
    }

    fn insert_page(&mut self, of: PageOf, as_of: u64, mut events: Vec<Event>, has_older: bool, has_newer: bool) {
        // Events after the cursor come by themselves.
        events.retain(|event| event.seq <= self.cursor.seq);
        // A page without messages is the start of the log.
        let has_older = has_older && !events.is_empty();
        let meets = !has_newer || events.last().is_none_or(|last| last.seq + 1 >= self.end.first());
        match (of, self.past.take()) {
            (PageOf::Before(_), Some(mut past)) => {
                past.prepend(events, has_older, as_of);
                past.keep_oldest(MAX_HELD);
                self.past = Some(past);
            }
            (PageOf::Before(_), None) => self.end.prepend(events, has_older, as_of),
            (PageOf::After(_), Some(mut past)) => {
                past.append(events, as_of);
                self.set_past(past, meets);
            }
            (PageOf::Around(_) | PageOf::At(_), _) => {
                let last = events.last().map_or(self.cursor.seq, |last| last.seq);
                self.set_past(Segment::new(events, last, has_older, as_of), meets);
            }
            (PageOf::After(_), None) => {}
        }
    }

    // Sets the segment where the reader is. If it meets the end, both become one.
    fn set_past(&mut self, mut past: Segment, meets: bool) {
        if meets {
            past.join(std::mem::replace(&mut self.end, Segment::new(Vec::new(), 0, false, 0)));
            past.keep_newest(MAX_HELD);
            self.end = past;
        } else {
            past.keep_newest(MAX_HELD);
            self.past = Some(past);
        }
    }

    /// Shows the end again, and drops most older messages: they can be requested again.
    pub fn drop_past(&mut self) {
        self.show_end();
        self.end.keep_newest(REPLICA_MESSAGES);
    }

    /// Shows the end segment again.
    pub fn show_end(&mut self) {
        self.past = None;
    }

    /// Drops surplus messages, but none that the reader sees: `first_visible` is the index of the first of them. If
    /// that is among the surplus, the reader gets a segment of their own.
    pub fn trim(&mut self, first_visible: usize) {
        let surplus = self.end.messages().len().saturating_sub(MAX_HELD);
        if surplus > first_visible && self.past.is_none() {
            let mut past = self.end.clone();
            past.keep_oldest(MAX_HELD / 2);
            self.past = Some(past);
            self.end.keep_newest(REPLICA_MESSAGES);
        }
        self.end.keep_newest(MAX_HELD);
    }
}

#[cfg(test)]
mod tests;

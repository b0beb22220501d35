//! A gap-free part of a room's log: all messages between two seqs.

use std::{collections::VecDeque, sync::Arc};

use parlor::Event;

use super::{change::Change, chat_message::ChatMessage};

/// All messages from the seq `first` to the seq `last`, oldest first.
#[derive(Clone, Debug)]
pub struct Segment {
    first: u64,
    last: u64,
    has_older: bool,
    messages: VecDeque<Arc<ChatMessage>>,
}

impl Segment {
    /// Creates a segment from the `posted` events that end at `last`, none of them missing. They include all changes up
    /// to the event `as_of`. `has_older` is whether the log has earlier events.
    pub fn new(events: Vec<Event>, last: u64, has_older: bool, as_of: u64) -> Self {
        let first = if has_older { events.first().map_or(last + 1, |event| event.seq) } else { 1 };
        let messages = events.into_iter().filter_map(|event| ChatMessage::of(event, as_of)).map(Arc::new).collect();
        Self { first, last, has_older, messages }
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> &VecDeque<Arc<ChatMessage>> {
        &self.messages
    }

    /// The seq from which on the segment has every message.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The seq up to which the segment has every message.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Whether the log has events before the segment.
    pub fn has_older(&self) -> bool {
        self.has_older
    }

    /// The index of the first message after a seq.
    pub fn index_after(&self, seq: u64) -> usize {
        self.messages.partition_point(|message| message.seq <= seq)
    }

    /// Appends the next event, at `seq`. It moves the end of the segment even if it is no message.
    pub fn push(&mut self, seq: u64, message: Option<Arc<ChatMessage>>) {
        self.last = seq;
        self.messages.extend(message);
    }

    /// Prepends the events just before the segment.
    pub fn prepend(&mut self, events: Vec<Event>, has_older: bool, as_of: u64) {
        let older = Self::new(events, self.first - 1, has_older, as_of);
        (self.first, self.has_older) = (older.first, has_older);
        for message in older.messages.into_iter().rev().filter(|message| message.seq <= older.last) {
            self.messages.push_front(message);
        }
    }

    /// Prepends the earlier messages of another segment, which has to reach the start of this one.
    pub fn extend_back(&mut self, older: Self) {
        if older.first < self.first {
            for message in older.messages.into_iter().rev().filter(|message| message.seq < self.first) {
                self.messages.push_front(message);
            }
            (self.first, self.has_older) = (older.first, older.has_older);
        }
    }

    /// Appends the events just after the segment. Events that it has are ignored.
    pub fn append(&mut self, events: Vec<Event>, as_of: u64) {
        for event in events {
            if event.seq > self.last {
                self.push(event.seq, ChatMessage::of(event, as_of).map(Arc::new));
            }
        }
    }

    /// Applies an event that changes a message to that message and to quotes of it, unless they include it already.
    pub fn change(&mut self, event: &Event) {
        let Some((target, by, change)) = Change::of(event) else { return };
        let index = self.index_after(target.saturating_sub(1));
        if let Some(message) =
            self.messages.get_mut(index).filter(|message| message.seq == target && message.predates(event.seq))
        {
            Arc::make_mut(message).apply_event(event.seq, &change, by);
        }
        if !matches!(change, Change::React { .. }) {
            // Answers come after the message that they answer.
            for message in self.messages.range_mut(index..) {
                let quotes = message.reply_to.as_ref().is_some_and(|quote| quote.seq == target);
                if quotes && message.predates(event.seq) {
                    Arc::make_mut(message).apply_to_quote(event.seq, &change);
                }
            }
        }
    }

    /// Appends another segment, which has to start at or before the end of this one.
    pub fn join(&mut self, next: Self) {
        let last = self.last;
        self.messages.extend(next.messages.into_iter().filter(|message| message.seq > last));
        self.last = next.last;
    }

    /// Removes the oldest messages until at most `count` are left.
    pub fn keep_newest(&mut self, count: usize) {
        while self.messages.len() > count {
            if let Some(removed) = self.messages.pop_front() {
                self.first = removed.seq + 1;
                self.has_older = true;
            }
        }
    }

    /// Removes the newest messages until at most `count` are left.
    pub fn keep_oldest(&mut self, count: usize) {
        if self.messages.len() > count {
            self.messages.truncate(count);
            self.last = self.messages.back().map_or(self.first.saturating_sub(1), |message| message.seq);
        }
    }
}

//! Parameters and results of reading from an engine.

use parlor::message::{Hit, ResetReason};
use parlor::{AuthorId, Event};

/// A contiguous part of a room's log. It holds either the events as they happened, or the messages as they are now,
/// each as a `posted` event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// The events or messages, oldest first.
    pub events: Vec<Event>,
    /// There are older ones of the same sort than the first.
    pub has_older: bool,
    /// There are newer ones of the same sort than the last.
    pub has_newer: bool,
}

/// The seq and the person for whom messages are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadContext {
    /// Messages are returned as they were at this seq, without later ones and without later changes. Only what has been
    /// erased since is missing.
    pub up_to: u64,
    /// The person who reads. A reaction of theirs is always among those named.
    pub reader: AuthorId,
}

/// The messages that a search matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResults {
    /// The newest first; at most [`SEARCH_HITS`](parlor::limits::SEARCH_HITS).
    pub hits: Vec<Hit>,
    /// More messages match than are in `hits`.
    pub has_more: bool,
}

/// The events between a cursor and a seq of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backlog {
    /// The next events after the cursor. With `has_newer` they are not all.
    Events(HistoryPage),
    /// The cursor belongs to another log: the client has to load the room anew.
    Reset(ResetReason),
}

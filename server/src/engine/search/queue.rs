//! The queue of the rooms that have events which are not indexed yet.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use parlor::RoomName;

use super::super::sql::row_id::RoomId;

/// How long the thread waits for more events before it indexes the first. A commit costs the same for one as for many,
/// and a search finds events that are not indexed yet.
const COALESCE_DELAY: Duration = Duration::from_millis(200);

/// How long the thread waits after a failure, most likely of the disk.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// A room that has new events or was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) enum ChangedRoom {
    /// The room with this number.
    Id(RoomId),
    /// The room that has this name when it is indexed.
    Name(RoomName),
}

/// The rooms that have events which are not indexed yet.
#[derive(Debug, Default)]
pub(in crate::engine) struct IndexQueue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rooms: HashSet<ChangedRoom>,
    stopped: bool,
}

impl IndexQueue {
    /// Adds a room that has new events or was deleted.
    pub(in crate::engine) fn add(&self, room: RoomId) {
        self.insert(ChangedRoom::Id(room));
    }

    /// Adds the room with this name, which has new events.
    pub(in crate::engine) fn add_named(&self, room: &RoomName) {
        self.insert(ChangedRoom::Name(room.clone()));
    }

    /// Adds a room.
    pub(super) fn insert(&self, room: ChangedRoom) {
        let mut state = self.state.lock();
        if state.rooms.insert(room) && state.rooms.len() == 1 {
            self.changed.notify_all();
        }
    }

    /// Ends the indexing. What is queued then is found at the next start.
    pub(in crate::engine) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Whether the indexing has been ended.
    pub(in crate::engine) fn is_stopped(&self) -> bool {
        self.state.lock().stopped
    }

    /// Waits for a room until `deadline`, and without `immediately` for more during [`COALESCE_DELAY`]. Returns all
    /// queued rooms; `None` when the queue has been stopped.
    pub(super) fn next(&self, immediately: bool, deadline: Option<Instant>) -> Option<HashSet<ChangedRoom>> {
        let mut state = self.state.lock();
        let is_idle = |state: &mut State| state.rooms.is_empty() && !state.stopped;
        match deadline {
            Some(deadline) => drop(self.changed.wait_while_until(&mut state, is_idle, deadline)),
            None => self.changed.wait_while(&mut state, is_idle),
        }
        if !immediately && !state.rooms.is_empty() {
            self.changed.wait_while_for(&mut state, |state| !state.stopped, COALESCE_DELAY);
        }
        (!state.stopped).then(|| std::mem::take(&mut state.rooms))
    }

    /// Waits for [`RETRY_DELAY`], or until the queue is stopped.
    pub(super) fn wait_to_retry(&self) {
        let mut state = self.state.lock();
        self.changed.wait_while_for(&mut state, |state| !state.stopped, RETRY_DELAY);
    }
}

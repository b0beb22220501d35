//! The people in a room: their arrival, absence, names and departure.

use std::time::{Duration, Instant};

use parlor::message::PresenceStatus;
use parlor::{Author, AuthorId, message};

use super::super::roster::{Departure, RosterChange};
use super::Room;
use crate::engine::Signal;

/// Minimum interval between two presence changes of a room. All changes within it are sent together.
const PRESENCE_INTERVAL: Duration = Duration::from_secs(1);

impl Room {
    /// Adds a connection of a person. True if the person is new in the room.
    pub(in crate::chat) fn add_person(&self, author: &Author, away: bool) -> bool {
        self.state.lock().roster.add_connection(author, away)
    }

    /// Sets whether a person is away on all their connections.
    pub(in crate::chat) fn set_person_away(&self, id: &AuthorId, away: bool) {
        self.state.lock().roster.set_away(id, away);
    }

    /// Removes a connection of a person. `departure` counts if it was the last one.
    pub(in crate::chat) fn remove_connection_of(&self, id: &AuthorId, departure: Departure, now: Instant) {
        self.state.lock().roster.remove_connection(id, departure, now);
    }

    /// Removes a person, however many connections they have.
    pub(in crate::chat) fn remove_person(&self, id: &AuthorId) {
        self.state.lock().roster.remove(id);
    }

    /// Sets the status of a person at other nodes; `None` if they are at none. True if the person is new in the room.
    pub(in crate::chat) fn set_person_elsewhere(&self, author: &Author, status: Option<PresenceStatus>) -> bool {
        self.state.lock().roster.set_elsewhere(author, status)
    }

    /// The people whose presence at this node has changed since the last call, each with the status here.
    pub(in crate::chat) fn take_local_changes(&self) -> Vec<(Author, Option<PresenceStatus>)> {
        self.state.lock().roster.take_local_changes()
    }

    /// The people at this node, each with the status here.
    pub(in crate::chat) fn local_people(&self) -> Vec<(Author, PresenceStatus)> {
        self.state.lock().roster.local_people()
    }

    /// Changes a person's display name.
    pub(in crate::chat) fn rename_person(&self, author: &Author) {
        self.state.lock().roster.rename(author);
    }

    /// Removes people who have had no connection for `grace`, and expired parts of the backlog cache.
    pub(in crate::chat) fn expire(&self, now: Instant, grace: Duration) {
        self.state.lock().roster.expire(now, grace);
        self.backlog_cache.lock().expire(now);
    }

    /// The presence changes to send to rich members, at most once per [`PRESENCE_INTERVAL`].
    pub(in crate::chat) fn take_presence_change(&self, now: Instant) -> Option<Signal> {
        let mut state = self.state.lock();
        if state.presence_sent_at.is_some_and(|at| now.saturating_duration_since(at) < PRESENCE_INTERVAL) {
            return None;
        }
        let RosterChange { joined, left, count } = state.roster.take_change()?;
        state.presence_sent_at = Some(now);
        Some(Signal::Presence { joined, left, count })
    }

    /// The people in the room, as clients receive them.
    pub fn roster(&self) -> message::Roster {
        self.state.lock().roster.to_message()
    }

    /// Whether a person is in the room.
    pub(in crate::chat) fn has_person(&self, id: &AuthorId) -> bool {
        self.state.lock().roster.contains(id)
    }

    /// Number of people in the room.
    pub(in crate::chat) fn people_count(&self) -> u32 {
        self.state.lock().roster.count()
    }
}

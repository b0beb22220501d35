//! The browser's replicas of the rooms: restoring them when the page starts, and updating them.
//!
//! Restoring takes a while and runs beside everything else: the shown room first, then the others. A room of which
//! nothing is known is joined once it is clear whether the browser has a replica of it.

use parlor::{ClientMessage, RoomName, message::RoomAt};

use super::Client;
use crate::state::{Moment, effect::Effect, initial_state::InitialState, replica::Replica, room::Room};

/// Delay between the `welcome` and the first prefetched page, in milliseconds: the reader's own requests come first.
const PREFETCH_DELAY_MS: u64 = 3_000;
/// Delay between two prefetched pages, in milliseconds.
const PREFETCH_INTERVAL_MS: u64 = 500;

/// The progress of restoring and prefetching.
#[derive(Clone, Debug, Default)]
pub(super) struct Replication {
    /// Replicas are still being restored.
    restoring: bool,
    /// The browser has a database for replicas.
    available: bool,
    /// When to prefetch the next page; never if the reader saves data, or without a connection.
    prefetch_at: Option<u64>,
    saves_data: bool,
    /// The page was opened without a network: its rooms are those that have replicas.
    pub(super) opened_offline: bool,
    /// Rooms that are closed to the reader: their replicas are not restored.
    pub(super) closed: Vec<RoomName>,
    /// The message that it was opened at.
    at: Option<u64>,
}

impl Replication {
    pub(super) fn new(initial: &InitialState) -> Self {
        let opened_offline = initial.is_offline_document();
        Self { opened_offline, at: initial.at.filter(|_| opened_offline), ..Self::default() }
    }

    pub(super) fn on_welcome(&mut self, tick: u64) {
        self.prefetch_at = Some(tick + PREFETCH_DELAY_MS).filter(|_| !self.saves_data);
    }

    /// The server has refused a page: nothing more is prefetched over this connection.
    pub(super) fn on_page_refused(&mut self) {
        self.prefetch_at = None;
    }
}

impl Client {
    /// The browser starts to restore replicas. Nothing is prefetched for a reader who saves data.
    pub fn on_restoring_replicas(&mut self, saves_data: bool) {
        (self.replication.restoring, self.replication.saves_data) = (true, saves_data);
    }

    /// Whether the page uses the replica of a room. The reader may have left the room in another tab, or the server may
    /// have closed it to them.
    pub fn uses_replica_of(&self, name: &RoomName) -> bool {
        let may_be_open = self.replication.opened_offline && !self.replication.closed.contains(name);
        may_be_open || self.rooms.get(name).is_some()
    }

    /// Restores a room from its replica.
    pub fn restore_replica(&mut self, replica: Replica) {
        let name = replica.header.room.clone();
        let shown = self.rooms.shows(&name);
        if self.uses_replica_of(&name) {
            self.rooms.add(&name);
        }
        // A known room on an open connection has been resumed already.
        let is_useful = |room: &&mut Room| !room.known || !self.connection.is_open();
        let Some(room) = self.rooms.get_mut(&name).filter(is_useful) else { return };
        let is_new = !room.known;
        let title = replica.header.title.clone();
        room.restore_replica(replica);
        if room.title.is_empty() {
            self.rooms.rename(&name, &name, title);
        }
        if is_new && !shown {
            self.resume_room(&name);
        } else if let Some(seq) = self.replication.at.take() {
            self.jump_to_message(seq);
        }
        self.update_read_state_of(&name);
    }

    /// All replicas are restored, or the browser has no database for them.
    pub fn on_replicas_restored(&mut self, available: bool, at: Moment) {
        (self.replication.restoring, self.replication.available) = (false, available);
        if available {
            // Messages that came meanwhile are to be stored, too.
            self.rooms.iter_mut().for_each(|room| room.replica_tracker.schedule(at.tick));
        }
        let shown = &self.rooms.shown().name;
        let unknown = self.rooms.iter().filter(|room| !room.known && room.name != *shown);
        let unknown: Vec<_> = unknown.map(|room| room.name.clone()).collect();
        unknown.iter().for_each(|name| self.resume_room(name));
    }

    pub(super) fn resume_room(&mut self, name: &RoomName) {
        if self.connection.is_open()
            && let Some(room) = self.rooms.get_mut(name)
        {
            let resume_point = room.resume_point();
            self.send(ClientMessage::Join(resume_point));
        }
    }

    /// The rooms for `hello`, the shown one first: the reader waits for it.
    pub(super) fn resume_points(&self) -> Vec<RoomAt> {
        let shown = self.rooms.shown();
        let others = self.rooms.iter().filter(|room| room.name != shown.name);
        let others = others.filter(|room| room.known || !self.replication.restoring);
        std::iter::once(shown).chain(others).map(Room::resume_point).collect()
    }

    /// Schedules an update of a room's replica: the room has changed.
    pub(super) fn schedule_replica_update(&mut self, name: &RoomName, tick: u64) {
        if self.replication.available
            && let Some(room) = self.rooms.get_mut(name)
        {
            room.replica_tracker.schedule(tick);
        }
    }

    /// Updates all replicas that are scheduled: the page may end soon.
    pub(super) fn update_replicas_now(&mut self, tick: u64) {
        self.rooms.iter_mut().for_each(|room| room.replica_tracker.update_soon());
        self.update_replicas(tick);
    }

    /// Updates the replicas that are due, and prefetches a page if that is due.
    pub(super) fn update_replicas(&mut self, tick: u64) {
        let updates = self.rooms.iter_mut().filter_map(|room| room.take_replica_update(tick));
        self.effects.extend(updates.map(|update| Effect::UpdateReplica(Box::new(update))));
        if self.prefetch_at().is_some_and(|at| at <= tick) {
            self.replication.prefetch_at = Some(tick + PREFETCH_INTERVAL_MS);
            let page = self.rooms.iter_mut().find(|room| room.needs_prefetch()).and_then(Room::prefetch);
            self.effects.extend(page.map(Effect::Send));
        }
    }

    /// The tick at which [`update_replicas`](Self::update_replicas) is due.
    pub(super) fn replication_deadline(&self) -> Option<u64> {
        self.rooms.iter().filter_map(|room| room.replica_tracker.deadline()).chain(self.prefetch_at()).min()
    }

    fn prefetch_at(&self) -> Option<u64> {
        let may_prefetch =
            || self.replication.available && self.connection.is_online() && self.rooms.iter().any(Room::needs_prefetch);
        self.replication.prefetch_at.filter(|_| may_prefetch())
    }
}

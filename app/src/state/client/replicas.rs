//! What the browser keeps of the rooms, and reads again when the page begins.
//!
//! Reading takes a while, so it goes on beside everything else: the room that is shown first, then one after the other.
//! A room of which nothing is known is entered once it is clear whether something of it has been kept.

use parlor::message::RoomAt;

use super::*;
use crate::state::replica::Replica;

/// How long a connection is to itself before the past is fetched to be kept, and how long from one page of it to the
/// next, in milliseconds: somebody may be waiting for something else.
const FETCH_AFTER_MS: u64 = 3_000;
const FETCH_PAUSE_MS: u64 = 500;

/// How far it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keeping {
    /// What was kept is still being read.
    recalling: bool,
    /// There is a store.
    possible: bool,
    /// When to fetch what is missing; not at all where data is dear, or as long as there is no connection.
    fetch_at: Option<u64>,
    frugal: bool,
    /// The page was opened without a network: its rooms are those that are kept.
    pub(super) alone: bool,
    /// The message that it was opened at.
    at: Option<u64>,
}

impl Keeping {
    pub(super) fn of(boot: &Boot) -> Self {
        let alone = boot.is_blank();
        Self { alone, at: boot.at.filter(|_| alone), ..Self::default() }
    }

    pub(super) fn welcomed(&mut self, tick: u64) {
        self.fetch_at = Some(tick + FETCH_AFTER_MS).filter(|_| !self.frugal);
    }

    /// The server has other worries: nothing more is fetched over this connection.
    pub(super) fn refused(&mut self) {
        self.fetch_at = None;
    }
}

impl Client {
    /// The browser begins to read what it has kept; `frugal` is who wants nothing fetched that they have not asked for.
    pub fn recalling(&mut self, frugal: bool) {
        (self.keeping.recalling, self.keeping.frugal) = (true, frugal);
    }

    /// Whether what is kept of a room is of use. The reader may have left it elsewhere.
    pub fn wants(&self, name: &RoomName) -> bool {
        self.keeping.alone || self.rooms.iter().any(|room| room.name == *name)
    }

    /// The browser has kept this.
    pub fn recall(&mut self, replica: Replica) {
        let name = replica.head.room.clone();
        let shown = self.rooms.shows(&name);
        if self.wants(&name) {
            self.rooms.add(&name);
        }
        // Whatever is shown already has been resumed by then, or is about to be.
        let Some(room) = self.rooms.get_mut(&name).filter(|room| !room.known || !self.link.is_open()) else { return };
        let is_new = !room.known;
        room.recall(replica);
        if is_new && !shown {
            self.resume_room(&name);
        } else if let Some(seq) = self.keeping.at.take() {
            self.jump(seq);
        }
        self.look_at(&name);
    }

    /// There is no more, or there is no store at all.
    pub fn recalled(&mut self, possible: bool, at: Moment) {
        (self.keeping.recalling, self.keeping.possible) = (false, possible);
        if possible {
            // What has come meanwhile is to be kept, too.
            self.rooms.iter_mut().for_each(|room| room.keeper.touch(at.tick));
        }
        let shown = &self.rooms.shown().name;
        let unknown = self.rooms.iter().filter(|room| !room.known && room.name != *shown);
        let unknown: Vec<_> = unknown.map(|room| room.name.clone()).collect();
        unknown.iter().for_each(|name| self.resume_room(name));
    }

    fn resume_room(&mut self, name: &RoomName) {
        if self.link.is_open()
            && let Some(room) = self.rooms.get_mut(name)
        {
            let place = room.place();
            self.send(ClientMessage::Join(place));
        }
    }

    /// The rooms to say hello to: the one that is shown comes first, for it is what the reader waits for.
    pub(super) fn places(&self) -> Vec<RoomAt> {
        let shown = self.rooms.shown();
        let others = self.rooms.iter().filter(|room| room.name != shown.name);
        let others = others.filter(|room| room.known || !self.keeping.recalling);
        std::iter::once(shown).chain(others).map(Room::place).collect()
    }

    /// Something has happened in this room.
    pub(super) fn touch(&mut self, name: &RoomName, tick: u64) {
        if self.keeping.possible
            && let Some(room) = self.rooms.get_mut(name)
        {
            room.keeper.touch(tick);
        }
    }

    /// The page may end soon.
    pub(super) fn keep_now(&mut self, tick: u64) {
        self.rooms.iter_mut().for_each(|room| room.keeper.hurry());
        self.keep(tick);
    }

    /// Keeps what is due, and fetches what is missing.
    pub(super) fn keep(&mut self, tick: u64) {
        let updates = self.rooms.iter_mut().filter_map(|room| room.update(tick));
        self.effects.extend(updates.map(|update| Effect::Replicate(Box::new(update))));
        if self.fetch_at().is_some_and(|at| at <= tick) {
            self.keeping.fetch_at = Some(tick + FETCH_PAUSE_MS);
            let page = self.rooms.iter_mut().find(|room| room.lacks()).and_then(Room::fetch);
            self.effects.extend(page.map(Effect::Send));
        }
    }

    /// When [`keep`](Self::keep) has something to do.
    pub(super) fn keep_at(&self) -> Option<u64> {
        self.rooms.iter().filter_map(|room| room.keeper.deadline()).chain(self.fetch_at()).min()
    }

    fn fetch_at(&self) -> Option<u64> {
        let may = || self.keeping.possible && self.link.is_online() && self.rooms.iter().any(Room::lacks);
        self.keeping.fetch_at.filter(|_| may())
    }
}

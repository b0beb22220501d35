//! A room's members, in an order in which a walk over them can pause: see [`Members::before`].

use std::collections::HashMap;
use std::sync::Arc;

use super::ring::Ring;
use super::{Connection, ConnectionId, Dialect};

/// A connection in a room.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) connection: Arc<Connection>,
    /// As the connection has it: a walk looks no further than here and at the socket.
    dialect: Dialect,
    /// The position of the next turn it needs.
    pub(super) next: u64,
    /// Whether turns may be sent: not before history has been.
    pub(super) live: bool,
}

/// The members of a room.
#[derive(Debug, Default)]
pub(super) struct Members {
    list: Vec<Member>,
    places: HashMap<ConnectionId, usize>,
    plain: usize,
}

impl Member {
    /// One that needs what comes from `next` on, and is not live yet.
    pub(super) fn new(connection: Arc<Connection>, next: u64) -> Self {
        Self { dialect: connection.dialect, connection, next, live: false }
    }

    /// Sends what it has not had. True if it now has everything.
    pub(super) fn bring_up(&mut self, ring: &Ring) -> bool {
        if !self.live || !ring.has(self.next) {
            return false;
        }
        for turn in ring.beginning_at(self.next) {
            let bytes = turn.of(self.dialect);
            if !bytes.is_empty() && !self.connection.offer_turn(bytes) {
                return false;
            }
            self.next += 1;
        }
        true
    }
}

impl Members {
    /// Adds one; in the place of the one that is there for the same connection. True if there was none.
    pub(super) fn insert(&mut self, member: Member) -> bool {
        let id = member.connection.id;
        if let Some(place) = self.places.get(&id) {
            self.list[*place] = member;
            return false;
        }
        self.plain += usize::from(member.dialect == Dialect::Plain);
        self.places.insert(id, self.list.len());
        self.list.push(member);
        true
    }

    /// Takes one out. False if it is not there.
    pub(super) fn remove(&mut self, id: ConnectionId) -> bool {
        let Some(place) = self.places.remove(&id) else { return false };
        let gone = self.list.swap_remove(place);
        self.plain -= usize::from(gone.dialect == Dialect::Plain);
        if let Some(moved) = self.list.get(place) {
            self.places.insert(moved.connection.id, place);
        }
        true
    }

    /// One of them.
    pub(super) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Member> {
        self.places.get(&id).map(|place| &mut self.list[*place])
    }

    /// The last `count` of those before `place`, from the last one on, and the place that they begin at. A walk from the
    /// end to the beginning meets everyone who was there at its start and still is, whoever leaves meanwhile: who is
    /// moved into a gap comes from behind it. Some it meets twice.
    pub(super) fn before(&mut self, place: usize, count: usize) -> (usize, impl Iterator<Item = &mut Member>) {
        let end = place.min(self.list.len());
        let start = end.saturating_sub(count);
        (start, self.list[start..end].iter_mut().rev())
    }

    /// The first position that somebody still needs; none if there is nobody.
    pub(super) fn needed(&self) -> Option<u64> {
        self.list.iter().map(|member| member.next).min()
    }

    /// Whether it is one of them.
    pub(super) fn has(&self, id: ConnectionId) -> bool {
        self.places.contains_key(&id)
    }

    /// Whether some of them speak this.
    pub(super) fn speak(&self, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Plain => self.plain > 0,
            Dialect::Rich => self.list.len() > self.plain,
        }
    }

    /// Whether there is nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

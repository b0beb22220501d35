//! A room's members, in an order that allows a fan-out to pause: see [`Members::chunk_before`].

use std::collections::HashMap;
use std::sync::Arc;

use super::ring::Ring;
use super::{Connection, ConnectionId, Dialect};

/// A connection in a room's fan-out.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) connection: Arc<Connection>,
    /// A copy of the connection's dialect: a fan-out reads only the member and the socket.
    dialect: Dialect,
    /// The ring position of the next batch that it needs.
    pub(super) next: u64,
    /// Whether it receives batches: only after the history has been sent.
    pub(super) live: bool,
}

/// All members of a room, with the index of each connection.
#[derive(Debug, Default)]
pub(super) struct Members {
    list: Vec<Member>,
    indices: HashMap<ConnectionId, usize>,
    /// Number of members in `list` that use the plain dialect.
    plain: usize,
}

impl Member {
    /// A member that needs all batches from position `next` on and is not live yet.
    pub(super) fn new(connection: Arc<Connection>, next: u64) -> Self {
        Self { dialect: connection.dialect, connection, next, live: false }
    }

    /// Writes the batches that the member has not received. True if it is up to date afterwards.
    pub(super) fn write_next(&mut self, ring: &Ring) -> bool {
        if !self.live || !ring.contains(self.next) {
            return false;
        }
        for batch in ring.batches_from(self.next) {
            let bytes = batch.frames(self.dialect);
            if !bytes.is_empty() && !self.connection.write_batch(bytes) {
                return false;
            }
            self.next += 1;
        }
        true
    }
}

impl Members {
    /// The connections of all members.
    pub(super) fn connections(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.list.iter().map(|member| &member.connection)
    }

    /// Adds a member, or replaces the member of the same connection. True if it was added.
    pub(super) fn insert(&mut self, member: Member) -> bool {
        let id = member.connection.id;
        if let Some(index) = self.indices.get(&id) {
            self.list[*index] = member;
            return false;
        }
        self.plain += usize::from(member.dialect == Dialect::Plain);
        self.indices.insert(id, self.list.len());
        self.list.push(member);
        true
    }

    /// Removes the member of a connection. False if there is none.
    pub(super) fn remove(&mut self, id: ConnectionId) -> bool {
        let Some(index) = self.indices.remove(&id) else { return false };
        let removed = self.list.swap_remove(index);
        self.plain -= usize::from(removed.dialect == Dialect::Plain);
        if let Some(moved) = self.list.get(index) {
            self.indices.insert(moved.connection.id, index);
        }
        true
    }

    /// The member of a connection.
    pub(super) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Member> {
        self.indices.get(&id).map(|index| &mut self.list[*index])
    }

    /// The last `count` members before `index`, in reverse order, and the index of the first of them.
    ///
    /// A fan-out that goes through the list from its end to its start reaches every member that stays in the room the
    /// whole time, even if others leave meanwhile. A removal fills the gap with the last member, whose old index was
    /// higher. The fan-out may therefore reach a member twice, but never skips one.
    pub(super) fn chunk_before(&mut self, index: usize, count: usize) -> (usize, impl Iterator<Item = &mut Member>) {
        let end = index.min(self.list.len());
        let start = end.saturating_sub(count);
        (start, self.list[start..end].iter_mut().rev())
    }

    /// The lowest ring position that a member still needs, or `None` without members.
    pub(super) fn first_needed(&self) -> Option<u64> {
        self.list.iter().map(|member| member.next).min()
    }

    /// Whether the connection is a member.
    pub(super) fn contains(&self, id: ConnectionId) -> bool {
        self.indices.contains_key(&id)
    }

    /// Whether at least one member uses this dialect.
    pub(super) fn has_dialect(&self, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Plain => self.plain > 0,
            Dialect::Rich => self.list.len() > self.plain,
        }
    }

    /// Whether there are no members.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

//! The open connections of the server and who uses them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use parlor::{AuthorId, CloseCode};
use tokio::net::TcpStream;

use super::{ClientAddress, Connection, ConnectionId, Dialect};
use crate::engine::BotToken;

/// All open connections by id.
#[derive(Debug)]
pub(super) struct ConnectionRegistry {
    next_id: AtomicU64,
    connections: Mutex<HashMap<ConnectionId, OpenConnection>>,
}

/// An open connection and who uses it.
#[derive(Clone, Debug)]
pub(super) struct OpenConnection {
    pub(super) connection: Arc<Connection>,
    /// The account of a rich client or the author id of a plain client. `None` before registration.
    pub(super) identity: Option<AuthorId>,
    /// The token of a bot.
    pub(super) bot: Option<Arc<BotToken>>,
}

impl ConnectionRegistry {
    pub(super) fn new() -> Self {
        Self { next_id: AtomicU64::new(1), connections: Mutex::default() }
    }

    /// Creates and adds a connection for an upgraded socket.
    pub(super) fn open(&self, stream: TcpStream, address: ClientAddress, dialect: Dialect) -> Arc<Connection> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let connection = Connection::new(id, address, dialect, stream);
        let open = OpenConnection { connection: connection.clone(), identity: None, bot: None };
        self.connections.lock().insert(connection.id, open);
        connection
    }

    /// Sets who uses a connection. Does nothing if it is no longer open.
    pub(super) fn set_identity(&self, id: ConnectionId, identity: &AuthorId) {
        if let Some(open) = self.connections.lock().get_mut(&id) {
            open.identity = Some(identity.clone());
        }
    }

    /// Who uses a connection.
    pub(super) fn identity(&self, id: ConnectionId) -> Option<AuthorId> {
        self.connections.lock().get(&id).and_then(|open| open.identity.clone())
    }

    /// Sets the token by which a connection is one of a bot. Does nothing if it is no longer open.
    pub(super) fn set_bot(&self, id: ConnectionId, bot: &Arc<BotToken>) {
        if let Some(open) = self.connections.lock().get_mut(&id) {
            open.bot = Some(bot.clone());
        }
    }

    /// The token of a connection that is one of a bot.
    pub(super) fn bot(&self, id: ConnectionId) -> Option<Arc<BotToken>> {
        self.connections.lock().get(&id).and_then(|open| open.bot.clone())
    }

    /// Removes a connection and returns who used it.
    pub(super) fn remove(&self, id: ConnectionId) -> Option<AuthorId> {
        self.connections.lock().remove(&id).and_then(|open| open.identity)
    }

    /// All open connections, in arbitrary order.
    pub(super) fn all(&self) -> Vec<Arc<Connection>> {
        self.connections.lock().values().map(|open| open.connection.clone()).collect()
    }

    /// All open connections with who uses them, in arbitrary order.
    pub(super) fn all_identified(&self) -> Vec<OpenConnection> {
        self.connections.lock().values().cloned().collect()
    }

    /// The open connections of these accounts and plain clients.
    pub(super) fn of_identities(&self, ids: &[AuthorId]) -> Vec<Arc<Connection>> {
        let connections = self.connections.lock();
        let open = connections.values().filter(|open| open.identity.as_ref().is_some_and(|id| ids.contains(id)));
        open.map(|open| open.connection.clone()).collect()
    }

    /// Closes every connection with the same code and reason.
    pub(super) fn close_all(&self, code: CloseCode, reason: &str) {
        for open in self.connections.lock().values() {
            open.connection.close(code, reason);
        }
    }

    /// Number of open connections.
    pub(super) fn len(&self) -> usize {
        self.connections.lock().len()
    }
}

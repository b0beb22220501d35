//! Closes the socket of a connection and releases its permit when the connection's task ends.

use std::sync::Arc;

use crate::chat::Connection;
use crate::net::SocketPermit;

/// Holds a connection's permit until its task ends, and then closes the socket, in whichever way the task ends. A task
/// that still drains the write queue must not keep the socket open.
pub(super) struct SocketGuard {
    connection: Arc<Connection>,
    _permit: SocketPermit,
}

impl SocketGuard {
    pub(super) fn new(connection: Arc<Connection>, permit: SocketPermit) -> Self {
        Self { connection, _permit: permit }
    }
}

impl Drop for SocketGuard {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

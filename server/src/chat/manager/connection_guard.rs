//! Disconnects a connection when it is dropped, in whichever way its task ends (invariant 7).

use std::ops::Deref;
use std::sync::Arc;

use super::super::Connection;
use super::ConnectionManager;

/// Keeps a connection registered and in its rooms until it is dropped.
#[derive(Debug)]
pub struct ConnectionGuard {
    pub(super) manager: Arc<ConnectionManager>,
    pub(super) connection: Arc<Connection>,
}

impl ConnectionGuard {
    /// The connection, for a task that may outlive the guard.
    pub fn connection(&self) -> Arc<Connection> {
        self.connection.clone()
    }
}

impl Deref for ConnectionGuard {
    type Target = Arc<Connection>;

    fn deref(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.manager.disconnect(&self.connection);
    }
}

//! A connection's stay in the chat: when it is dropped, however that comes about, the connection is out (invariant 7).

use std::ops::Deref;
use std::sync::Arc;

use super::{Connection, ConnectionManager};

/// Keeps a connection in its rooms for as long as it lives.
#[derive(Debug)]
pub struct Stay {
    pub(super) manager: Arc<ConnectionManager>,
    pub(super) connection: Arc<Connection>,
}

impl Stay {
    /// The connection, for a task that may outlive the stay.
    pub fn connection(&self) -> Arc<Connection> {
        self.connection.clone()
    }
}

impl Deref for Stay {
    type Target = Arc<Connection>;

    fn deref(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.manager.disconnect(&self.connection);
    }
}

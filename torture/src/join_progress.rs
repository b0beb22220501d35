//! How far a connection of a plain client has come.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use tokio::time::Instant;

/// How long the announcement of the client's own join may take to arrive. Several servers announce joins to each other by
/// notifications of the database, which can be lost.
const NOTICE_TIMEOUT: Duration = Duration::from_secs(30);

/// When the current connection reached which step. `None` for steps that it has not reached.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct JoinProgress {
    /// The connection was started.
    pub(crate) connected_at: Option<Instant>,
    /// The handshake was complete, and the name was sent.
    pub(crate) opened_at: Option<Instant>,
    /// The server announced the client's own join: it holds the name.
    pub(crate) joined_at: Option<Instant>,
}

impl JoinProgress {
    /// When a client gives up waiting for the announcement. `None` if it does not wait for it.
    pub(crate) fn notice_deadline(&self) -> Option<Instant> {
        self.opened_at.filter(|_| self.joined_at.is_none()).map(|opened_at| opened_at + NOTICE_TIMEOUT)
    }
}

impl Display for JoinProgress {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.connected_at, self.opened_at) {
            (None, _) => write!(f, "it has no connection"),
            (Some(connected_at), None) => write!(f, "it waits for the handshake since {:?}", connected_at.elapsed()),
            (_, Some(opened_at)) => write!(f, "its join is not announced since {:?}", opened_at.elapsed()),
        }
    }
}

//! Changes other than operations on a log, such as those of the directory. They are written in the writer's transactions.

use std::collections::HashMap;

use parlor::{RoomName, UnixMillis};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::super::EngineError;
use super::indexer::IndexQueue;
use super::log::LogEnd;

/// What a [`Write`] works with.
pub(super) struct WriteContext<'a> {
    pub(super) database: &'a Connection,
    /// The ends of the logs that are in memory, to be removed where the write changes a log or its name.
    pub(super) log_ends: &'a mut HashMap<RoomName, LogEnd>,
    /// Rooms whose index has to be updated.
    pub(super) index_queue: &'a IndexQueue,
    /// The time of the commit.
    pub(super) at: UnixMillis,
}

/// A change other than an operation on a log, written in the same transactions.
pub(super) trait Write: std::fmt::Debug + Send {
    /// Writes the change. After an error the transaction has to be rolled back.
    fn write(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()>;

    /// Replies to the request, after the commit or its failure.
    fn reply(self: Box<Self>, committed: bool);
}

/// A [`Write`] as a closure. Its inner error refuses the change: it must not have changed anything then.
pub(super) struct PendingWrite<F, T> {
    pub(super) write: Option<F>,
    pub(super) outcome: Option<Result<T, EngineError>>,
    pub(super) reply: Reply<T>,
}

impl<F, T> std::fmt::Debug for PendingWrite<F, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PendingWrite")
    }
}

impl<F, T> Write for PendingWrite<F, T>
where
    F: FnOnce(&mut WriteContext<'_>) -> rusqlite::Result<Result<T, EngineError>> + Send,
    T: Send,
{
    fn write(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        if let Some(write) = self.write.take() {
            self.outcome = Some(write(context)?);
        }
        Ok(())
    }

    fn reply(self: Box<Self>, committed: bool) {
        let outcome = self.outcome.filter(|_| committed).unwrap_or(Err(EngineError::Unavailable));
        let _ = self.reply.send(outcome);
    }
}

/// The channel for a request's reply. Its receiver may be gone.
pub(super) type Reply<T> = oneshot::Sender<Result<T, EngineError>>;

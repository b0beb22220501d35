//! The logs, as the thread reads them that indexes them for searching.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use tokio::runtime::Handle;

use super::super::EngineError;
use super::super::search::{IndexQueue, LogSource};
use super::super::sql::connection::{SqlConnection, SqlResult};
use super::pool::PostgresPool;
use super::transactions;

/// How often the thread checks whether it was stopped while it waits for the database.
const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(50);

/// The database, as the indexing thread reads it.
#[derive(Debug)]
pub(super) struct PostgresLog {
    pub(super) pool: PostgresPool,
    pub(super) runtime: Handle,
    /// Tells whether the thread was stopped.
    pub(super) queue: Arc<IndexQueue>,
}

impl LogSource for PostgresLog {
    const TOPS: &'static str = "SELECT id, CASE WHEN name = '!' || id THEN 0 ELSE top END FROM rooms";

    /// Notifications of other nodes can be lost, and their deletions of rooms have none.
    const POLL_INTERVAL: Option<Duration> = Some(Duration::from_secs(30));

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (reply, answer) = channel();
        let pool = self.pool.clone();
        // On this thread it could wait without end for a runtime that has stopped, or for a thread that waits for this one.
        self.runtime.spawn(async move {
            // Fails only when the thread was stopped.
            let _ = reply.send(transactions::read_snapshot(&pool, read).await);
        });
        loop {
            match answer.recv_timeout(STOP_CHECK_INTERVAL) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Timeout) if !self.queue.is_stopped() => {}
                Err(_) => return Err(EngineError::Unavailable),
            }
        }
    }
}

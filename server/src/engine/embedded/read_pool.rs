//! Connections that read while the writer writes: SQLite's write-ahead log permits both at the same time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::super::EngineError;
use super::super::sql::connection::{SqlError, SqlResult};
use super::super::sqlite::connect;

/// Reads that run at the same time; others wait. Reads use the processor, so with more of them each would take longer.
/// Opening a connection for a single read costs more than the read.
const CONCURRENT_READS: usize = 4;

/// A pool of read connections.
#[derive(Clone, Debug)]
pub(super) struct ReadPool {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl ReadPool {
    /// Opens the first connection; others are opened when they are needed.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let first = connect(path)?;
        let idle = Arc::new(Mutex::new(vec![first]));
        Ok(Self { path: path.to_owned(), idle, permits: Arc::new(Semaphore::new(CONCURRENT_READS)) })
    }

    /// Runs `read` on a blocking thread, when a connection is free. A read that has started finishes even if the future
    /// is dropped.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the database can't be read. The cause is logged.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        let pool = self.clone();
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| EngineError::Unavailable)?;
        let outcome = tokio::task::spawn_blocking(move || {
            // Held until the read is done, even if the caller has dropped the future.
            let _permit = permit;
            let idle = pool.idle.lock().pop();
            let database = idle.map_or_else(|| connect(&pool.path), Ok).map_err(SqlError::from)?;
            let outcome = read(&database);
            pool.idle.lock().push(database);
            outcome
        });
        match outcome.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => {
                tracing::error!(%error, "the database can't be read");
                Err(EngineError::Unavailable)
            }
            Err(_) => Err(EngineError::Unavailable),
        }
    }
}

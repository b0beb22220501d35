//! The logs, as the thread reads them that indexes them for searching.

use std::time::Duration;

use rusqlite::Connection;

use super::super::EngineError;
use super::super::search::LogSource;
use super::super::sql::connection::{SqlConnection, SqlResult};

/// A connection of the indexing thread.
#[derive(Debug)]
pub(super) struct SqliteLog(pub(super) Connection);

impl LogSource for SqliteLog {
    const TOPS: &'static str = "SELECT id, max(
             coalesce((SELECT max(place) FROM messages WHERE place BETWEEN id << 40 AND ((id + 1) << 40) - 1), 0),
             coalesce((SELECT max(place) FROM changes WHERE place BETWEEN id << 40 AND ((id + 1) << 40) - 1), 0)
         ) & ((1 << 40) - 1) FROM rooms";

    /// The writer queues every room that it changes.
    const POLL_INTERVAL: Option<Duration> = None;

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        let read = || {
            // Ended by its drop: nothing was written.
            let transaction = self.0.unchecked_transaction()?;
            read(&*transaction)
        };
        read().map_err(|error| {
            tracing::error!(%error, "the logs can't be read to index them");
            EngineError::Unavailable
        })
    }
}

//! Searching: an index of the messages in a file of the data directory, on both engines.
//!
//! The [`index`] has the messages by their [`ngrams`]. The [`indexer`] keeps it up to date on a thread of its own: it
//! takes rooms from the [`queue`] and reads their new events from the [`log_source`]. The [`finder`] searches the index,
//! and reads from the log what the index does not have yet.

mod finder;
mod index;
mod indexer;
mod log_source;
mod ngrams;
mod queue;

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use parlor::{AuthorId, RoomName, Search};
use rusqlite::Connection;

use self::indexer::Indexer;
pub(super) use self::log_source::LogSource;
pub(super) use self::queue::IndexQueue;
use super::SearchResults;
use super::open_error::OpenError;
use super::sql::connection::{SqlConnection, SqlResult};
use super::sqlite::connect;

/// The search index of a node, and the thread that keeps it up to date.
#[derive(Debug)]
pub(super) struct SearchIndex {
    reader: IndexReader,
    _indexer: Indexer,
}

impl SearchIndex {
    /// Opens the index at `path`, and starts to index what it lacks and the rooms that are added to the queue. An index
    /// that is missing, damaged or of other logs is made anew. Blocks while the logs are read.
    ///
    /// # Errors
    /// [`OpenError`].
    pub(super) fn start(path: PathBuf, log: impl LogSource, queue: Arc<IndexQueue>) -> Result<Self, OpenError> {
        let indexer = Indexer::start(&path, log, queue)?;
        Ok(Self { reader: IndexReader { path, idle: Arc::default() }, _indexer: indexer })
    }

    /// Searches the index. Cloning it is cheap.
    pub(super) fn reader(&self) -> IndexReader {
        self.reader.clone()
    }
}

/// The connections that read an index.
#[derive(Clone, Debug)]
pub(super) struct IndexReader {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl IndexReader {
    /// Searches for the newest matching messages in these rooms, in a transaction of the log that has not read anything
    /// yet and in which all statements read the same state. Blocks.
    ///
    /// # Errors
    /// The index or the log can't be read.
    pub(super) fn search(
        &self,
        log: &dyn SqlConnection,
        rooms: &[RoomName],
        search: &Search,
        reader: &AuthorId,
    ) -> SqlResult<SearchResults> {
        let idle = self.idle.lock().pop();
        let index = idle.map_or_else(|| connect(&self.path), Ok)?;
        let found = finder::search(&index, log, rooms, search, reader);
        self.idle.lock().push(index);
        found
    }
}

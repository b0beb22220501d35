//! An engine that keeps its tables in an SQL database. It implements [`Directory`](super::super::Directory) and
//! [`LogHistory`](super::super::LogHistory) by this.

use std::future::Future;

use parlor::{AuthorId, RoomName, UnixMillis};

use super::super::{EngineError, NameDirectory};
use super::connection::{SqlConnection, SqlResult};
use super::row_id::RoomId;

/// Runs reads and writes on connections of the database.
pub(crate) trait SqlStore: NameDirectory {
    /// Runs `read` on a connection. Each of its statements can read another state.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the database can't be read. The cause is logged.
    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, EngineError>> + Send;

    /// Runs `read` on a connection. All its statements read the same state.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the database can't be read. The cause is logged.
    fn read_snapshot<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, EngineError>> + Send;

    /// Runs `write` in a transaction, and returns when it is on disk. No other write with the same scope runs at the same
    /// time. If it refuses with the inner error, it must not have changed anything.
    ///
    /// # Errors
    /// Those of `write`, and [`EngineError::Unavailable`] when the database can't be written.
    fn write<T: Send + 'static>(
        &self,
        scope: WriteScope,
        write: impl FnOnce(&mut WriteContext<'_>) -> SqlResult<Result<T, EngineError>> + Send + 'static,
    ) -> impl Future<Output = Result<T, EngineError>> + Send;

    /// Size of the storage, in bytes.
    fn stored_bytes(&self) -> impl Future<Output = Result<u64, EngineError>> + Send;

    /// Records that the end of a room's log was read, and later events are to be delivered.
    fn end_was_read(&self, room: &RoomName, seq: u64);
}

/// What a write must not share with another one at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WriteScope {
    /// Anything: what it checks could be changed by any other write.
    Server,
    /// The records of one account.
    Account(AuthorId),
}

/// What a write works with.
pub(crate) struct WriteContext<'a> {
    /// The connection, in a transaction.
    pub(in crate::engine) database: &'a dyn SqlConnection,
    /// The time of the write.
    pub(in crate::engine) at: UnixMillis,
    /// The rooms whose logs were created, renamed or deleted by it.
    pub(in crate::engine) changed_logs: Vec<RoomName>,
    /// The rooms that were deleted by it: their texts have to be removed from the search index.
    pub(in crate::engine) erased: Vec<RoomId>,
}

impl<'a> WriteContext<'a> {
    /// A context whose write has not changed any log.
    pub(in crate::engine) fn new(database: &'a dyn SqlConnection, at: UnixMillis) -> Self {
        Self { database, at, changed_logs: Vec::new(), erased: Vec::new() }
    }
}

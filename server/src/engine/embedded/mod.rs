//! The embedded engine: SQLite in one directory, with nothing to install.
//!
//! - Writing: one thread ([`writer`]) commits batches of operations and of other changes ([`write`]). What they write is
//!   in [`sql`](super::sql), over the [`connection`]s of SQLite. [`names`] are in memory and on disk
//!   ([`name_directory`]).
//! - Reading: a [`read_pool`] of connections runs beside the writer.
//! - Searching: the [`search`](super::search) index reads the logs from a connection of its own ([`log_source`]).
//! - Files: [`schema`] has the tables and migrations. [`checkpoint`] copies the write-ahead log into the database.
//!   [`admin_database`] is for commands beside a running server.

mod admin_database;
mod checkpoint;
mod connection;
mod log_source;
mod name_directory;
mod names;
mod read_pool;
pub(super) mod schema;
mod write;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use async_trait::async_trait;
use parking_lot::Mutex;
use parlor::{AuthorId, RoomName, Search};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

pub use self::admin_database::{AdminDatabase, AdminError};
use self::checkpoint::{CheckpointThread, WriteAheadLog};
use self::log_source::SqliteLog;
use self::read_pool::ReadPool;
use self::write::PendingWrite;
use self::writer::{Request, Writer};
use super::data_directory::{DataDirectory, create_file};
use super::name_registry::NameRegistry;
use super::open_error::OpenError;
use super::search::{IndexQueue, SearchIndex};
use super::sql::connection::{SqlConnection, SqlResult};
use super::sql::store::{SqlStore, WriteContext, WriteScope};
use super::sqlite::connect;
use super::{Append, Deliveries, EngineError, EventLog, PendingAppend, SearchResults, Signal};
use crate::access::ReadPermit;

/// Size of the writer's page cache at most, in KiB.
const WRITER_CACHE_KIB: i32 = 32 * 1024;

/// Capacity of the queue of requests to the writer, and of the queue of deliveries from it to the rooms. While they are
/// full, appending waits.
const QUEUE_CAPACITY: usize = 4_096;

/// The engine that stores logs in a data directory.
#[derive(Debug)]
pub struct EmbeddedEngine {
    requests: mpsc::Sender<Request>,
    failures: Arc<AtomicU64>,
    readers: ReadPool,
    searchers: ReadPool,
    /// All held names, including those that are being stored and those of plain connections.
    names: Mutex<NameRegistry>,
    /// Accounts that hold a name on disk only: the next claim releases it there, so that no name has two holders.
    forgotten: Mutex<Vec<AuthorId>>,
    index: SearchIndex,
    _checkpoints: CheckpointThread,
    /// Dropped last: everything else uses its files.
    directory: DataDirectory,
}

impl EmbeddedEngine {
    /// Opens the data directory, and creates what is missing. Returns the engine with its ordered stream.
    ///
    /// # Errors
    /// [`OpenError`]. A missing directory may have been created then; nothing else has changed.
    pub fn open(directory: &Path) -> Result<(Self, Deliveries), OpenError> {
        let directory = DataDirectory::open(directory)?;
        let path = directory.database();
        create_file(&path)?;
        let database = schema::open(&path)?;
        // Room for the ends of a thousand logs. Without it each commit reads again what the last one wrote.
        database.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        let index_queue = Arc::new(IndexQueue::default());
        let log = SqliteLog(connect(&path)?);
        let index = SearchIndex::start(directory.search_index(), log, index_queue.clone())?;
        let (readers, searchers) = (ReadPool::open(&path)?, ReadPool::open(&path)?);
        let wal = WriteAheadLog::of(&path);
        let checkpoints = CheckpointThread::start(&path, wal.clone())?;
        let mut names = NameRegistry::default();
        for author in names::holders(&database)? {
            // Of two stored names that cannot be held together, the first is held.
            let _ = names.claim(&author.name, &author.id);
        }
        let (requests, received) = mpsc::channel(QUEUE_CAPACITY);
        let (stream, deliveries) = mpsc::channel(QUEUE_CAPACITY);
        let failures = Arc::new(AtomicU64::new(0));
        let writer = Writer::new(database, wal, stream, failures.clone(), index_queue);
        thread::Builder::new().name("parlor-writer".to_owned()).spawn(move || writer.run(received))?;
        let engine = Self {
            requests,
            failures,
            readers,
            searchers,
            names: Mutex::new(names),
            forgotten: Mutex::default(),
            index,
            _checkpoints: checkpoints,
            directory,
        };
        Ok((engine, deliveries))
    }

    /// Sends a request to the writer and waits for its reply.
    async fn request<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).await.map_err(|_| EngineError::Unavailable)?;
        answer.await.map_err(|_| EngineError::Unavailable)
    }
}

impl SqlStore for EmbeddedEngine {
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.readers.read(move |database| read(database)).await
    }

    async fn read_snapshot<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        let read = move |database: &Connection| {
            // Ended by its drop: nothing was written.
            let transaction = database.unchecked_transaction()?;
            read(&*transaction)
        };
        self.readers.read(read).await
    }

    /// Runs in the writer's next transaction: the writer applies one write after the other, whatever their scopes.
    async fn write<T: Send + 'static>(
        &self,
        _scope: WriteScope,
        write: impl FnOnce(&mut WriteContext<'_>) -> SqlResult<Result<T, EngineError>> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Write(Box::new(PendingWrite { write: Some(write), outcome: None, reply }));
        self.requests.send(request).await.map_err(|_| EngineError::Unavailable)?;
        answer.await.unwrap_or(Err(EngineError::Unavailable))
    }

    async fn stored_bytes(&self) -> Result<u64, EngineError> {
        self.directory.stored_bytes().map_err(|_| EngineError::Unavailable)
    }

    fn end_was_read(&self, _: &RoomName, _: u64) {}
}

#[async_trait]
impl EventLog for EmbeddedEngine {
    fn subscribe(&self, _: &RoomName) {}

    fn unsubscribe(&self, _: &RoomName) {}

    async fn incompatible(&self) -> String {
        // No other program writes to the data directory.
        std::future::pending().await
    }

    async fn fence(&self) {}

    fn unavailable_since(&self) -> Option<Instant> {
        None
    }

    async fn append(&self, append: Append) -> Result<PendingAppend, EngineError> {
        let (reply, receipt) = oneshot::channel();
        let request = Request::Append { append, reply };
        self.requests.send(request).await.map_err(|_| EngineError::Unavailable)?;
        Ok(PendingAppend(receipt))
    }

    fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    async fn signal(&self, room: RoomName, signal: Signal) {
        // Fails only when the engine is closed; then nobody receives signals any more.
        let _ = self.requests.send(Request::Signal { room, signal }).await;
    }

    async fn search(
        &self,
        rooms: Vec<ReadPermit>,
        search: Search,
        reader: AuthorId,
    ) -> Result<SearchResults, EngineError> {
        let rooms: Vec<_> = rooms.iter().map(|room| room.room().clone()).collect();
        let index = self.index.reader();
        let search = move |database: &Connection| {
            let transaction = database.unchecked_transaction()?;
            index.search(&*transaction, &rooms, &search, &reader)
        };
        self.searchers.read(search).await
    }

    async fn close(&self) {
        let _ = self.request(|reply| Request::Close { reply }).await;
    }
}

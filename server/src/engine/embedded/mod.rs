//! The embedded engine: SQLite in one directory, with nothing to install.
//!
//! - Writing: one thread ([`writer`]) commits batches of requests. [`operation`] applies operations: they append events
//!   to the [`log`], with its hash [`chain`], and update the [`projection`] of the events into messages. Operations in
//!   rooms without a log have [`unlogged_receipts`]. [`write`] is any other change.
//! - People and rooms: [`directory`] implements that trait with [`names`], [`accounts`], [`device_links`],
//!   [`joined_rooms`], [`read_markers`], [`room_settings`], [`invitations`] and [`ended_rights`].
//! - The server: [`server_directory`] implements that trait with [`server`], [`recovery_codes`], [`bot_tokens`] and
//!   [`audit_log`]. [`admin_database`] is for commands beside a running server.
//! - Reading: a [`read_pool`] of connections runs beside the writer. It reads [`rooms`], pages of [`messages`] with
//!   their [`reactions`], and the [`backlog`] of a cursor. [`decode`] makes events from database rows, and [`verify`]
//!   checks the chain.
//! - Searching: a second database is the [`index`] of the messages by their [`ngrams`]. The [`indexer`] keeps it up to
//!   date on its own thread, and [`search`] queries it.
//! - Files: [`schema`] has the tables and migrations, [`database`] the settings of connections, [`row_id`] the key of
//!   events. [`checkpoint`] copies the write-ahead log into the database, and [`permissions`] keeps other users out.

mod accounts;
mod admin_database;
mod audit_log;
mod backlog;
mod bot_tokens;
mod chain;
mod checkpoint;
mod database;
mod decode;
mod device_links;
mod directory;
mod ended_rights;
mod index;
mod indexer;
mod invitations;
mod joined_rooms;
mod log;
mod messages;
mod names;
mod ngrams;
mod open_error;
mod operation;
mod permissions;
mod projection;
mod reactions;
mod read_markers;
mod read_pool;
mod recovery_codes;
mod room_settings;
mod rooms;
mod row_id;
mod schema;
mod search;
mod server;
mod server_directory;
mod unlogged_receipts;
mod verify;
mod write;
mod writer;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use async_trait::async_trait;
use parking_lot::Mutex;
use parlor::message::PageOf;
use parlor::{AuthorId, ClientId, Cursor, RoomName, Search};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

pub use self::admin_database::{AdminDatabase, AdminError};
use self::checkpoint::{CheckpointThread, WriteAheadLog};
use self::database::connect;
use self::indexer::{IndexQueue, Indexer};
use self::log::LogEnd;
pub use self::open_error::OpenError;
use self::read_pool::ReadPool;
use self::writer::{Request, Writer};
use super::name_registry::NameRegistry;
use super::{
    Append, Backlog, Deliveries, EngineError, EventLog, HistoryPage, PendingAppend, ReadContext, Receipt,
    SearchResults, Signal,
};
use crate::access::ReadPermit;

/// Size of the writer's page cache at most, in KiB.
const WRITER_CACHE_KIB: i32 = 32 * 1024;

/// Capacity of the queue of requests to the writer, and of the queue of deliveries from it to the rooms. While they are
/// full, appending waits.
const QUEUE_CAPACITY: usize = 4_096;

/// The engine that stores logs in a data directory.
#[derive(Debug)]
pub struct EmbeddedEngine {
    /// The data directory.
    directory: PathBuf,
    requests: mpsc::Sender<Request>,
    failures: Arc<AtomicU64>,
    readers: ReadPool,
    searchers: ReadPool,
    /// All held names, including those that are being stored and those of plain connections.
    names: Mutex<NameRegistry>,
    /// Accounts that hold a name on disk only: the next claim releases it there, so that no name has two holders.
    forgotten: Mutex<Vec<AuthorId>>,
    _indexer: Indexer,
    _checkpoints: CheckpointThread,
    /// Locked while the directory is in use. The kernel releases the lock when the process ends.
    _lock: File,
}

impl EmbeddedEngine {
    /// Opens the data directory, and creates what is missing. Returns the engine with its ordered stream.
    ///
    /// # Errors
    /// [`OpenError`]. A missing directory may have been created then; nothing else has changed.
    pub fn open(directory: &Path) -> Result<(Self, Deliveries), OpenError> {
        permissions::create_directory(directory)?;
        let lock = permissions::open_file(&directory.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => OpenError::InUse,
            fs::TryLockError::Error(error) => OpenError::Io(error),
        })?;
        permissions::warn_if_open_to_others(directory);
        let path = directory.join(database::FILE_NAME);
        permissions::create_file(&path)?;
        let database = schema::open(&path)?;
        // Room for the ends of a thousand logs. Without it each commit reads again what the last one wrote.
        database.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        let index_queue = Arc::new(IndexQueue::default());
        let indexer = Indexer::start(&path, index_queue.clone())?;
        let readers = ReadPool::open(&path, connect)?;
        let searchers = ReadPool::open(&path, index::connect_with_index)?;
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
            directory: directory.to_owned(),
            requests,
            failures,
            readers,
            searchers,
            names: Mutex::new(names),
            forgotten: Mutex::default(),
            _indexer: indexer,
            _checkpoints: checkpoints,
            _lock: lock,
        };
        Ok((engine, deliveries))
    }

    /// Verifies the hash chain of a room's log. Returns the seq of the first event that does not follow from those
    /// before it: an event was altered, dropped or moved there. `None` if the log is intact.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the log can't be read.
    pub async fn first_break(&self, room: &RoomName) -> Result<Option<u64>, EngineError> {
        let room = room.clone();
        self.readers.read(move |database| verify::first_break(database, &room)).await
    }

    /// Sends a request to the writer and waits for its reply.
    async fn request<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).await.map_err(|_| EngineError::Unavailable)?;
        answer.await.map_err(|_| EngineError::Unavailable)
    }
}

#[async_trait]
impl EventLog for EmbeddedEngine {
    async fn log_end(&self, room: &ReadPermit) -> Result<Option<Cursor>, EngineError> {
        let room = room.room().clone();
        self.readers.read(move |database| Ok(LogEnd::find(database, &room)?.map(|end| end.cursor()))).await
    }

    async fn topic(&self, room: &ReadPermit) -> Result<String, EngineError> {
        let room = room.room().clone();
        self.readers.read(move |database| rooms::topic(database, &room)).await
    }

    async fn open_rooms(&self, count: usize) -> Result<Vec<(RoomName, String)>, EngineError> {
        self.readers.read(move |database| rooms::open_rooms(database, count)).await
    }

    async fn append(&self, append: Append) -> Result<PendingAppend, EngineError> {
        let (reply, receipt) = oneshot::channel();
        let request = Request::Append { append, reply };
        self.requests.send(request).await.map_err(|_| EngineError::Unavailable)?;
        Ok(PendingAppend(receipt))
    }

    async fn receipt(
        &self,
        room: &ReadPermit,
        author: &AuthorId,
        client_id: &ClientId,
    ) -> Result<Option<Receipt>, EngineError> {
        let (room, author, client_id) = (room.room().clone(), author.clone(), client_id.clone());
        let find = move |database: &Connection| match LogEnd::find(database, &room)? {
            Some(end) => end.find_receipt(database, &author, &client_id),
            None => unlogged_receipts::find(database, &room, &author, &client_id),
        };
        self.readers.read(find).await
    }

    fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    async fn signal(&self, room: RoomName, signal: Signal) {
        // Fails only when the engine is closed; then nobody receives signals any more.
        let _ = self.requests.send(Request::Signal { room, signal }).await;
    }

    async fn newest(&self, room: &ReadPermit, context: ReadContext) -> Result<HistoryPage, EngineError> {
        let room = room.room().clone();
        self.readers.read(move |database| messages::newest(database, &room, &context)).await
    }

    async fn page(&self, room: &ReadPermit, of: PageOf, context: ReadContext) -> Result<HistoryPage, EngineError> {
        let room = room.room().clone();
        self.readers.read(move |database| messages::page(database, &room, of, &context)).await
    }

    async fn backlog(&self, room: &ReadPermit, cursor: &Cursor, up_to: u64) -> Result<Backlog, EngineError> {
        let (room, cursor) = (room.room().clone(), cursor.clone());
        self.readers.read(move |database| backlog::backlog(database, &room, &cursor, up_to)).await
    }

    async fn search(
        &self,
        rooms: Vec<ReadPermit>,
        search: Search,
        reader: AuthorId,
    ) -> Result<SearchResults, EngineError> {
        let rooms: Vec<_> = rooms.iter().map(|room| room.room().clone()).collect();
        self.searchers.read(move |database| search::search(database, &rooms, &search, &reader)).await
    }

    async fn writers(&self, room: &ReadPermit, count: usize) -> Result<Vec<AuthorId>, EngineError> {
        let room = room.room().clone();
        self.readers.read(move |database| rooms::writers(database, &room, count)).await
    }

    async fn close(&self) {
        let _ = self.request(|reply| Request::Close { reply }).await;
    }
}

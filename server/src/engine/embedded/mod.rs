//! The engine that is inside the program: SQLite in one directory, nothing to install.
//!
//! One thread writes ([`writer`]): what arrives while the disk is busy with one commit shares the next, and nothing is
//! shown before its commit. Readers run beside it ([`reader`]), and so does the copying of the write-ahead log into
//! the database ([`checkpoint`]). [`schema`] is the form of the data. [`operation`] decides what is written: events into the [`log`], and what
//! they make of messages by [`fold`]. [`messages`] reads that, with its [`reactions`]; [`verify`] proves a log.
//! [`memberships`] is which rooms are whose, [`permissions`] who may read the files.
//!
//! Beside the logs lies an [`index`] of the [`grams`] of their messages; the [`follower`] keeps it up with them, and
//! [`search`] finds by it.

mod checkpoint;
mod fold;
mod follower;
mod grams;
mod index;
mod log;
mod memberships;
mod messages;
mod operation;
mod permissions;
mod place;
mod reactions;
mod reader;
mod row;
mod schema;
mod search;
mod unlogged_receipts;
mod verify;
mod writer;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{io, thread};

use async_trait::async_trait;
use parlor::message::PageOf;
use parlor::{Author, AuthorId, Cursor, RoomName, Search};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::{mpsc, oneshot};

use self::checkpoint::{Checkpoints, WriteAheadLog};
use self::follower::{Behind, Follower};
use self::log::End;
use self::reader::Readers;
use self::writer::{Request, Writer};
use super::{Append, Appending, Deliveries, Engine, EngineError, Found, Note, Page, Reading, Signal, Since};

/// What the writer keeps of the database in memory at most, in KiB.
const WRITER_CACHE_KIB: i32 = 32 * 1024;

/// The database's name in the data directory.
const FILE: &str = "parlor.db";

/// Requests that may wait for the writer, and events that may wait between it and the rooms. Above it, posting waits.
const LINE: usize = 4_096;

/// Why a data directory can't be used. It is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It can't be made, read or written.
    #[error("it can't be used: {0}")]
    Io(#[from] io::Error),
    /// Another process has it.
    #[error("another Parlor is using it")]
    InUse,
    /// The database is something else's.
    #[error("{FILE} in it is not a database of Parlor")]
    Foreign,
    /// The database is of a newer Parlor.
    #[error("{FILE} in it has form {found}, and this Parlor knows forms up to {known}: use a newer Parlor")]
    Newer {
        /// The database's form.
        found: u32,
        /// The newest form known here.
        known: u32,
    },
    /// The database can't be read.
    #[error("{FILE} in it is damaged or can't be read: {0}")]
    Damaged(#[from] rusqlite::Error),
}

/// Logs on disk.
#[derive(Debug)]
pub struct EmbeddedEngine {
    requests: mpsc::Sender<Request>,
    failures: Arc<AtomicU64>,
    readers: Readers,
    searchers: Readers,
    _follower: Follower,
    _checkpoints: Checkpoints,
    /// Held for as long as the directory is in use; the kernel lets go of it when the process ends.
    _lock: File,
}

impl EmbeddedEngine {
    /// Opens what is in the directory, or begins anew if there is nothing; its stream comes with it.
    ///
    /// # Errors
    /// [`OpenError`]; nothing has been changed then, but for a missing directory that may have been made.
    pub fn open(directory: &Path) -> Result<(Self, Deliveries), OpenError> {
        permissions::create_directory(directory)?;
        let lock = permissions::open_file(&directory.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => OpenError::InUse,
            fs::TryLockError::Error(error) => OpenError::Io(error),
        })?;
        permissions::warn_if_open_to_others(directory);
        let file = directory.join(FILE);
        permissions::create_file(&file)?;
        let database = schema::open(&file)?;
        // The ends of a thousand logs: without them in memory each commit reads again what the last one wrote.
        database.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        let behind = Arc::new(Behind::default());
        let follower = Follower::start(&file, behind.clone())?;
        let readers = Readers::open(&file, connect)?;
        let searchers = Readers::open(&file, index::beside)?;
        let wal = WriteAheadLog::of(&file);
        let checkpoints = Checkpoints::start(&file, wal.clone())?;
        let (requests, line) = mpsc::channel(LINE);
        let (stream, deliveries) = mpsc::channel(LINE);
        let failures = Arc::new(AtomicU64::new(0));
        let writer = Writer::new(database, wal, stream, failures.clone(), behind);
        thread::Builder::new().name("parlor-writer".to_owned()).spawn(move || writer.run(line))?;
        let engine = Self {
            requests,
            failures,
            readers,
            searchers,
            _follower: follower,
            _checkpoints: checkpoints,
            _lock: lock,
        };
        Ok((engine, deliveries))
    }

    /// The first event of a room's log that does not follow from those before it: something has been altered, dropped
    /// or moved there. None in a log that is whole.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when it can't be read.
    pub async fn first_break(&self, room: &RoomName) -> Result<Option<u64>, EngineError> {
        let room = room.clone();
        self.readers.read(move |database| verify::first_break(database, &room)).await
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).await.map_err(|_| EngineError::Unavailable)?;
        answer.await.map_err(|_| EngineError::Unavailable)
    }
}

/// A connection to the database as every user of it needs it.
fn connect(file: &PathBuf) -> rusqlite::Result<Connection> {
    let database = Connection::open(file)?;
    database.pragma_update(None, "synchronous", "FULL")?;
    // The checkpoints have a thread of their own: in the writer's turn they would hold up everyone.
    database.pragma_update(None, "wal_autocheckpoint", 0)?;
    database.busy_timeout(std::time::Duration::from_secs(5))?;
    // What is deleted is overwritten, and can't be found in the file.
    database.pragma_update(None, "secure_delete", true)?;
    // A statement is compiled once, and not again for each value that is bound to it.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    database.set_prepared_statement_cache_capacity(64);
    Ok(database)
}

#[async_trait]
impl Engine for EmbeddedEngine {
    async fn end(&self, room: &RoomName) -> Result<Option<Cursor>, EngineError> {
        let room = room.clone();
        self.readers.read(move |database| Ok(End::find(database, &room)?.map(|end| end.cursor()))).await
    }

    async fn topic(&self, room: &RoomName) -> Result<String, EngineError> {
        let room = room.clone();
        self.readers.read(move |database| log::topic(database, &room)).await
    }

    async fn rooms(&self, count: usize) -> Result<Vec<(RoomName, String)>, EngineError> {
        self.readers.read(move |database| log::rooms(database, count)).await
    }

    async fn append(&self, message: Append) -> Result<Appending, EngineError> {
        let (reply, receipt) = oneshot::channel();
        let request = Request::Append { message, reply };
        self.requests.send(request).await.map_err(|_| EngineError::Unavailable)?;
        Ok(Appending(receipt))
    }

    fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    async fn signal(&self, room: RoomName, signal: Signal) {
        // Fails only when the engine is closed: nobody listens any more then.
        let _ = self.requests.send(Request::Signal { room, signal }).await;
    }

    async fn newest(&self, room: &RoomName, reading: Reading) -> Result<Page, EngineError> {
        let room = room.clone();
        self.readers.read(move |database| messages::newest(database, &room, &reading)).await
    }

    async fn page(&self, room: &RoomName, of: PageOf, reading: Reading) -> Result<Page, EngineError> {
        let room = room.clone();
        self.readers.read(move |database| messages::page(database, &room, of, &reading)).await
    }

    async fn since(&self, room: &RoomName, cursor: &Cursor, up_to: u64) -> Result<Since, EngineError> {
        let (room, cursor) = (room.clone(), cursor.clone());
        self.readers.read(move |database| log::since(database, &room, &cursor, up_to)).await
    }

    async fn search(&self, rooms: Vec<RoomName>, what: Search, reader: AuthorId) -> Result<Found, EngineError> {
        self.searchers.read(move |database| search::search(database, &rooms, &what, &reader)).await
    }

    async fn note(&self, note: Note) -> Result<(), EngineError> {
        self.ask(|reply| Request::Note { note, reply }).await?
    }

    async fn holders(&self) -> Result<Vec<Author>, EngineError> {
        self.readers.read(reader::holders).await
    }

    async fn read_up_to(&self, who: &AuthorId, room: &RoomName) -> Result<Option<u64>, EngineError> {
        let (who, room) = (who.clone(), room.clone());
        self.readers.read(move |database| reader::read_up_to(database, &who, &room)).await
    }

    async fn memberships(&self, who: &AuthorId) -> Result<Vec<RoomName>, EngineError> {
        let who = who.clone();
        self.readers.read(move |database| memberships::of(database, &who)).await
    }

    async fn members_named(&self, room: &RoomName, keys: Vec<String>) -> Result<Vec<(String, AuthorId)>, EngineError> {
        let room = room.clone();
        self.readers.read(move |database| memberships::named(database, &room, keys)).await
    }

    async fn close(&self) {
        let _ = self.ask(|reply| Request::Close { reply }).await;
    }
}

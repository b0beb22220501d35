//! The form of the data, and how an older form becomes the newest one.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior};

use super::{OpenError, connect};

/// Tells a database of Parlor from others (`PRAGMA application_id`): "Prlr".
const APPLICATION: u32 = 0x5072_6C72;

/// The steps from each form to the next; a database remembers how many it has taken (`PRAGMA user_version`). A step
/// that has been released is never changed.
const MIGRATIONS: &[&str] = &[
    // `place` is room * 2^40 + seq: one integer key, and a room's events lie together in the order of the log.
    "CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        epoch TEXT NOT NULL
    ) STRICT;
    CREATE TABLE events (
        place INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        author TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        salt BLOB,
        body TEXT,
        link BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_by_client_id ON events (author, client_id, place >> 40);
    CREATE TABLE holders (
        author TEXT PRIMARY KEY,
        name TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE read (
        author TEXT NOT NULL,
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (author, room)
    ) STRICT, WITHOUT ROWID;",
    // `target` is the place of the message that an event is about, or that it answers. `digest` is the salted hash of a
    // text that has been erased: the chain goes over it. `messages` and `reactions` are what the events have made of
    // messages: a text is null once its message is deleted; `edited` and `deleted` are the seqs of the events that made
    // it so; `began` is the seq of the first of the same emoji. `unchanged` remembers what was asked for and changed
    // nothing, so that it changes nothing when it comes again.
    "ALTER TABLE events ADD COLUMN target INTEGER;
    ALTER TABLE events ADD COLUMN emoji TEXT;
    ALTER TABLE events ADD COLUMN digest BLOB;
    CREATE INDEX events_by_target ON events (target, kind) WHERE kind <> 'posted';
    ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN topic_seq INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE messages (
        place INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        mark TEXT NOT NULL,
        body TEXT,
        reply_to INTEGER,
        edited INTEGER,
        edited_at INTEGER,
        deleted INTEGER
    ) STRICT;
    INSERT INTO messages (place, at, author, name, client_id, mark, body)
        SELECT place, at, author, name, client_id, lower(hex(substr(link, 1, 5))), body FROM events
        WHERE kind = 'posted' ORDER BY place;
    CREATE TABLE reactions (
        message INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        author TEXT NOT NULL,
        name TEXT NOT NULL,
        seq INTEGER NOT NULL,
        began INTEGER NOT NULL,
        PRIMARY KEY (message, emoji, author)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE unchanged (
        author TEXT NOT NULL,
        client_id TEXT NOT NULL,
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (author, client_id, room)
    ) STRICT, WITHOUT ROWID;",
    // Rooms are named here: one may have members before it has a log.
    "CREATE TABLE memberships (
        author TEXT NOT NULL,
        room TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (author, room)
    ) STRICT, WITHOUT ROWID;",
];

/// Opens the database and brings it to the newest form.
///
/// # Errors
/// [`OpenError`] for a file that is no database of Parlor, or of a newer one, before anything is written to it.
pub(super) fn open(file: &PathBuf) -> Result<Connection, OpenError> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if let Some(header) = header(file)? {
        let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        // SQLite's file format, §1.3: the user version is at 60, the application id at 68.
        let (found, application) = (number(60), number(68));
        if &header[..16] != b"SQLite format 3\0" || application != APPLICATION {
            return Err(OpenError::Foreign);
        }
        if found > known {
            return Err(OpenError::Newer { found, known });
        }
    }
    let mut database = connect(file)?;
    // A database that can't even list its tables is not touched further.
    database.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let taken: u32 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if taken < known {
        let step = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for migration in &MIGRATIONS[taken as usize..] {
            step.execute_batch(migration)?;
        }
        step.pragma_update(None, "application_id", APPLICATION)?;
        step.pragma_update(None, "user_version", known)?;
        step.commit()?;
    }
    database.pragma_update(None, "journal_mode", "WAL")?;
    Ok(database)
}

/// The first 100 bytes of the file; `None` if there is nothing yet.
fn header(file: &PathBuf) -> Result<Option<[u8; 100]>, OpenError> {
    let mut file = match File::open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(None);
    }
    let mut header = [0; 100];
    match file.read_exact(&mut header) {
        Ok(()) => Ok(Some(header)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(OpenError::Foreign),
        Err(error) => Err(error.into()),
    }
}

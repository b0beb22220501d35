//! The form of the data, and how an older form becomes the newest one.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior};

use super::{OpenError, connect, memberships};

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
    // A message is one row, which is its `posted` event and what has become of it: `body` is the text that it was posted
    // with, `text` the one that it was edited to. What else happens is in `changes`; both together are the log.
    // Types stand in the view where columns have none, as SQLite merges the two without a sort only where they agree.
    // `receipts` is what came of each request that can come again. Ids begin with the time, so that new ones lie together.
    "CREATE TABLE receipts (
        client_id TEXT NOT NULL,
        author TEXT NOT NULL,
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (client_id, author, room)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO receipts SELECT client_id, author, place >> 40, place & (1 << 40) - 1, at FROM events ORDER BY client_id;
    INSERT INTO receipts SELECT client_id, author, room, seq, at FROM unchanged;
    DROP TABLE unchanged;
    CREATE TABLE said (
        place INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        author TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        reply_to INTEGER,
        salt BLOB,
        body TEXT,
        digest BLOB,
        link BLOB NOT NULL,
        text TEXT,
        edited INTEGER,
        edited_at INTEGER,
        deleted INTEGER
    ) STRICT;
    INSERT INTO said
        SELECT m.place, m.at, m.author, m.name, m.client_id, m.reply_to, e.salt, e.body, e.digest, e.link,
               iif(m.edited IS NULL, NULL, m.body), m.edited, m.edited_at, m.deleted
        FROM messages m JOIN events e USING (place) ORDER BY place;
    DROP TABLE messages;
    ALTER TABLE said RENAME TO messages;
    CREATE TABLE changes (
        place INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        author TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        target INTEGER,
        emoji TEXT,
        salt BLOB,
        body TEXT,
        digest BLOB,
        link BLOB NOT NULL
    ) STRICT;
    INSERT INTO changes
        SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, digest, link FROM events
        WHERE kind <> 'posted' ORDER BY place;
    DROP TABLE events;
    CREATE INDEX changes_by_target ON changes (target, kind);
    CREATE VIEW events AS
        SELECT place, at, CAST('posted' AS TEXT) AS kind, author, name, client_id, reply_to AS target,
               CAST(NULL AS TEXT) AS emoji, salt, body, digest, link FROM messages
        UNION ALL
        SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, digest, link FROM changes;",
    // Receipts of requests to rooms that have no log yet, and so no id. The index is for the receipts of a room whose
    // log begins, and for those that have expired.
    "CREATE TABLE unlogged_receipts (
        author TEXT NOT NULL,
        room TEXT NOT NULL,
        client_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (author, room, client_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX unlogged_receipts_by_room ON unlogged_receipts (room);
    CREATE INDEX unlogged_receipts_by_time ON unlogged_receipts (at);",
    // `mentions` are those of the text that was posted or edited, `text_mentions` those of the text that a message was
    // edited to: JSON, null where the text has no `@` or was accepted before. A membership has the last name that its
    // person bore, and the key by which it is looked up; null until they take a name again.
    "ALTER TABLE messages ADD COLUMN mentions TEXT;
    ALTER TABLE messages ADD COLUMN text_mentions TEXT;
    ALTER TABLE changes ADD COLUMN mentions TEXT;
    DROP VIEW events;
    CREATE VIEW events AS
        SELECT place, at, CAST('posted' AS TEXT) AS kind, author, name, client_id, reply_to AS target,
               CAST(NULL AS TEXT) AS emoji, salt, body, mentions, digest, link FROM messages
        UNION ALL
        SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, mentions, digest, link FROM changes;
    ALTER TABLE memberships ADD COLUMN name TEXT;
    ALTER TABLE memberships ADD COLUMN name_key TEXT;
    CREATE INDEX memberships_by_name ON memberships (room, name_key, since);",
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
        memberships::name_holders(&step)?;
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

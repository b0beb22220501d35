//! The schema of the database, and the migrations from older schema versions.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior};

use super::super::open_error::OpenError;
use super::super::sql::room_settings;
use super::super::sqlite::connect;
use super::names;

/// Marks a database of Parlor (`PRAGMA application_id`): "Prlr".
const APPLICATION_ID: u32 = 0x5072_6C72;

/// The migrations from each schema version to the next. A database stores its version, the number of its migrations
/// (`PRAGMA user_version`). A released migration is never changed.
const MIGRATIONS: &[&str] = &[
    // `place` is the row id, room * 2^40 + seq: one integer key, which stores a room's events together in log order.
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
    // `target` is the row id of the message that an event changes or answers. `digest` is the salted hash of an erased
    // text, which the chain needs. `messages` and `reactions` are the projection of the events. The body of a deleted
    // message is null. `edited` and `deleted` are the seqs of the last edit and of the deletion. `began` is the seq of
    // the first reaction with the same emoji. `unchanged` has the receipts of operations that changed nothing, so that
    // a retry changes nothing either.
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
    // Memberships store the room's name, since a room may have members before it has a log.
    "CREATE TABLE memberships (
        author TEXT NOT NULL,
        room TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (author, room)
    ) STRICT, WITHOUT ROWID;",
    // A row of `messages` is the `posted` event and its projection: `body` is the posted text, `text` the last edit.
    // All other events are in `changes`; both tables together are the log. The view casts where a column has no type,
    // since SQLite merges the two tables without sorting only if the types agree.
    // `receipts` has the outcome of each request that can be retried. Client ids begin with the time, so new ones are
    // stored together.
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
    // Receipts of operations in rooms that have no log, and therefore no number. One index is for the receipts of a
    // room whose log is created, the other for expired receipts.
    "CREATE TABLE unlogged_receipts (
        author TEXT NOT NULL,
        room TEXT NOT NULL,
        client_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (author, room, client_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX unlogged_receipts_by_room ON unlogged_receipts (room);
    CREATE INDEX unlogged_receipts_by_time ON unlogged_receipts (at);",
    // `mentions` belongs to the text that was posted or edited, `text_mentions` to the text of the last edit. Both are
    // JSON, and null if the text has no `@` or is from before this version. A membership has the person's last name and
    // its lookup key; both are null until the person claims a name again.
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
    // Accounts, sessions and room settings. Until now the id of an author was the hash of a secret that all devices of a
    // person shared: `old_secret_until` is when it ends. An id of a plain client has no receipts. `memberships` are the
    // rooms in people's lists, `room_members` those who were given access. The rows of `room_names` are made by
    // `name_rooms`. A deleted room keeps its row, so that its number is not used again, under a name that is no name.
    "CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        created INTEGER NOT NULL,
        used INTEGER NOT NULL,
        name TEXT,
        old_secret_until INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX accounts_nameless ON accounts (used) WHERE name IS NULL AND old_secret_until IS NULL;
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        secret BLOB NOT NULL UNIQUE,
        account TEXT NOT NULL,
        device TEXT NOT NULL,
        created INTEGER NOT NULL,
        used INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_account ON sessions (account, used);
    CREATE TABLE device_links (
        code BLOB PRIMARY KEY,
        account TEXT NOT NULL UNIQUE,
        session BLOB NOT NULL,
        address TEXT NOT NULL,
        created INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE server_keys (purpose TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO server_keys VALUES ('secrets', randomblob(32));
    ALTER TABLE rooms ADD COLUMN kind TEXT NOT NULL DEFAULT 'open';
    ALTER TABLE rooms ADD COLUMN title TEXT NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN announcements_only INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE room_names (room INTEGER PRIMARY KEY, folded TEXT NOT NULL, look TEXT NOT NULL) STRICT;
    CREATE INDEX room_names_by_folded ON room_names (folded);
    CREATE INDEX room_names_by_look ON room_names (look);
    CREATE TABLE room_members (
        room INTEGER NOT NULL,
        account TEXT NOT NULL,
        role TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (room, account)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX room_members_by_account ON room_members (account);
    CREATE TABLE retired_names (name TEXT PRIMARY KEY, folded TEXT NOT NULL, moved_to INTEGER) STRICT, WITHOUT ROWID;
    CREATE INDEX retired_names_by_folded ON retired_names (folded);
    CREATE TABLE invitations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        code BLOB NOT NULL UNIQUE,
        room INTEGER NOT NULL,
        author TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        uses_left INTEGER,
        used INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX invitations_by_room ON invitations (room);
    CREATE TABLE ended_rights (
        counter INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        account TEXT,
        secret BLOB,
        room TEXT
    ) STRICT;
    CREATE INDEX ended_rights_by_time ON ended_rights (at);
    INSERT INTO accounts (id, created, used, old_secret_until)
        SELECT author, now, now, now + 90 * 86400000 FROM (
            SELECT author FROM receipts UNION SELECT author FROM unlogged_receipts UNION SELECT author FROM holders
            UNION SELECT author FROM memberships UNION SELECT author FROM read UNION SELECT author FROM changes
            UNION SELECT author FROM reactions
        ), (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now);
    UPDATE accounts SET name = last.name
        FROM (SELECT author, name, max(place) FROM messages GROUP BY author) AS last WHERE last.author = accounts.id;
    UPDATE accounts SET name = last.name
        FROM (SELECT author, name, max(place) FROM changes GROUP BY author) AS last
        WHERE last.author = accounts.id AND accounts.name IS NULL;
    UPDATE accounts SET name = last.name FROM (SELECT author, name, max(seq) FROM reactions GROUP BY author) AS last
        WHERE last.author = accounts.id AND accounts.name IS NULL;
    UPDATE accounts SET name = last.name
        FROM (SELECT author, name, max(since) FROM memberships WHERE name IS NOT NULL GROUP BY author) AS last
        WHERE last.author = accounts.id;
    UPDATE accounts SET name = held.name FROM holders AS held WHERE held.author = accounts.id;
    INSERT INTO room_members (room, account, role, since)
        SELECT r.id, first.author, 'owner', first.at FROM rooms r JOIN events first ON first.place = (r.id << 40) + 1
        WHERE r.name <> 'lobby' AND (first.author IN (SELECT author FROM memberships)
            OR first.author IN (SELECT author FROM holders) OR first.author IN (SELECT author FROM read));",
    // Settings of the server, roles, recovery codes, bot tokens and the audit log. An invitation without a room is to the
    // server, one without an author of the command line. The actor of an audit entry is null for the command line.
    "ALTER TABLE accounts ADD COLUMN role TEXT;
    CREATE INDEX accounts_by_role ON accounts (role) WHERE role IS NOT NULL;
    CREATE TABLE server_policy (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        name TEXT NOT NULL,
        welcome TEXT NOT NULL,
        admission TEXT NOT NULL,
        room_creation TEXT NOT NULL
    ) STRICT;
    INSERT INTO server_policy VALUES (1, 'Parlor', '', 'open', 'everyone');
    ALTER TABLE invitations RENAME TO room_invitations;
    DROP INDEX invitations_by_room;
    CREATE TABLE invitations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        code BLOB NOT NULL UNIQUE,
        room INTEGER,
        role TEXT NOT NULL,
        author TEXT NOT NULL,
        note TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        uses_left INTEGER,
        used INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX invitations_by_room ON invitations (room);
    INSERT INTO invitations
        SELECT id, code, room, 'member', author, '', created, expires, uses_left, used FROM room_invitations;
    DROP TABLE room_invitations;
    CREATE TABLE recovery_codes (
        account TEXT PRIMARY KEY,
        code BLOB NOT NULL UNIQUE,
        created INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE bot_tokens (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        secret BLOB NOT NULL UNIQUE,
        account TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        author TEXT NOT NULL,
        created INTEGER NOT NULL,
        used INTEGER
    ) STRICT;
    CREATE TABLE bot_token_rooms (
        token INTEGER NOT NULL,
        room TEXT NOT NULL,
        PRIMARY KEY (token, room)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bot_token_rooms_by_room ON bot_token_rooms (room);
    CREATE TABLE audit_log (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        actor TEXT,
        actor_name TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT;",
];

/// Opens the database and runs the migrations that it has not had. Creates the tables in an empty file.
///
/// # Errors
/// [`OpenError`]. A file of another program or of a newer Parlor is recognised before anything is written to it.
pub(in crate::engine) fn open(path: &PathBuf) -> Result<Connection, OpenError> {
    check_header(path)?;
    let supported = supported_version();
    let mut database = connect(path)?;
    // A database that can't list its tables is damaged, and nothing is written to it.
    database.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let version: u32 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version < supported {
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for migration in &MIGRATIONS[version as usize..] {
            transaction.execute_batch(migration)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", supported)?;
        names::name_memberships(&*transaction)?;
        room_settings::name_rooms(&*transaction)?;
        transaction.commit()?;
    }
    database.pragma_update(None, "journal_mode", "WAL")?;
    Ok(database)
}

/// Opens a database that another process may be using. It must have the present schema.
///
/// # Errors
/// [`OpenError`]. Nothing is written.
pub(super) fn open_existing(path: &PathBuf) -> Result<Connection, OpenError> {
    if !check_header(path)? {
        return Err(OpenError::NoDatabase);
    }
    let database = connect(path)?;
    // The header may not have what is in the write-ahead log.
    let found = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let supported = supported_version();
    if found < supported {
        return Err(OpenError::Older { found, supported });
    }
    Ok(database)
}

/// The schema version of this program.
fn supported_version() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Checks that a file is a database of Parlor whose schema is known. False if it is missing or empty.
fn check_header(path: &PathBuf) -> Result<bool, OpenError> {
    let Some(header) = header(path)? else { return Ok(false) };
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    // SQLite's file format, §1.3: the user version is at offset 60, the application id at 68.
    let (found, application) = (number(60), number(68));
    if &header[..16] != b"SQLite format 3\0" || application != APPLICATION_ID {
        return Err(OpenError::NotParlorDatabase);
    }
    let supported = supported_version();
    if found > supported { Err(OpenError::Newer { found, supported }) } else { Ok(true) }
}

/// The database header, the first 100 bytes of the file. `None` if the file is missing or empty.
fn header(path: &PathBuf) -> Result<Option<[u8; 100]>, OpenError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(None);
    }
    let mut header = [0; 100];
    match file.read_exact(&mut header) {
        Ok(()) => Ok(Some(header)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(OpenError::NotParlorDatabase),
        Err(error) => Err(error.into()),
    }
}

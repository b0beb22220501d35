//! The search index: the file `search.db` beside the database, made from it. A damaged or outdated index is rebuilt.
//!
//! A separate file has its own write lock: however long indexing takes, no message waits for it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rusqlite::{Connection, OptionalExtension as _};

use super::database::connect;
use super::open_error::OpenError;
use super::permissions;

/// The version of the file's format. Raise it whenever folding or the n-grams change: a file with another version is
/// made anew.
const FORMAT_VERSION: u32 = 3;

/// `followed` is how far each room's log has been indexed, with the chain's value there: so the log of a restored
/// backup is not mistaken for the log that was indexed. `texts` is the content of `grams`, which deletes a row only if
/// it is given the content of that row again. `hours` is the range of row ids of the messages of one hour. Since clocks
/// go back, the range may contain other messages too.
const TABLES: &str = "
    CREATE TABLE followed (room INTEGER PRIMARY KEY, seq INTEGER NOT NULL, link BLOB NOT NULL) STRICT;
    CREATE TABLE texts (place INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE TABLE hours (
        room INTEGER NOT NULL,
        hour INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (room, hour)
    ) STRICT, WITHOUT ROWID;
    CREATE VIRTUAL TABLE grams USING fts5(gram, content='', columnsize=0, detail=none, tokenize='ascii');
    INSERT INTO grams (grams, rank) VALUES ('secure-delete', 1), ('hashsize', 16777216);";

/// Milliseconds of an hour in the table `hours`.
pub(super) const HOUR_MS: i64 = 3_600_000;

/// The path of a database's index.
fn index_path(database: &Path) -> PathBuf {
    database.with_file_name("search.db")
}

/// Opens the index for writing. If there is none that matches the log, it is an empty one.
pub(super) fn open(database: &PathBuf) -> Result<Connection, OpenError> {
    let (path, log) = (index_path(database), connect(database)?);
    let index = match open_for_writing(&path) {
        Ok(index) if matches_log(&index, &log).unwrap_or(false) => index,
        _ => create(&path)?,
    };
    truncate_wal(&index)?;
    Ok(index)
}

/// Opens the database for reading, with its index attached as `search`.
pub(super) fn connect_with_index(database: &PathBuf) -> rusqlite::Result<Connection> {
    let connection = connect(database)?;
    // Bound as bytes, since a path may be any bytes.
    connection.execute("ATTACH DATABASE ?1 AS search", [index_path(database).as_os_str().as_encoded_bytes()])?;
    Ok(connection)
}

/// Truncates the write-ahead log of the index, which may still contain erased texts. False if a reader prevents it.
pub(super) fn truncate_wal(index: &Connection) -> rusqlite::Result<bool> {
    index.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(!row.get::<_, bool>(0)?))
}

fn open_for_writing(path: &PathBuf) -> Result<Connection, OpenError> {
    permissions::create_file(path)?;
    let index = connect(path)?;
    index.pragma_update(None, "journal_mode", "WAL")?;
    // What a power cut destroys is indexed again.
    index.pragma_update(None, "synchronous", "NORMAL")?;
    index.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    Ok(index)
}

/// Checks that the index has this format version, and that each indexed log still has the chain value stored for it.
fn matches_log(index: &Connection, log: &Connection) -> rusqlite::Result<bool> {
    let version: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let mut indexed = index.prepare("SELECT room << 40 | seq, link FROM followed")?;
    let mut rows = indexed.query([])?;
    let mut find = log.prepare("SELECT link FROM events WHERE place = ?1")?;
    while let Some(row) = rows.next()? {
        let (row_id, link): (i64, [u8; 32]) = (row.get(0)?, row.get(1)?);
        if find.query_row([row_id], |row| row.get(0)).optional()? != Some(link) {
            return Ok(false);
        }
    }
    Ok(version == FORMAT_VERSION)
}

/// Deletes the index and its companion files, and creates an empty one.
fn create(path: &PathBuf) -> Result<Connection, OpenError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        match fs::remove_file(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let mut index = open_for_writing(path)?;
    let transaction = index.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "user_version", FORMAT_VERSION)?;
    transaction.commit()?;
    Ok(index)
}

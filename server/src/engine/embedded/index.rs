//! The file in which messages are looked up: `search.db`, beside the database and made from it. Whatever is wrong with
//! it, it is made anew.
//!
//! A file of its own has a writer of its own: however long that takes, no message waits for it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rusqlite::{Connection, OptionalExtension as _};

use super::{OpenError, connect, permissions};

/// The version of the file's format. Raise it whenever folding or the grams change: a file with another version is
/// rebuilt.
const FORM: u32 = 3;

/// `followed` is how far each room's log is in it, with the chain's value there: so the log of a restored backup is not
/// taken for the same. `texts` is what stands in `grams`, which can only take out what it is told again. `hours` is
/// where in a room's log an hour's messages lie: clocks go back, so it is no more than between where and where.
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

/// The index of the database in `database`.
pub(super) fn file(database: &Path) -> PathBuf {
    database.with_file_name("search.db")
}

/// Opens the index for writing; an empty one if there is none that goes with the log.
pub(super) fn open(database: &PathBuf) -> Result<Connection, OpenError> {
    let (file, log) = (file(database), connect(database)?);
    let made = match writing(&file) {
        Ok(index) if goes_with(&index, &log).unwrap_or(false) => index,
        _ => make(&file)?,
    };
    overwrite(&made)?;
    Ok(made)
}

/// Opens the database for reading, with its index as `search` beside it.
pub(super) fn beside(database: &PathBuf) -> rusqlite::Result<Connection> {
    let connection = connect(database)?;
    // As bytes, which a path may be any of.
    connection.execute("ATTACH DATABASE ?1 AS search", [file(database).as_os_str().as_encoded_bytes()])?;
    Ok(connection)
}

/// Lets go for good of what has been erased: it is in the write-ahead log as well. False while somebody reads there.
pub(super) fn overwrite(index: &Connection) -> rusqlite::Result<bool> {
    index.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(!row.get::<_, bool>(0)?))
}

fn writing(file: &PathBuf) -> Result<Connection, OpenError> {
    permissions::create_file(file)?;
    let index = connect(file)?;
    index.pragma_update(None, "journal_mode", "WAL")?;
    // What a power cut takes is made again.
    index.pragma_update(None, "synchronous", "NORMAL")?;
    index.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    Ok(index)
}

/// Whether it has this form, and each log in it goes on from where it is.
fn goes_with(index: &Connection, log: &Connection) -> rusqlite::Result<bool> {
    let form: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let mut followed = index.prepare("SELECT room << 40 | seq, link FROM followed")?;
    let mut rows = followed.query([])?;
    let mut find = log.prepare("SELECT link FROM events WHERE place = ?1")?;
    while let Some(row) = rows.next()? {
        let (place, link): (i64, [u8; 32]) = (row.get(0)?, row.get(1)?);
        if find.query_row([place], |row| row.get(0)).optional()? != Some(link) {
            return Ok(false);
        }
    }
    Ok(form == FORM)
}

fn make(file: &PathBuf) -> Result<Connection, OpenError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        match fs::remove_file(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let mut index = writing(file)?;
    let step = index.transaction()?;
    step.execute_batch(TABLES)?;
    step.pragma_update(None, "user_version", FORM)?;
    step.commit()?;
    Ok(index)
}

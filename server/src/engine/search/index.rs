//! The file of the search index, made from the log. A damaged or outdated one is made anew.
//!
//! A separate file has its own write lock: however long indexing takes, no message waits for it.

use std::collections::HashMap;
use std::path::Path;
use std::{fs, io};

use parlor::search::fold;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::data_directory::create_file;
use super::super::open_error::OpenError;
use super::super::sql::row_id::RoomId;
use super::super::sqlite::connect;
use super::log_source::{Indexed, IndexedLogs, LoggedMessage};
use super::ngrams;

/// The version of the file's format. Raise it whenever folding or the n-grams change: a file with another version is
/// made anew.
const FORMAT_VERSION: u32 = 4;

/// `followed` is how far each room's log has been indexed, with the chain's value there: so the log of a restored
/// backup is not mistaken for the log that was indexed. `texts` are the folded names and texts of the messages in
/// `grams`, which deletes a row only if it is given the content of that row again. `hours` is the range of row ids of
/// the messages of one hour. Since clocks go back, the range may contain other messages too.
const TABLES: &str = "
    CREATE TABLE followed (room INTEGER PRIMARY KEY, seq INTEGER NOT NULL, link BLOB NOT NULL) STRICT;
    CREATE TABLE texts (
        place INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
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

/// Opens the index for writing, with how far it has indexed each log; `None` if it is damaged or of another version.
pub(super) fn open(path: &Path) -> Option<(Connection, IndexedLogs)> {
    let index = open_for_writing(path).ok()?;
    let version: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0)).ok()?;
    if version != FORMAT_VERSION {
        return None;
    }
    let logs = indexed_logs(&index).ok()?;
    Some((index, logs))
}

/// Deletes the index and its companion files, and creates an empty one.
pub(super) fn create(path: &Path) -> Result<Connection, OpenError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.to_owned().into_os_string();
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

fn open_for_writing(path: &Path) -> Result<Connection, OpenError> {
    create_file(path)?;
    let index = connect(path)?;
    index.pragma_update(None, "journal_mode", "WAL")?;
    // What a power cut destroys is indexed again.
    index.pragma_update(None, "synchronous", "NORMAL")?;
    index.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    Ok(index)
}

/// Truncates the write-ahead log of the index, which may still contain erased texts. False if a reader prevents it.
pub(super) fn truncate_wal(index: &Connection) -> rusqlite::Result<bool> {
    index.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(!row.get::<_, bool>(0)?))
}

/// How far each log has been indexed.
pub(super) fn indexed_logs(index: &Connection) -> rusqlite::Result<IndexedLogs> {
    let mut select = index.prepare_cached("SELECT room, seq, link FROM followed")?;
    let logs =
        select.query_map([], |row| Ok((RoomId(row.get(0)?), Indexed { seq: row.get(1)?, link: row.get(2)? })))?;
    logs.collect()
}

/// How far the log of a room has been indexed; `None` if nothing of it has.
pub(super) fn indexed_log(index: &Connection, room: RoomId) -> rusqlite::Result<Option<Indexed>> {
    let mut select = index.prepare_cached("SELECT seq, link FROM followed WHERE room = ?1")?;
    select.query_row([room.0], |row| Ok(Indexed { seq: row.get(0)?, link: row.get(1)? })).optional()
}

/// Stores how far the log of a room has been indexed.
pub(super) fn set_indexed(index: &Connection, room: RoomId, indexed: Indexed) -> rusqlite::Result<()> {
    let mut store = index.prepare_cached("REPLACE INTO followed (room, seq, link) VALUES (?1, ?2, ?3)")?;
    store.execute(params![room.0, indexed.seq, indexed.link]).map(drop)
}

/// Adds messages of a room, in the order of their seqs, that are not in the index. Deleted ones are left out.
pub(super) fn add(index: &Connection, room: RoomId, messages: &[LoggedMessage]) -> rusqlite::Result<()> {
    let mut hours = HashMap::<i64, (i64, i64)>::new();
    for message in messages {
        let Some(text) = &message.text else { continue };
        insert(index, message, &fold(&message.name), &fold(text))?;
        let (_, newest) = hours.entry(message.at / HOUR_MS).or_insert((message.row_id, message.row_id));
        *newest = message.row_id;
    }
    let mut widen = index.prepare_cached(
        "INSERT INTO hours (room, hour, first, last) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)",
    )?;
    for (hour, (first, last)) in hours {
        widen.execute(params![room.0, hour, first, last])?;
    }
    Ok(())
}

/// Updates the index to the current text of a message. True if a text has been erased.
pub(super) fn update(index: &Connection, message: &LoggedMessage) -> rusqlite::Result<bool> {
    let current = message.text.as_ref().map(|text| (fold(&message.name), fold(text)));
    let mut find = index.prepare_cached("SELECT name, text FROM texts WHERE place = ?1")?;
    let indexed: Option<(String, String)> =
        find.query_row([message.row_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if indexed == current {
        return Ok(false);
    }
    if let Some((name, text)) = &indexed {
        erase(index, message.row_id, name, text)?;
    }
    if let Some((name, text)) = &current {
        insert(index, message, name, text)?;
    }
    Ok(indexed.is_some())
}

/// Erases at most `limit` messages of a room. False if the index may have more of them.
pub(super) fn erase_room(index: &Connection, room: RoomId, limit: usize) -> rusqlite::Result<bool> {
    let [first, last] = room.row_ids();
    let mut select =
        index.prepare_cached("SELECT place, name, text FROM texts WHERE place BETWEEN ?1 AND ?2 LIMIT ?3")?;
    let rows = select.query_map(params![first, last, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let texts: Vec<(i64, String, String)> = rows.collect::<Result<_, _>>()?;
    for (row_id, name, text) in &texts {
        erase(index, *row_id, name, text)?;
    }
    if texts.len() == limit {
        // Searches do not use what is left.
        set_indexed(index, room, Indexed { seq: 0, link: [0; 32] })?;
        return Ok(false);
    }
    index.prepare_cached("DELETE FROM hours WHERE room = ?1")?.execute([room.0])?;
    index.prepare_cached("DELETE FROM followed WHERE room = ?1")?.execute([room.0])?;
    Ok(true)
}

/// Removes a message from the index. Name and text are those that it was indexed with.
fn erase(index: &Connection, row_id: i64, name: &str, text: &str) -> rusqlite::Result<()> {
    let mut delete = index.prepare_cached("INSERT INTO grams (grams, rowid, gram) VALUES ('delete', ?1, ?2)")?;
    delete.execute(params![row_id, ngrams::of_message(name, text)])?;
    index.prepare_cached("DELETE FROM texts WHERE place = ?1")?.execute([row_id]).map(drop)
}

/// Inserts a message with its folded name and text.
fn insert(index: &Connection, message: &LoggedMessage, name: &str, text: &str) -> rusqlite::Result<()> {
    let mut insert_text = index.prepare_cached("INSERT INTO texts (place, name, text, at) VALUES (?1, ?2, ?3, ?4)")?;
    insert_text.execute(params![message.row_id, name, text, message.at])?;
    let mut insert_ngrams = index.prepare_cached("INSERT INTO grams (rowid, gram) VALUES (?1, ?2)")?;
    insert_ngrams.execute(params![message.row_id, ngrams::of_message(name, text)]).map(drop)
}

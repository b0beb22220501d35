//! How far each account has read each room.

use parlor::{AuthorId, RoomName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::rooms;

/// Moves a marker forwards to `seq`.
pub(super) fn advance(database: &Connection, account: &AuthorId, room: &RoomName, seq: u64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO read (author, room, seq) VALUES (?1, ?2, ?3)
               ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)";
    set(database, sql, account, room, seq)
}

/// Sets a marker to `seq`, also backwards.
pub(super) fn replace(database: &Connection, account: &AuthorId, room: &RoomName, seq: u64) -> rusqlite::Result<()> {
    set(database, "INSERT OR REPLACE INTO read (author, room, seq) VALUES (?1, ?2, ?3)", account, room, seq)
}

/// Sets a marker with the statement `sql`. A room without a log has no events to mark.
fn set(database: &Connection, sql: &str, account: &AuthorId, room: &RoomName, seq: u64) -> rusqlite::Result<()> {
    let Some((room, _)) = rooms::find(database, room)? else { return Ok(()) };
    database.prepare_cached(sql)?.execute(params![account.as_str(), room.0, seq]).map(drop)
}

/// The seq of the last event that an account has read in a room.
pub(super) fn find(database: &Connection, account: &AuthorId, room: &RoomName) -> rusqlite::Result<Option<u64>> {
    let Some((room, _)) = rooms::find(database, room)? else { return Ok(None) };
    let mut select = database.prepare_cached("SELECT seq FROM read WHERE author = ?1 AND room = ?2")?;
    select.query_row(params![account.as_str(), room.0], |row| row.get(0)).optional()
}

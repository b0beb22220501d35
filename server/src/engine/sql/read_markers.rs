//! How far each account has read each room.

use parlor::{AuthorId, RoomName};

use super::connection::{SqlConnection, SqlResult};
use super::rooms;
use super::value::params;

/// Moves a marker forwards to `seq`.
pub(in crate::engine) fn advance(
    database: &dyn SqlConnection,
    account: &AuthorId,
    room: &RoomName,
    seq: u64,
) -> SqlResult<()> {
    let sql = "INSERT INTO read (author, room, seq) VALUES ($1, $2, $3)
               ON CONFLICT (author, room) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > read.seq";
    set(database, sql, account, room, seq)
}

/// Sets a marker to `seq`, also backwards.
pub(in crate::engine) fn replace(
    database: &dyn SqlConnection,
    account: &AuthorId,
    room: &RoomName,
    seq: u64,
) -> SqlResult<()> {
    let sql = "INSERT INTO read (author, room, seq) VALUES ($1, $2, $3)
               ON CONFLICT (author, room) DO UPDATE SET seq = excluded.seq";
    set(database, sql, account, room, seq)
}

/// Sets a marker with the statement `sql`. A room without a log has no events to mark.
fn set(database: &dyn SqlConnection, sql: &str, account: &AuthorId, room: &RoomName, seq: u64) -> SqlResult<()> {
    let Some((room, _)) = rooms::find(database, room)? else { return Ok(()) };
    database.execute(sql, params![account.as_str(), room.0, seq]).map(drop)
}

/// The seq of the last event that an account has read in a room.
pub(in crate::engine) fn find(
    database: &dyn SqlConnection,
    account: &AuthorId,
    room: &RoomName,
) -> SqlResult<Option<u64>> {
    let Some((room, _)) = rooms::find(database, room)? else { return Ok(None) };
    let select = "SELECT seq FROM read WHERE author = $1 AND room = $2";
    database.query_row(select, params![account.as_str(), room.0], |row| row.get(0))
}

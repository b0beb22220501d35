//! Which rooms are whose. A room may have members before it has a log, so that it is kept by name.

use parlor::{AuthorId, RoomName, UnixMillis, limits};
use rusqlite::{Connection, params};

/// The rooms of somebody, by name.
pub(super) fn of(database: &Connection, who: &AuthorId) -> rusqlite::Result<Vec<RoomName>> {
    let mut select = database.prepare_cached("SELECT room FROM memberships WHERE author = ?1 ORDER BY room")?;
    let rows = select.query_map([who.as_str()], |row| row.get::<_, String>(0))?;
    let mut rooms = Vec::new();
    for room in rows {
        rooms.extend(RoomName::parse(&room?).ok());
    }
    Ok(rooms)
}

/// Adds a room; of too many the one that is theirs for the longest time goes.
pub(super) fn begin(database: &Connection, who: &AuthorId, room: &RoomName, at: UnixMillis) -> rusqlite::Result<()> {
    // The newest is the latest, wherever the clock has gone.
    let mut add = database.prepare_cached(
        "INSERT INTO memberships (author, room, since) VALUES (?1, ?2,
             max(?3, (SELECT coalesce(max(since), 0) + 1 FROM memberships WHERE author = ?1)))
         ON CONFLICT DO NOTHING",
    )?;
    add.execute(params![who.as_str(), room.as_str(), at])?;
    let mut drop = database.prepare_cached(
        "DELETE FROM memberships WHERE author = ?1 AND room NOT IN
             (SELECT room FROM memberships WHERE author = ?1 ORDER BY since DESC LIMIT ?2)",
    )?;
    drop.execute(params![who.as_str(), limits::ROOMS_PER_CONNECTION])?;
    Ok(())
}

/// Takes a room away.
pub(super) fn end(database: &Connection, who: &AuthorId, room: &RoomName) -> rusqlite::Result<()> {
    let mut delete = database.prepare_cached("DELETE FROM memberships WHERE author = ?1 AND room = ?2")?;
    delete.execute([who.as_str(), room.as_str()]).map(drop)
}

/// Takes all rooms away.
pub(super) fn end_all(database: &Connection, who: &AuthorId) -> rusqlite::Result<()> {
    database.prepare_cached("DELETE FROM memberships WHERE author = ?1")?.execute([who.as_str()]).map(drop)
}

//! The rooms that have a log, and their topics.

use parlor::{AuthorId, Epoch, RoomName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::row_id::RoomId;

/// The number and epoch of a room; `None` if it has no log.
pub(super) fn find(database: &Connection, name: &RoomName) -> rusqlite::Result<Option<(RoomId, Epoch)>> {
    let mut find = database.prepare_cached("SELECT id, epoch FROM rooms WHERE name = ?1")?;
    find.query_row([name.as_str()], |row| Ok((RoomId(row.get(0)?), Epoch(row.get(1)?)))).optional()
}

/// Number of rooms that have a log.
pub(super) fn count(database: &Connection) -> rusqlite::Result<usize> {
    database.prepare_cached("SELECT coalesce(max(id), 0) FROM rooms")?.query_row([], |row| row.get(0))
}

/// The room's topic; empty if nobody has set one.
pub(super) fn topic(database: &Connection, name: &RoomName) -> rusqlite::Result<String> {
    let mut find = database.prepare_cached("SELECT topic FROM rooms WHERE name = ?1")?;
    Ok(find.query_row([name.as_str()], |row| row.get(0)).optional()?.unwrap_or_default())
}

/// At most `count` open rooms with their topics, the one with the newest message first.
pub(super) fn open_rooms(database: &Connection, count: usize) -> rusqlite::Result<Vec<(RoomName, String)>> {
    // A room's newest message is found by its row id. In a room without messages the time is null, which sorts last.
    let mut select = database.prepare_cached(
        "SELECT name, topic FROM rooms WHERE kind = 'open' AND NOT archived ORDER BY (
             SELECT at FROM messages WHERE place BETWEEN id << 40 AND (id + 1 << 40) - 1 ORDER BY place DESC LIMIT 1
         ) DESC, id DESC LIMIT ?1",
    )?;
    let rows = select.query_map([count], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let mut rooms = Vec::new();
    for row in rows {
        let (name, topic) = row?;
        // A name that is not valid any more is left out.
        rooms.extend(RoomName::parse(&name).ok().map(|name| (name, topic)));
    }
    Ok(rooms)
}

/// The newest messages of a room from which its writers are counted: reading all of a large log takes too long.
const COUNTED_MESSAGES: usize = 10_000;

/// The accounts that wrote in a room lately, most messages first; at most `count`.
pub(super) fn writers(database: &Connection, room: &RoomName, count: usize) -> rusqlite::Result<Vec<AuthorId>> {
    let Some((room, _)) = find(database, room)? else { return Ok(Vec::new()) };
    let [first, last] = room.row_ids();
    let mut select = database.prepare_cached(
        "SELECT m.author FROM (SELECT author FROM messages WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC LIMIT ?4) m
         JOIN accounts a ON a.id = m.author GROUP BY m.author ORDER BY count(*) DESC LIMIT ?3",
    )?;
    let rows = select.query_map(params![first, last, count, COUNTED_MESSAGES], |row| {
        Ok(AuthorId(row.get::<_, String>(0)?.into()))
    })?;
    rows.collect()
}

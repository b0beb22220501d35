//! The rooms that have a log, and their topics.

use parlor::{AuthorId, Epoch, RoomName};

use super::connection::{Row, SqlConnection, SqlResult};
use super::row_id::{RoomId, seq_of};
use super::value::{Param, params};

/// The number and epoch of a room; `None` if it has no log.
pub(in crate::engine) fn find(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<Option<(RoomId, Epoch)>> {
    database.query_row("SELECT id, epoch FROM rooms WHERE name = $1", params![name.as_str()], |row| {
        Ok((RoomId(row.get(0)?), Epoch(row.get(1)?)))
    })
}

/// The number of each of these rooms and the seq of the last event of its log; `None` if it has no log.
pub(in crate::engine) fn tops(
    database: &dyn SqlConnection,
    names: &[RoomName],
) -> SqlResult<Vec<Option<(RoomId, u64)>>> {
    let select = "SELECT id, coalesce((
             SELECT place FROM events WHERE place BETWEEN (rooms.id << 40) AND (((rooms.id + 1) << 40) - 1)
             ORDER BY place DESC LIMIT 1
         ), 0) FROM rooms WHERE name = $1";
    let names: Vec<_> = names.iter().map(|name| vec![Param::Text(name.as_str())]).collect();
    let found = database.query_each(select, &names)?;
    let top = |row: &Row| Ok((RoomId(row.get(0)?), seq_of(row.get(1)?)));
    found.iter().map(|rows| rows.first().map(top).transpose()).collect()
}

/// Number of rooms that have a log.
pub(in crate::engine) fn count(database: &dyn SqlConnection) -> SqlResult<usize> {
    let count = database.query_row("SELECT coalesce(max(id), 0) FROM rooms", params![], |row| row.get(0))?;
    Ok(count.unwrap_or_default())
}

/// The room's topic; empty if nobody has set one.
pub(in crate::engine) fn topic(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<String> {
    let topic =
        database.query_row("SELECT topic FROM rooms WHERE name = $1", params![name.as_str()], |row| row.get(0))?;
    Ok(topic.unwrap_or_default())
}

/// At most `count` open rooms with their topics, the one with the newest message first.
pub(in crate::engine) fn open_rooms(database: &dyn SqlConnection, count: usize) -> SqlResult<Vec<(RoomName, String)>> {
    // A room's newest message is found by its row id. In a room without messages the time is null.
    let select = "SELECT name, topic FROM rooms WHERE kind = 'open' AND NOT archived ORDER BY (
             SELECT m.at FROM messages m
             WHERE m.place BETWEEN (rooms.id << 40) AND (((rooms.id + 1) << 40) - 1) ORDER BY m.place DESC LIMIT 1
         ) DESC NULLS LAST, id DESC LIMIT $1";
    let rows = database.query_map(select, params![count], |row| Ok((row.get::<String>(0)?, row.get(1)?)))?;
    // A name that is not valid any more is left out.
    Ok(rows.into_iter().filter_map(|(name, topic)| Some((RoomName::parse(&name).ok()?, topic))).collect())
}

/// The newest messages of a room from which its writers are counted: reading all of a large log takes too long.
const COUNTED_MESSAGES: usize = 10_000;

/// The accounts that wrote in a room lately, most messages first; at most `count`.
pub(in crate::engine) fn writers(
    database: &dyn SqlConnection,
    room: &RoomName,
    count: usize,
) -> SqlResult<Vec<AuthorId>> {
    let Some((room, _)) = find(database, room)? else { return Ok(Vec::new()) };
    let [first, last] = room.row_ids();
    let select = "SELECT m.author
         FROM (SELECT author FROM messages WHERE place BETWEEN $1 AND $2 ORDER BY place DESC LIMIT $4) m
         JOIN accounts a ON a.id = m.author GROUP BY m.author ORDER BY count(*) DESC LIMIT $3";
    database.query_map(select, params![first, last, count, COUNTED_MESSAGES], |row| {
        Ok(AuthorId(row.get::<String>(0)?.into()))
    })
}

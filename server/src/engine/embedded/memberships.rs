//! Which rooms are whose. A room may have members before it has a log, so that it is kept by name.

use parlor::{Author, AuthorId, RoomName, UnixMillis, limits};
use parlor_markup::name_key;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::reader::holders;

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

/// Who is a member of a room under the names with these keys: of several, whoever came last.
pub(super) fn named(
    database: &Connection,
    room: &RoomName,
    keys: Vec<String>,
) -> rusqlite::Result<Vec<(String, AuthorId)>> {
    let mut find = database.prepare_cached(
        "SELECT author FROM memberships WHERE room = ?1 AND name_key = ?2 ORDER BY since DESC LIMIT 1",
    )?;
    let mut found = Vec::new();
    for key in keys {
        let member: Option<String> = find.query_row([room.as_str(), &key], |row| row.get(0)).optional()?;
        found.extend(member.map(|author| (key, AuthorId(author.into()))));
    }
    Ok(found)
}

/// Somebody's memberships get the name that they bear now.
pub(super) fn rename(database: &Connection, author: &Author) -> rusqlite::Result<()> {
    let mut update = database
        .prepare_cached("UPDATE memberships SET name = ?2, name_key = ?3 WHERE author = ?1 AND name IS NOT ?2")?;
    let name = author.name.as_str();
    update.execute([author.id.as_str(), name, &name_key(name)]).map(drop)
}

/// Memberships from before they had names get those that their people hold.
pub(super) fn name_holders(database: &Connection) -> rusqlite::Result<()> {
    holders(database)?.iter().try_for_each(|author| rename(database, author))
}

/// Adds a room; of too many the one that is theirs for the longest time goes.
pub(super) fn begin(database: &Connection, author: &Author, room: &RoomName, at: UnixMillis) -> rusqlite::Result<()> {
    let (who, name) = (&author.id, author.name.as_str());
    // The newest is the latest, wherever the clock has gone.
    let mut add = database.prepare_cached(
        "INSERT INTO memberships (author, room, since, name, name_key) VALUES (?1, ?2,
             max(?3, (SELECT coalesce(max(since), 0) + 1 FROM memberships WHERE author = ?1)), ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    add.execute(params![who.as_str(), room.as_str(), at, name, name_key(name)])?;
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

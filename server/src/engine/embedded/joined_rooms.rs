//! The rooms that people have joined, the table `memberships`. It names rooms, since a room may be joined before it has a
//! log and a number.

use parlor::{Author, AuthorId, Name, RoomName, UnixMillis, limits};
use parlor_markup::name_key;
use rusqlite::{Connection, OptionalExtension as _, params};

/// The rooms that a person has joined, by name, each with its title. Private ones only while they have access: a room
/// may have been joined just as the access ended.
pub(super) fn of(database: &Connection, author: &AuthorId) -> rusqlite::Result<Vec<(RoomName, String)>> {
    let mut select = database.prepare_cached(
        "SELECT m.room, coalesce(r.title, '') FROM memberships m LEFT JOIN rooms r ON r.name = m.room
         WHERE m.author = ?1 AND (m.room NOT LIKE '~%' OR EXISTS (
             SELECT 1 FROM room_members WHERE room = r.id AND account = m.author)) ORDER BY m.room",
    )?;
    let rows = select.query_map([author.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let mut rooms = Vec::new();
    for row in rows {
        let (name, title) = row?;
        rooms.extend(RoomName::parse(&name).ok().map(|name| (name, title)));
    }
    Ok(rooms)
}

/// The people who have joined a room, by name.
pub(super) fn people(database: &Connection, room: &RoomName) -> rusqlite::Result<Vec<Author>> {
    let mut select = database
        .prepare_cached("SELECT author, name FROM memberships WHERE room = ?1 AND name IS NOT NULL ORDER BY name")?;
    let rows = select.query_map([room.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut people = Vec::new();
    for row in rows {
        let (id, name) = row?;
        people.extend(Name::try_from(name).ok().map(|name| Author { id: AuthorId(id.into()), name }));
    }
    Ok(people)
}

/// The people who have joined a room and whose names have these keys. Of several with one key, the one who joined last.
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

/// Stores a person's current name with all their rooms.
pub(super) fn rename(database: &Connection, author: &Author) -> rusqlite::Result<()> {
    let mut update = database
        .prepare_cached("UPDATE memberships SET name = ?2, name_key = ?3 WHERE author = ?1 AND name IS NOT ?2")?;
    let name = author.name.as_str();
    update.execute([author.id.as_str(), name, &name_key(name)]).map(drop)
}

/// Adds a room. Beyond [`ROOMS_PER_CONNECTION`](limits::ROOMS_PER_CONNECTION) the one that was joined first is removed.
pub(super) fn add(database: &Connection, author: &Author, room: &RoomName, at: UnixMillis) -> rusqlite::Result<()> {
    let (id, name) = (author.id.as_str(), author.name.as_str());
    // `since` is later than that of all other memberships of the person, even if the clock went back.
    let mut insert = database.prepare_cached(
        "INSERT INTO memberships (author, room, since, name, name_key) VALUES (?1, ?2,
             max(?3, (SELECT coalesce(max(since), 0) + 1 FROM memberships WHERE author = ?1)), ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    insert.execute(params![id, room.as_str(), at, name, name_key(name)])?;
    let mut delete_oldest = database.prepare_cached(
        "DELETE FROM memberships WHERE author = ?1 AND room NOT IN
             (SELECT room FROM memberships WHERE author = ?1 ORDER BY since DESC LIMIT ?2)",
    )?;
    delete_oldest.execute(params![id, limits::ROOMS_PER_CONNECTION])?;
    Ok(())
}

/// Removes a room from those that a person has joined.
pub(super) fn remove(database: &Connection, author: &AuthorId, room: &RoomName) -> rusqlite::Result<()> {
    let mut delete = database.prepare_cached("DELETE FROM memberships WHERE author = ?1 AND room = ?2")?;
    delete.execute([author.as_str(), room.as_str()]).map(drop)
}

/// Removes all rooms that a person has joined.
pub(super) fn remove_all(database: &Connection, author: &AuthorId) -> rusqlite::Result<()> {
    database.prepare_cached("DELETE FROM memberships WHERE author = ?1")?.execute([author.as_str()]).map(drop)
}

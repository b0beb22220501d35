//! The rooms that people have joined, the table `memberships`. It names rooms, since a room may be joined before it has a
//! log and a number.

use parlor::{Author, AuthorId, Name, RoomName, UnixMillis, limits};
use parlor_markup::name_key;

use super::connection::{SqlConnection, SqlResult};
use super::value::params;

/// The rooms that a person has joined, by name, each with its title. Private ones only while they have access: a room
/// may have been joined just as the access ended.
pub(in crate::engine) fn of(database: &dyn SqlConnection, author: &AuthorId) -> SqlResult<Vec<(RoomName, String)>> {
    let select = "SELECT m.room, coalesce(r.title, '') FROM memberships m LEFT JOIN rooms r ON r.name = m.room
         WHERE m.author = $1 AND (m.room NOT LIKE '~%' OR EXISTS (
             SELECT 1 FROM room_members WHERE room = r.id AND account = m.author)) ORDER BY m.room";
    let rows = database.query_map(select, params![author.as_str()], |row| Ok((row.get::<String>(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().filter_map(|(name, title)| Some((RoomName::parse(&name).ok()?, title))).collect())
}

/// The people who have joined a room, by name.
pub(in crate::engine) fn people(database: &dyn SqlConnection, room: &RoomName) -> SqlResult<Vec<Author>> {
    let select = "SELECT author, name FROM memberships WHERE room = $1 AND name IS NOT NULL ORDER BY name";
    let rows =
        database.query_map(select, params![room.as_str()], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
    let author =
        |(id, name): (String, String)| Some(Author { id: AuthorId(id.into()), name: Name::try_from(name).ok()? });
    Ok(rows.into_iter().filter_map(author).collect())
}

/// The people who have joined a room and whose names have these keys. Of several with one key, the one who joined last.
pub(in crate::engine) fn named(
    database: &dyn SqlConnection,
    room: &RoomName,
    keys: Vec<String>,
) -> SqlResult<Vec<(String, AuthorId)>> {
    let select = "SELECT author FROM memberships WHERE room = $1 AND name_key = $2 ORDER BY since DESC LIMIT 1";
    let mut found = Vec::new();
    for key in keys {
        let member = database.query_row(select, params![room.as_str(), key], |row| row.get::<String>(0))?;
        found.extend(member.map(|author| (key, AuthorId(author.into()))));
    }
    Ok(found)
}

/// Stores a person's current name with all their rooms.
pub(in crate::engine) fn rename(database: &dyn SqlConnection, author: &Author) -> SqlResult<()> {
    let update = "UPDATE memberships SET name = $2, name_key = $3 WHERE author = $1 AND name IS DISTINCT FROM $2";
    let name = author.name.as_str();
    database.execute(update, params![author.id.as_str(), name, name_key(name)]).map(drop)
}

/// Adds a room. Beyond [`ROOMS_PER_CONNECTION`](limits::ROOMS_PER_CONNECTION) the one that was joined first is removed.
pub(in crate::engine) fn add(
    database: &dyn SqlConnection,
    author: &Author,
    room: &RoomName,
    at: UnixMillis,
) -> SqlResult<()> {
    let (id, name) = (author.id.as_str(), author.name.as_str());
    // `since` is later than that of all other memberships of the person, even if the clock went back.
    let insert = "INSERT INTO memberships (author, room, since, name, name_key) VALUES ($1, $2,
             (SELECT max(since) FROM (
                 SELECT CAST($3 AS BIGINT) AS since
                 UNION ALL SELECT coalesce(max(since), 0) + 1 FROM memberships WHERE author = $1) AS times), $4, $5)
         ON CONFLICT DO NOTHING";
    database.execute(insert, params![id, room.as_str(), at, name, name_key(name)])?;
    let delete_oldest = "DELETE FROM memberships WHERE author = $1 AND room NOT IN
             (SELECT room FROM memberships WHERE author = $1 ORDER BY since DESC LIMIT $2)";
    database.execute(delete_oldest, params![id, limits::ROOMS_PER_CONNECTION])?;
    Ok(())
}

/// Removes a room from those that a person has joined.
pub(in crate::engine) fn remove(database: &dyn SqlConnection, author: &AuthorId, room: &RoomName) -> SqlResult<()> {
    let delete = "DELETE FROM memberships WHERE author = $1 AND room = $2";
    database.execute(delete, params![author.as_str(), room.as_str()]).map(drop)
}

/// Removes all rooms that a person has joined.
pub(in crate::engine) fn remove_all(database: &dyn SqlConnection, author: &AuthorId) -> SqlResult<()> {
    database.execute("DELETE FROM memberships WHERE author = $1", params![author.as_str()]).map(drop)
}

//! What the database stores about people: the names they hold, their read markers, and through [`memberships`] their
//! rooms.

use parlor::{Author, AuthorId, Name, RoomName, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::DirectoryUpdate;
use super::{memberships, rooms};

/// Writes an update that was requested at `at`.
pub(super) fn apply(database: &Connection, update: &DirectoryUpdate, at: UnixMillis) -> rusqlite::Result<()> {
    match update {
        DirectoryUpdate::NameClaimed(author) => claim_name(database, author),
        DirectoryUpdate::NamesReleased(ids) => {
            let mut release = database.prepare_cached("DELETE FROM holders WHERE author = ?1")?;
            ids.iter().try_for_each(|id| release.execute([id.as_str()]).map(drop))
        }
        DirectoryUpdate::MarkedRead { author_id, room, seq } => set_read_marker(
            database,
            "INSERT INTO read (author, room, seq) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)",
            author_id,
            room,
            *seq,
        ),
        DirectoryUpdate::MarkedUnread { author_id, room, seq } => set_read_marker(
            database,
            "INSERT OR REPLACE INTO read (author, room, seq) VALUES (?1, ?2, ?3)",
            author_id,
            room,
            seq.saturating_sub(1),
        ),
        DirectoryUpdate::RoomJoined { author, room } => memberships::add(database, author, room, at),
        DirectoryUpdate::RoomLeft { author_id, room } => memberships::remove(database, author_id, room),
        DirectoryUpdate::AllRoomsLeft(author_id) => memberships::remove_all(database, author_id),
    }
}

fn claim_name(database: &Connection, author: &Author) -> rusqlite::Result<()> {
    let mut claim = database.prepare_cached(
        "INSERT INTO holders (author, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = excluded.name",
    )?;
    claim.execute(params![author.id.as_str(), author.name.as_str()])?;
    memberships::rename(database, author)
}

/// Sets a read marker with the statement `sql`. A room without a log has no events to mark.
fn set_read_marker(
    database: &Connection,
    sql: &str,
    author: &AuthorId,
    room: &RoomName,
    seq: u64,
) -> rusqlite::Result<()> {
    let Some((room, _)) = rooms::find(database, room)? else { return Ok(()) };
    database.prepare_cached(sql)?.execute(params![author.as_str(), room.0, seq]).map(drop)
}

/// Everybody who holds a name.
pub(super) fn holders(database: &Connection) -> rusqlite::Result<Vec<Author>> {
    let mut select = database.prepare_cached("SELECT author, name FROM holders")?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut holders = Vec::new();
    for row in rows {
        let (id, name) = row?;
        // A name that is not valid any more is held by nobody.
        holders.extend(Name::try_from(name).ok().map(|name| Author { id: AuthorId(id.into()), name }));
    }
    Ok(holders)
}

/// Gives memberships that were stored without a name the name that their person holds.
pub(super) fn name_memberships(database: &Connection) -> rusqlite::Result<()> {
    holders(database)?.iter().try_for_each(|author| memberships::rename(database, author))
}

/// The person's read marker in a room: the seq of the last event that they have read.
pub(super) fn read_up_to(database: &Connection, author: &AuthorId, room: &RoomName) -> rusqlite::Result<Option<u64>> {
    let Some((room, _)) = rooms::find(database, room)? else { return Ok(None) };
    let mut select = database.prepare_cached("SELECT seq FROM read WHERE author = ?1 AND room = ?2")?;
    select.query_row(params![author.as_str(), room.0], |row| row.get(0)).optional()
}

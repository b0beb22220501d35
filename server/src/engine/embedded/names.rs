//! The names that accounts hold. Names of plain connections, and the keys of confusable names, are in memory only.

use parlor::{Author, AuthorId, Name};
use rusqlite::{Connection, params};

use super::joined_rooms;

/// Stores the name that an account holds from now on.
pub(super) fn claim(database: &Connection, author: &Author) -> rusqlite::Result<()> {
    let (id, name) = (author.id.as_str(), author.name.as_str());
    let mut claim = database.prepare_cached(
        "INSERT INTO holders (author, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = excluded.name",
    )?;
    claim.execute(params![id, name])?;
    database.prepare_cached("UPDATE accounts SET name = ?2 WHERE id = ?1")?.execute(params![id, name])?;
    joined_rooms::rename(database, author)
}

/// Records that these accounts hold no name any more.
pub(super) fn release(database: &Connection, ids: &[AuthorId]) -> rusqlite::Result<()> {
    let mut release = database.prepare_cached("DELETE FROM holders WHERE author = ?1")?;
    ids.iter().try_for_each(|id| release.execute([id.as_str()]).map(drop))
}

/// The accounts that hold a name.
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
    holders(database)?.iter().try_for_each(|author| joined_rooms::rename(database, author))
}

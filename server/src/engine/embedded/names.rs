//! The names that accounts hold. Names of plain connections, and the keys of confusable names, are in memory only.

use parlor::{Author, AuthorId, Name};

use super::super::sql::connection::{SqlConnection, SqlResult};
use super::super::sql::joined_rooms;
use super::super::sql::value::params;

/// Stores the name that an account holds from now on.
pub(super) fn claim(database: &dyn SqlConnection, author: &Author) -> SqlResult<()> {
    let (id, name) = (author.id.as_str(), author.name.as_str());
    database.execute(
        "INSERT INTO holders (author, name) VALUES ($1, $2) ON CONFLICT (author) DO UPDATE SET name = excluded.name",
        params![id, name],
    )?;
    database.execute("UPDATE accounts SET name = $2 WHERE id = $1", params![id, name])?;
    joined_rooms::rename(database, author)
}

/// Records that these accounts hold no name any more.
pub(super) fn release(database: &dyn SqlConnection, ids: &[AuthorId]) -> SqlResult<()> {
    let sql = "DELETE FROM holders WHERE author = $1";
    ids.iter().try_for_each(|id| database.execute(sql, params![id.as_str()]).map(drop))
}

/// The accounts that hold a name.
pub(super) fn holders(database: &dyn SqlConnection) -> SqlResult<Vec<Author>> {
    let rows = database.query_map("SELECT author, name FROM holders", params![], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?))
    })?;
    let mut holders = Vec::new();
    for (id, name) in rows {
        // A name that is not valid any more is held by nobody.
        holders.extend(Name::try_from(name).ok().map(|name| Author { id: AuthorId(id.into()), name }));
    }
    Ok(holders)
}

/// Gives memberships that were stored without a name the name that their person holds.
pub(super) fn name_memberships(database: &dyn SqlConnection) -> SqlResult<()> {
    holders(database)?.iter().try_for_each(|author| joined_rooms::rename(database, author))
}

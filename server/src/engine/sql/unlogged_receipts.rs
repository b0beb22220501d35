//! Receipts of operations in rooms that have no log yet. Such an operation changed nothing. Its receipt is stored under
//! the room's name, so that a retry changes nothing either, whatever has happened in the room meanwhile. Storing it
//! does not create the room. When the room gets its log, its receipts move to the table `receipts`.

use parlor::{AuthorId, ClientId, RoomName, UnixMillis, limits};

use super::super::Receipt;
use super::connection::{SqlConnection, SqlResult};
use super::row_id::RoomId;
use super::value::params;

/// How long such a receipt is valid, in milliseconds.
const LIFETIME_MS: u64 = limits::UNLOGGED_RECEIPT_DAYS * 24 * 60 * 60 * 1_000;

/// The receipt of an earlier operation with this author and client id, if there is one.
pub(in crate::engine) fn find(
    database: &dyn SqlConnection,
    room: &RoomName,
    author: &AuthorId,
    id: &ClientId,
) -> SqlResult<Option<Receipt>> {
    let select = "SELECT at FROM unlogged_receipts WHERE author = $1 AND room = $2 AND client_id = $3";
    database.query_row(select, params![author.as_str(), room.as_str(), id.as_str()], |row| {
        Ok(Receipt { seq: 0, at: row.get(0)? })
    })
}

/// Stores the receipt of an operation that changed nothing, requested at `at`. Returns `None` and stores nothing if the
/// session has [`UNLOGGED_RECEIPTS`](limits::UNLOGGED_RECEIPTS) already: no earlier receipt is dropped for a new one.
pub(in crate::engine) fn store(
    database: &dyn SqlConnection,
    room: &RoomName,
    author: &AuthorId,
    id: &ClientId,
    at: UnixMillis,
) -> SqlResult<Option<Receipt>> {
    database.execute("DELETE FROM unlogged_receipts WHERE at < $1", params![at.saturating_sub(LIFETIME_MS)])?;
    let count = "SELECT count(*) FROM unlogged_receipts WHERE author = $1";
    let stored = database.query_row(count, params![author.as_str()], |row| row.get::<usize>(0))?;
    if stored.unwrap_or_default() >= limits::UNLOGGED_RECEIPTS {
        return Ok(None);
    }
    let insert = "INSERT INTO unlogged_receipts (author, room, client_id, at) VALUES ($1, $2, $3, $4)";
    database.execute(insert, params![author.as_str(), room.as_str(), id.as_str(), at])?;
    Ok(Some(Receipt { seq: 0, at }))
}

/// Moves the receipts of a room to those of its new log, which are kept as long as the room.
pub(in crate::engine) fn move_to_log(database: &dyn SqlConnection, name: &RoomName, room: RoomId) -> SqlResult<()> {
    let copy = "INSERT INTO receipts (client_id, author, room, seq, at)
             SELECT client_id, author, CAST($2 AS BIGINT), 0, at FROM unlogged_receipts WHERE room = $1";
    if database.execute(copy, params![name.as_str(), room.0])? > 0 {
        database.execute("DELETE FROM unlogged_receipts WHERE room = $1", params![name.as_str()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::embedded::schema;

    #[test]
    fn a_receipt_expires_after_its_lifetime_and_another_can_be_stored() {
        let directory = std::env::temp_dir().join(format!("parlor-unlogged-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let database = schema::open(&directory.join("parlor.db")).unwrap();
        let (room, author) = (RoomName::default(), AuthorId("ana".into()));
        let id = |number: usize| ClientId::parse(&number.to_string()).unwrap();
        let start = 1_764_000_000_000;
        for number in 0..limits::UNLOGGED_RECEIPTS {
            assert!(store(&database, &room, &author, &id(number), start + number as u64).unwrap().is_some());
        }
        let next = id(limits::UNLOGGED_RECEIPTS);
        assert!(store(&database, &room, &author, &next, start + LIFETIME_MS).unwrap().is_none());
        assert!(store(&database, &room, &author, &next, start + LIFETIME_MS + 1).unwrap().is_some());
        assert_eq!(find(&database, &room, &author, &id(0)).unwrap(), None);
        assert!(find(&database, &room, &author, &id(1)).unwrap().is_some());
        let _ = std::fs::remove_dir_all(&directory);
    }
}

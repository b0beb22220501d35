//! Receipts of operations in rooms that have no log yet. Such an operation changed nothing. Its receipt is stored under
//! the room's name, so that a retry changes nothing either, whatever has happened in the room meanwhile. Storing it
//! does not create the room. When the room gets its log, its receipts move to the table `receipts`.

use parlor::{AuthorId, ClientId, RoomName, UnixMillis, limits};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Receipt;
use super::row_id::RoomId;

/// How long such a receipt is valid, in milliseconds.
const LIFETIME_MS: u64 = limits::UNLOGGED_RECEIPT_DAYS * 24 * 60 * 60 * 1_000;

/// The receipt of an earlier operation with this author and client id, if there is one.
pub(super) fn find(
    database: &Connection,
    room: &RoomName,
    author: &AuthorId,
    id: &ClientId,
) -> rusqlite::Result<Option<Receipt>> {
    let mut find = database
        .prepare_cached("SELECT at FROM unlogged_receipts WHERE author = ?1 AND room = ?2 AND client_id = ?3")?;
    let receipt = find
        .query_row(params![author.as_str(), room.as_str(), id.as_str()], |row| Ok(Receipt { seq: 0, at: row.get(0)? }));
    receipt.optional()
}

/// Stores the receipt of an operation that changed nothing, requested at `at`. Returns `None` and stores nothing if the
/// session has [`UNLOGGED_RECEIPTS`](limits::UNLOGGED_RECEIPTS) already: no earlier receipt is dropped for a new one.
pub(super) fn store(
    database: &Connection,
    room: &RoomName,
    author: &AuthorId,
    id: &ClientId,
    at: UnixMillis,
) -> rusqlite::Result<Option<Receipt>> {
    let mut expire = database.prepare_cached("DELETE FROM unlogged_receipts WHERE at < ?1")?;
    expire.execute([at.saturating_sub(LIFETIME_MS)])?;
    let mut count = database.prepare_cached("SELECT count(*) FROM unlogged_receipts WHERE author = ?1")?;
    if count.query_row([author.as_str()], |row| row.get::<_, usize>(0))? >= limits::UNLOGGED_RECEIPTS {
        return Ok(None);
    }
    let mut insert = database
        .prepare_cached("INSERT INTO unlogged_receipts (author, room, client_id, at) VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![author.as_str(), room.as_str(), id.as_str(), at])?;
    Ok(Some(Receipt { seq: 0, at }))
}

/// Moves the receipts of a room to those of its new log, which are kept as long as the room.
pub(super) fn move_to_log(database: &Connection, name: &RoomName, room: RoomId) -> rusqlite::Result<()> {
    let mut copy = database.prepare_cached(
        "INSERT INTO receipts (client_id, author, room, seq, at)
             SELECT client_id, author, ?2, 0, at FROM unlogged_receipts WHERE room = ?1",
    )?;
    if copy.execute(params![name.as_str(), room.0])? > 0 {
        database.prepare_cached("DELETE FROM unlogged_receipts WHERE room = ?1")?.execute([name.as_str()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

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

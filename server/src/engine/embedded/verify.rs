//! Verifies the hash chain of a room's log (invariant 11).

use parlor::RoomName;
use rusqlite::{Connection, Row};

use super::chain::{self, BodyDigest, ChainHash, HashedFields, Salt};
use super::rooms;
use super::row_id::seq_of;

/// The seq of the first event whose chain value does not follow from the events before it. `None` if the log is intact.
pub(super) fn first_break(database: &Connection, name: &RoomName) -> rusqlite::Result<Option<u64>> {
    let transaction = database.unchecked_transaction()?;
    let Some((room, _)) = rooms::find(&transaction, name)? else { return Ok(None) };
    let mut select = transaction.prepare(
        "SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, mentions, digest, link FROM events
         WHERE place BETWEEN ?1 AND ?2 ORDER BY place",
    )?;
    let mut rows = select.query(room.row_ids())?;
    let (mut seq, mut hash) = (0, ChainHash::default());
    while let Some(row) = rows.next()? {
        seq += 1;
        hash = next_hash(hash, seq, row)?;
        if seq_of(row.get("place")?) != seq || hash != ChainHash::from_bytes(row.get("link")?) {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}

/// The chain's value at the event in a row, computed from its value before.
fn next_hash(before: ChainHash, seq: u64, row: &Row<'_>) -> rusqlite::Result<ChainHash> {
    let (kind, author, name, client_id): (String, String, String, String) =
        (row.get("kind")?, row.get("author")?, row.get("name")?, row.get("client_id")?);
    let (target, emoji): (Option<i64>, Option<String>) = (row.get("target")?, row.get("emoji")?);
    let (salt, body): (Option<Salt>, Option<String>) = (row.get("salt")?, row.get("body")?);
    let mentions: Option<String> = row.get("mentions")?;
    let erased: Option<BodyDigest> = row.get("digest")?;
    Ok(before.next(&HashedFields {
        seq,
        at: row.get("at")?,
        kind: &kind,
        author: &author,
        name: &name,
        client_id: &client_id,
        target: target.map(seq_of),
        emoji: emoji.as_deref(),
        body_digest: salt
            .zip(body)
            .map(|(salt, body)| chain::body_digest(&salt, &body, mentions.as_deref()))
            .or(erased),
    }))
}

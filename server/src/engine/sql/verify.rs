//! Verifies the hash chain of a room's log (invariant 11).

use parlor::RoomName;

use super::chain::{self, BodyDigest, ChainHash, HashedFields, Salt};
use super::connection::{Row, SqlConnection, SqlResult};
use super::rooms;
use super::row_id::seq_of;
use super::value::params;

/// Events that are in memory at a time.
const CHUNK_EVENTS: usize = 1_000;

/// The seq of the first event whose chain value does not follow from the events before it. `None` if the log is intact.
/// All statements have to read the same state.
pub(in crate::engine) fn first_break(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<Option<u64>> {
    let Some((room, _)) = rooms::find(database, name)? else { return Ok(None) };
    let [_, end] = room.row_ids();
    let (mut seq, mut hash) = (0, ChainHash::default());
    loop {
        let rows = database.query(
            "SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, mentions, digest, link
             FROM events WHERE place BETWEEN $1 AND $2 ORDER BY place LIMIT $3",
            params![room.row_id(seq + 1), end, CHUNK_EVENTS],
        )?;
        for row in &rows {
            seq += 1;
            hash = next_hash(hash, seq, row)?;
            if seq_of(row.get(0)?) != seq || hash != ChainHash::from_bytes(row.get(12)?) {
                return Ok(Some(seq));
            }
        }
        if rows.len() < CHUNK_EVENTS {
            return Ok(None);
        }
    }
}

/// The chain's value at the event in a row of [`first_break`], computed from its value before.
fn next_hash(before: ChainHash, seq: u64, row: &Row) -> SqlResult<ChainHash> {
    let (kind, author, name, client_id): (String, String, String, String) =
        (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
    let (target, emoji): (Option<i64>, Option<String>) = (row.get(6)?, row.get(7)?);
    let (salt, body): (Option<Salt>, Option<String>) = (row.get(8)?, row.get(9)?);
    let mentions: Option<String> = row.get(10)?;
    let erased: Option<BodyDigest> = row.get(11)?;
    Ok(before.next(&HashedFields {
        seq,
        at: row.get(1)?,
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

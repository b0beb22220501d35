//! Proves a room's log: that no event was altered, dropped or moved since it was written (invariant 11).

use parlor::RoomName;
use rusqlite::{Connection, Row};

use super::super::chain::{self, Digest, Fields, Link, Salt};
use super::log::find_room;
use super::place::seq_of;

/// The first event that does not follow from those before it; none in a log that is whole.
pub(super) fn first_break(database: &Connection, name: &RoomName) -> rusqlite::Result<Option<u64>> {
    let moment = database.unchecked_transaction()?;
    let Some((room, _)) = find_room(&moment, name)? else { return Ok(None) };
    let mut select = moment.prepare(
        "SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, mentions, digest, link FROM events
         WHERE place BETWEEN ?1 AND ?2 ORDER BY place",
    )?;
    let mut rows = select.query([room.place(1), room.place(u64::MAX)])?;
    let (mut seq, mut link) = (0, Link::default());
    while let Some(row) = rows.next()? {
        seq += 1;
        link = follow(link, seq, row)?;
        if seq_of(row.get("place")?) != seq || link != Link::from_bytes(row.get("link")?) {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}

fn follow(link: Link, seq: u64, row: &Row<'_>) -> rusqlite::Result<Link> {
    let (kind, author, name, client_id): (String, String, String, String) =
        (row.get("kind")?, row.get("author")?, row.get("name")?, row.get("client_id")?);
    let (target, emoji): (Option<i64>, Option<String>) = (row.get("target")?, row.get("emoji")?);
    let (salt, text): (Option<Salt>, Option<String>) = (row.get("salt")?, row.get("body")?);
    let mentions: Option<String> = row.get("mentions")?;
    let erased: Option<Digest> = row.get("digest")?;
    Ok(link.next(&Fields {
        seq,
        at: row.get("at")?,
        kind: &kind,
        author: &author,
        name: &name,
        client_id: &client_id,
        target: target.map(seq_of),
        emoji: emoji.as_deref(),
        text: salt.zip(text).map(|(salt, text)| chain::digest(&salt, &text, mentions.as_deref())).or(erased),
    }))
}

//! The events of a room's log after a cursor, as they happened.

use parlor::message::ResetReason;
use parlor::{ChainMark, Cursor, Event, RoomName, limits};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{Backlog, HistoryPage};
use super::chain::ChainHash;
use super::decode::{self, PAGE_BYTES};
use super::rooms;
use super::row_id::RoomId;

/// The events after the cursor up to `up_to`, at most a page of them. [`Backlog::Reset`] if the log has another epoch
/// than the cursor, or another hash at the cursor's seq.
pub(super) fn backlog(
    database: &Connection,
    name: &RoomName,
    cursor: &Cursor,
    up_to: u64,
) -> rusqlite::Result<Backlog> {
    let known = match rooms::find(database, name)? {
        Some((room, epoch)) if epoch == cursor.epoch => mark_at(database, room, cursor.seq)?.map(|mark| (room, mark)),
        _ => None,
    };
    match known {
        Some((room, mark)) if mark == cursor.hash => {
            let events = events(database, room, cursor.seq, up_to)?;
            let last = events.last().map_or(cursor.seq, |last| last.seq);
            let has_newer = last < up_to && !events.is_empty();
            Ok(Backlog::Events(HistoryPage { has_older: cursor.seq > 0, has_newer, events }))
        }
        _ => Ok(Backlog::Reset(ResetReason::OtherLog)),
    }
}

/// The shortened chain value at `seq`; `None` if the log has no such event.
fn mark_at(database: &Connection, room: RoomId, seq: u64) -> rusqlite::Result<Option<ChainMark>> {
    if seq == 0 {
        return Ok(Some(ChainHash::default().mark()));
    }
    let mut find = database.prepare_cached("SELECT link FROM events WHERE place = ?1")?;
    find.query_row([room.row_id(seq)], |row| Ok(ChainHash::from_bytes(row.get(0)?).mark())).optional()
}

/// The next events after `after` up to `up_to`, oldest first: at most a page of them.
fn events(database: &Connection, room: RoomId, after: u64, up_to: u64) -> rusqlite::Result<Vec<Event>> {
    let mut select = database.prepare_cached(&format!(
        "SELECT {} FROM events WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT ?3",
        decode::EVENT_COLUMNS
    ))?;
    let mut quoted = database.prepare_cached(
        "SELECT author AS quoted_author, name AS quoted_name, substr(coalesce(text, body), 1, ?2) AS quoted_body
         FROM messages WHERE place = ?1",
    )?;
    let (from, to) = (room.row_id(after.saturating_add(1)), room.row_id(up_to));
    let mut rows = select.query(params![from, to, limits::PAGE_EVENTS])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        bytes += decode::body_bytes(row)?;
        if bytes > PAGE_BYTES && !events.is_empty() {
            break;
        }
        let quote = |target: i64| {
            quoted.query_row(params![target, limits::QUOTE_CHARS], |row| decode::quote(row, target)).optional()
        };
        events.push(decode::event(row, quote)?);
    }
    Ok(events)
}

//! The events of a room's log after a cursor, as they happened.

use parlor::message::ResetReason;
use parlor::{ChainMark, Cursor, Event, Quote, RoomName, limits};

use super::super::{Backlog, HistoryPage};
use super::chain::ChainHash;
use super::connection::{SqlConnection, SqlResult};
use super::decode::{self, PAGE_BYTES};
use super::rooms;
use super::row_id::RoomId;
use super::value::params;

/// The events after the cursor up to `up_to`, at most a page of them. [`Backlog::Reset`] if the log has another epoch
/// than the cursor, or another hash at the cursor's seq.
pub(in crate::engine) fn backlog(
    database: &dyn SqlConnection,
    name: &RoomName,
    cursor: &Cursor,
    up_to: u64,
) -> SqlResult<Backlog> {
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
fn mark_at(database: &dyn SqlConnection, room: RoomId, seq: u64) -> SqlResult<Option<ChainMark>> {
    if seq == 0 {
        return Ok(Some(ChainHash::default().mark()));
    }
    database.query_row("SELECT link FROM events WHERE place = $1", params![room.row_id(seq)], |row| {
        Ok(ChainHash::from_bytes(row.get(0)?).mark())
    })
}

/// The next events after `after` up to `up_to`, oldest first: at most a page of them.
fn events(database: &dyn SqlConnection, room: RoomId, after: u64, up_to: u64) -> SqlResult<Vec<Event>> {
    let (from, to) = (room.row_id(after.saturating_add(1)), room.row_id(up_to));
    let select =
        format!("SELECT {} FROM events WHERE place BETWEEN $1 AND $2 ORDER BY place LIMIT $3", decode::EVENT_COLUMNS);
    let rows = database.query(&select, params![from, to, limits::PAGE_EVENTS])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    for row in &rows {
        bytes += decode::body_bytes(row)?;
        if bytes > PAGE_BYTES && !events.is_empty() {
            break;
        }
        events.push(decode::event(row, |target| quote(database, target))?);
    }
    Ok(events)
}

/// The quote of the message with this row id; `None` if there is no such message.
pub(in crate::engine) fn quote(database: &dyn SqlConnection, target: i64) -> SqlResult<Option<Quote>> {
    // PostgreSQL counts characters in the smaller integer type.
    database.query_row(
        "SELECT author, name, substr(coalesce(text, body), 1, CAST(CAST($2 AS BIGINT) AS INTEGER)) FROM messages
         WHERE place = $1",
        params![target, limits::QUOTE_CHARS],
        |row| decode::quote(row, target, 0),
    )
}

//! The log that an index is made from: what the indexing thread reads of it.

use std::collections::HashMap;
use std::time::Duration;

use super::super::EngineError;
use super::super::sql::connection::{Row, SqlConnection, SqlResult};
use super::super::sql::row_id::{RoomId, seq_of};
use super::super::sql::value::{Param, params};

/// Maximum number of events that one transaction of the index takes. With large transactions FTS5 has fewer segments to
/// merge.
const TRANSACTION_EVENTS: u64 = 4_096;

/// Size in bytes of the texts in memory above which no more are read for a transaction.
const TRANSACTION_BYTES: usize = 8 << 20;

/// Number of events that are read at a time.
const PAGE_EVENTS: u64 = 512;

/// The database with the logs.
pub(in crate::engine) trait LogSource: Send + 'static {
    /// Selects the number of each room and the seq of the last event of its log. That of a deleted room is 0.
    const TOPS: &'static str;

    /// How often rooms are looked for whose events were not added to the queue. `None` if the queue gets them all.
    const POLL_INTERVAL: Option<Duration>;

    /// Runs `read` on a connection. All its statements read the same state.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the database can't be read. The cause is logged.
    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError>;
}

/// How far a room's log is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Indexed {
    /// The seq of the last indexed event.
    pub(super) seq: u64,
    /// The chain's value at that event.
    pub(super) link: [u8; 32],
}

/// How far the logs of all rooms are indexed.
pub(super) type IndexedLogs = HashMap<RoomId, Indexed>;

/// A message as it is in the log now.
#[derive(Debug)]
pub(super) struct LoggedMessage {
    pub(super) row_id: i64,
    pub(super) name: String,
    /// `None` if it was deleted.
    pub(super) text: Option<String>,
    pub(super) at: i64,
}

/// The next events of a room's log, as the index needs them.
#[derive(Debug)]
pub(super) struct NewEvents {
    /// The messages among them.
    pub(super) posted: Vec<LoggedMessage>,
    /// The earlier messages that they have edited or deleted.
    pub(super) changed: Vec<LoggedMessage>,
    /// The last of them.
    pub(super) end: Indexed,
}

/// A change of the index.
#[derive(Debug)]
pub(super) enum Update {
    /// It lacks these events.
    Events(NewEvents),
    /// The room was deleted, or its log is another one than the index has: everything of it is erased.
    Erase,
}

/// Selects columns of messages: 0 row id, 1 name, 2 current text, 3 time.
pub(super) const SELECT_MESSAGES: &str = "SELECT place, name, coalesce(text, body), at FROM messages";

/// The message in a row of [`SELECT_MESSAGES`].
pub(super) fn logged_message(row: &Row) -> SqlResult<LoggedMessage> {
    Ok(LoggedMessage { row_id: row.get(0)?, name: row.get(1)?, text: row.get(2)?, at: row.get(3)? })
}

/// Checks that the log of each room still has the event up to which it is indexed. Deleted rooms are left out.
pub(super) fn has_all(log: &dyn SqlConnection, logs: &IndexedLogs) -> SqlResult<bool> {
    let logs: Vec<_> = logs.iter().map(|(room, indexed)| (*room, Some(*indexed))).collect();
    for ((room, _), has) in logs.iter().zip(have(log, &logs)?) {
        let deleted = "SELECT 1 FROM rooms WHERE id = $1 AND name = '!' || CAST(id AS TEXT)";
        if !has && !log.exists(deleted, params![room.0])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Checks for each room that its log has the event up to which it is indexed.
fn have(log: &dyn SqlConnection, logs: &[(RoomId, Option<Indexed>)]) -> SqlResult<Vec<bool>> {
    let params = logs.iter().filter_map(|(room, indexed)| {
        let Indexed { seq, link } = indexed.as_ref()?;
        Some(vec![Param::Integer(room.row_id(*seq)), Param::Bytes(link)])
    });
    let params: Vec<_> = params.collect();
    let found = log.query_each("SELECT 1 FROM events WHERE place = $1 AND link = $2", &params)?;
    let mut found = found.into_iter();
    Ok(logs.iter().map(|(_, indexed)| indexed.is_none() || found.next().is_some_and(|rows| !rows.is_empty())).collect())
}

/// The rooms whose logs do not end where the index ends, each with the number of events that the index lacks.
pub(super) fn changed_rooms(log: &dyn SqlConnection, tops: &str, logs: &IndexedLogs) -> SqlResult<Vec<(RoomId, u64)>> {
    let tops = log.query_map(tops, &[], |row| Ok((RoomId(row.get(0)?), row.get::<u64>(1)?)))?;
    let changed = tops.into_iter().filter_map(|(room, top)| {
        let indexed = logs.get(&room).map(|indexed| indexed.seq);
        (indexed != Some(top).filter(|top| *top > 0)).then(|| (room, top.saturating_sub(indexed.unwrap_or(0))))
    });
    Ok(changed.collect())
}

/// Reads the next updates of these rooms, of which the index has what is given. Returns them with the number of rooms,
/// from the first on, that have no further ones.
pub(super) fn updates(
    log: &dyn SqlConnection,
    rooms: &[(RoomId, Option<Indexed>)],
) -> SqlResult<(Vec<(RoomId, Update)>, usize)> {
    let (mut updates, mut events, mut bytes) = (Vec::new(), 0, 0);
    let have = have(log, rooms)?;
    for (finished, (room, indexed)) in rooms.iter().enumerate() {
        if !have[finished] {
            updates.push((*room, Update::Erase));
            return Ok((updates, finished));
        }
        let mut after = indexed.map_or(0, |indexed| indexed.seq);
        while let Some(update) = next_events(log, *room, after)? {
            let (from, up_to) = (after, update.end.seq);
            let texts = update.posted.iter().chain(&update.changed).filter_map(|message| message.text.as_ref());
            bytes += texts.map(String::len).sum::<usize>();
            events += up_to - from;
            after = up_to;
            updates.push((*room, Update::Events(update)));
            if events >= TRANSACTION_EVENTS || bytes >= TRANSACTION_BYTES {
                return Ok((updates, finished));
            }
            if up_to - from < PAGE_EVENTS {
                break;
            }
        }
    }
    Ok((updates, rooms.len()))
}

/// Reads the next events of a room after the seq `after`; `None` if there are none.
fn next_events(log: &dyn SqlConnection, room: RoomId, after: u64) -> SqlResult<Option<NewEvents>> {
    // Seqs have no gaps.
    let range = [room.row_id(after.saturating_add(1)), room.row_id(after.saturating_add(PAGE_EVENTS))];
    let end = log.query_row(
        "SELECT place, link FROM events WHERE place BETWEEN $1 AND $2 ORDER BY place DESC LIMIT 1",
        params![range[0], range[1]],
        |row| Ok(Indexed { seq: seq_of(row.get(0)?), link: row.get(1)? }),
    )?;
    let Some(end) = end else { return Ok(None) };
    let posted = log.query_map(
        &format!("{SELECT_MESSAGES} WHERE place BETWEEN $1 AND $2 ORDER BY place"),
        params![range[0], range[1]],
        logged_message,
    )?;
    Ok(Some(NewEvents { posted, changed: changed_messages(log, range)?, end }))
}

/// The messages before a range of row ids that events in it have edited or deleted.
pub(super) fn changed_messages(log: &dyn SqlConnection, [first, last]: [i64; 2]) -> SqlResult<Vec<LoggedMessage>> {
    log.query_map(
        &format!(
            "{SELECT_MESSAGES} WHERE place < $1 AND place IN (
                 SELECT target FROM changes WHERE place BETWEEN $1 AND $2 AND kind IN ('edited', 'deleted')
             ) ORDER BY place DESC"
        ),
        params![first, last],
        logged_message,
    )
}

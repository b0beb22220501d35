//! The log that an index is made from: what the indexing thread reads of it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::super::EngineError;
use super::super::sql::connection::{Row, SqlConnection, SqlResult};
use super::super::sql::row_id::{RoomId, seq_of};
use super::super::sql::value::{Param, params};

/// Maximum number of events that one transaction of the index takes. With large transactions FTS5 has fewer segments to
/// merge.
const TRANSACTION_EVENTS: usize = 4_096;

/// Size in bytes of the texts in memory above which no more are read for a transaction.
const TRANSACTION_BYTES: usize = 8 << 20;

/// Number of events of a room that are read at a time.
const PAGE_EVENTS: u64 = 128;

/// Number of rooms whose next events are read together.
const PAGE_ROOMS: usize = 32;

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
    let logs: Vec<_> = logs.iter().collect();
    let params: Vec<_> = logs
        .iter()
        .map(|(room, indexed)| vec![Param::Integer(room.row_id(indexed.seq)), Param::Bytes(&indexed.link)])
        .collect();
    let found = log.query_each("SELECT 1 FROM events WHERE place = $1 AND link = $2", &params)?;
    for ((room, _), found) in logs.iter().zip(found) {
        let deleted = "SELECT 1 FROM rooms WHERE id = $1 AND name = '!' || CAST(id AS TEXT)";
        if found.is_empty() && !log.exists(deleted, params![room.0])? {
            return Ok(false);
        }
    }
    Ok(true)
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
    let (mut updates, mut events, mut bytes, mut finished) = (Vec::new(), 0, 0, 0);
    for rooms in rooms.chunks(PAGE_ROOMS) {
        for ((room, _), mut page) in rooms.iter().zip(read_pages(log, rooms)?) {
            while let Page::Events { new, count, is_full } = page {
                let texts = new.posted.iter().chain(&new.changed).filter_map(|message| message.text.as_ref());
                bytes += texts.map(String::len).sum::<usize>();
                events += count;
                let end = new.end;
                updates.push((*room, Update::Events(new)));
                let enough = events >= TRANSACTION_EVENTS || bytes >= TRANSACTION_BYTES;
                if is_full && enough {
                    return Ok((updates, finished));
                }
                page = match is_full {
                    true => read_pages(log, &[(*room, Some(end))])?.pop().unwrap_or(Page::End),
                    false => Page::End,
                };
            }
            if let Page::OtherLog = page {
                updates.push((*room, Update::Erase));
                return Ok((updates, finished));
            }
            finished += 1;
        }
        if events >= TRANSACTION_EVENTS || bytes >= TRANSACTION_BYTES {
            break;
        }
    }
    Ok((updates, finished))
}

/// What the log of a room has next.
enum Page {
    /// This number of events. There may be more if it is full.
    Events { new: NewEvents, count: usize, is_full: bool },
    /// Nothing.
    End,
    /// It is another log than the index has.
    OtherLog,
}

/// Reads the next events of each of these rooms. Seqs have no gaps.
fn read_pages(log: &dyn SqlConnection, rooms: &[(RoomId, Option<Indexed>)]) -> SqlResult<Vec<Page>> {
    let after = |indexed: &Option<Indexed>| indexed.map_or(0, |indexed| indexed.seq);
    // The last indexed event is read with them, to compare its link.
    let ranges = rooms.iter().map(|(room, indexed)| {
        let after = after(indexed);
        [room.row_id(after), room.row_id(after.saturating_add(PAGE_EVENTS))]
    });
    let ranges: Vec<_> = ranges.collect();
    let params: Vec<_> = ranges.iter().map(|range| range.map(Param::Integer).to_vec()).collect();
    let select = "SELECT place, link, name, coalesce(text, body), at FROM messages
         WHERE place BETWEEN $1 AND $2 ORDER BY place";
    let posted = log.query_each(select, &params)?;
    let select = "SELECT place, link, kind IN ('edited', 'deleted') FROM changes
         WHERE place BETWEEN $1 AND $2 ORDER BY place";
    let changes = log.query_each(select, &params)?;
    let mut pages = Vec::with_capacity(rooms.len());
    for (((_, indexed), [known, last]), (posted, changes)) in rooms.iter().zip(ranges).zip(posted.iter().zip(changes)) {
        let (mut links, mut messages, mut has_changed) = (BTreeMap::new(), Vec::new(), false);
        for row in posted {
            let place = row.get(0)?;
            links.insert(place, row.get(1)?);
            if place > known {
                messages.push(LoggedMessage { row_id: place, name: row.get(2)?, text: row.get(3)?, at: row.get(4)? });
            }
        }
        for row in changes {
            let place = row.get(0)?;
            links.insert(place, row.get(1)?);
            has_changed |= place > known && row.get(2)?;
        }
        let known_link = links.remove(&known);
        let count = links.len();
        pages.push(match links.pop_last() {
            _ if known_link != indexed.map(|indexed| indexed.link) => Page::OtherLog,
            None => Page::End,
            Some((place, link)) => {
                let changed = match has_changed {
                    true => changed_messages(log, [known + 1, last])?,
                    false => Vec::new(),
                };
                let end = Indexed { seq: seq_of(place), link };
                let new = NewEvents { posted: messages, changed, end };
                Page::Events { new, count, is_full: place == last }
            }
        });
    }
    Ok(pages)
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

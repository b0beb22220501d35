//! Pages of a room's messages, each message as it was at a seq of the log.

use parlor::message::PageOf;
use parlor::{AuthorId, Event, RoomName, UnixMillis, limits};

use super::super::{HistoryPage, ReadContext};
use super::connection::{Row, SqlConnection, SqlResult};
use super::decode::{self, PAGE_BYTES, StoredBody};
use super::row_id::{RoomId, seq_of};
use super::value::{Param, ToParam as _, params};
use super::{reactions, rooms};

/// The newest page of messages. All statements have to read the same state.
pub(in crate::engine) fn newest(
    database: &dyn SqlConnection,
    name: &RoomName,
    context: &ReadContext,
) -> SqlResult<HistoryPage> {
    page(database, name, PageOf::Before(context.up_to.saturating_add(1)), context)
}

/// The page `of` a room's messages. It is empty if the room has no log. All statements have to read the same state.
pub(in crate::engine) fn page(
    database: &dyn SqlConnection,
    name: &RoomName,
    of: PageOf,
    context: &ReadContext,
) -> SqlResult<HistoryPage> {
    let Some((room, _)) = rooms::find(database, name)? else {
        return Ok(HistoryPage { events: Vec::new(), has_older: false, has_newer: false });
    };
    let up_to = context.up_to;
    let log = LogAsOf { database, room, up_to };
    let limit = limits::PAGE_EVENTS;
    let mut events = match of {
        PageOf::Before(seq) => log.last(seq.saturating_sub(1), limit)?,
        PageOf::After(seq) => log.first(seq.saturating_add(1), limit)?,
        PageOf::Around(seq) => log.around(seq, limit)?,
        PageOf::At(time) => match log.first_at(time)? {
            Some(seq) => log.around(seq, limit)?,
            None => log.last(up_to, limit)?,
        },
    };
    // An empty page still has a position, with older messages before it or newer ones after it.
    let (first, last) = match (events.first(), events.last(), of) {
        (Some(first), Some(last), _) => (first.seq, last.seq),
        (_, _, PageOf::Before(seq)) => (0, seq.saturating_sub(1)),
        (_, _, PageOf::After(seq)) => (seq.saturating_add(1), up_to),
        (_, _, PageOf::Around(_) | PageOf::At(_)) => (0, up_to),
    };
    let has_older = log.has_any(1, first.saturating_sub(1).min(up_to))?;
    let has_newer = log.has_any(last.saturating_add(1), up_to)?;
    reactions::load(database, room, context, &mut events)?;
    Ok(HistoryPage { events, has_older, has_newer })
}

/// These messages as they are now, each with its room; `None` for one that does not exist.
pub(in crate::engine) fn find(
    database: &dyn SqlConnection,
    messages: &[(RoomId, u64)],
    reader: &AuthorId,
) -> SqlResult<Vec<Option<Event>>> {
    let row_ids = messages.iter().map(|(room, seq)| Param::Integer(room.row_id(*seq)));
    let params: Vec<_> =
        row_ids.map(|row_id| vec![row_id, row_id, Param::Integer(1), limits::QUOTE_CHARS.to_param()]).collect();
    let found = database.query_each(&format!("{SELECT} LIMIT $3"), &params)?;
    let events = messages.iter().zip(found).map(|((room, _), rows)| {
        let log = LogAsOf { database, room: *room, up_to: u64::MAX };
        rows.first().map(|row| log.message(row)).transpose()
    });
    let mut events = events.collect::<SqlResult<Vec<_>>>()?;
    let existing = messages.iter().zip(&mut events).filter_map(|((room, _), event)| Some((*room, event.as_mut()?)));
    reactions::load_current(database, reader, existing.collect())?;
    Ok(events)
}

/// A room's log as it was at the seq `up_to`.
struct LogAsOf<'a> {
    database: &'a dyn SqlConnection,
    room: RoomId,
    up_to: u64,
}

/// Selects the columns of messages, and of the messages that they quote: 0 row id, 1 time, 2 author, 3 name, 4 client
/// id, 5 chain value, 6 current text, 7 its mentions, 8 row id of the quoted message, 9 seq of last edit, 10 its time,
/// and 11 author, 12 name, 13 excerpt of the quoted message. PostgreSQL counts characters in the smaller integer type.
const SELECT: &str = "SELECT m.place, m.at, m.author, m.name, m.client_id, m.link, coalesce(m.text, m.body),
    CASE WHEN m.text IS NULL THEN m.mentions ELSE m.text_mentions END, m.reply_to, m.edited, m.edited_at, q.author,
    q.name, substr(coalesce(q.text, q.body), 1, CAST(CAST($4 AS BIGINT) AS INTEGER))
    FROM messages m LEFT JOIN messages q ON q.place = m.reply_to
    WHERE m.place BETWEEN $1 AND $2 ORDER BY m.place";

impl LogAsOf<'_> {
    /// The last `count` messages up to `to`, oldest first.
    fn last(&self, to: u64, count: usize) -> SqlResult<Vec<Event>> {
        let mut events = self.read(&format!("{SELECT} DESC LIMIT $3"), 1, to, count)?;
        events.reverse();
        Ok(events)
    }

    /// The first `count` messages from `from` on, oldest first.
    fn first(&self, from: u64, count: usize) -> SqlResult<Vec<Event>> {
        self.read(&format!("{SELECT} LIMIT $3"), from, u64::MAX, count)
    }

    /// Half of `count` messages up to `seq`, and as many after it, oldest first.
    fn around(&self, seq: u64, count: usize) -> SqlResult<Vec<Event>> {
        let mut around = self.last(seq, count / 2)?;
        around.extend(self.first(seq.saturating_add(1), count / 2)?);
        Ok(around)
    }

    /// The seq of the first message at `time` or later; `None` if all are earlier. Messages are ordered by time, so a
    /// binary search needs about twenty reads for a million of them. Where the clock went back, the result is a message
    /// near the right one.
    fn first_at(&self, time: UnixMillis) -> SqlResult<Option<u64>> {
        let (mut from, mut to, mut found) = (1, self.up_to, None);
        while from <= to {
            let middle = from + (to - from) / 2;
            let next = self.database.query_row(
                "SELECT place, at FROM messages WHERE place BETWEEN $1 AND $2 ORDER BY place LIMIT 1",
                params![self.room.row_id(middle), self.room.row_id(to)],
                |row| Ok((seq_of(row.get(0)?), row.get::<UnixMillis>(1)?)),
            )?;
            match next {
                Some((seq, at)) if at < time => from = seq + 1,
                next => {
                    found = next.map(|(seq, _)| seq).or(found);
                    to = middle - 1;
                }
            }
        }
        Ok(found)
    }

    /// Reads at most `count` messages between two seqs, and at most [`PAGE_BYTES`] of text but at least one message.
    fn read(&self, select: &str, from: u64, to: u64, count: usize) -> SqlResult<Vec<Event>> {
        let to = to.min(self.up_to);
        if from > to {
            return Ok(Vec::new());
        }
        let (from, to) = (self.room.row_id(from), self.room.row_id(to));
        let rows = self.database.query(select, params![from, to, count, limits::QUOTE_CHARS])?;
        let (mut events, mut bytes) = (Vec::new(), 0);
        for row in &rows {
            bytes += decode::body_bytes(row)?;
            if bytes > PAGE_BYTES && !events.is_empty() {
                break;
            }
            events.push(self.message(row)?);
        }
        Ok(events)
    }

    /// The message in a row of [`SELECT`], with its text as of `up_to`.
    fn message(&self, row: &Row) -> SqlResult<Event> {
        let (body, edited): (Option<String>, Option<u64>) = (row.get(6)?, row.get(9)?);
        let current = StoredBody { body, mentions: decode::mentions(row, 7)? };
        let (body, edited_at) = match edited {
            _ if current.body.is_none() => (current, None),
            Some(edited) if edited > self.up_to => self.body_as_of(row.get(0)?)?,
            _ => (current, row.get(10)?),
        };
        decode::message(row, body, edited_at)
    }

    /// The text of a message as of `up_to`, and the time of its last edit until then.
    fn body_as_of(&self, row_id: i64) -> SqlResult<(StoredBody, Option<u64>)> {
        let body = |row: &Row| -> SqlResult<StoredBody> {
            Ok(StoredBody { body: row.get(0)?, mentions: decode::mentions(row, 1)? })
        };
        let edited = self.database.query_row(
            "SELECT body, mentions, at FROM changes WHERE target = $1 AND kind = 'edited' AND place <= $2
             ORDER BY place DESC LIMIT 1",
            params![row_id, self.room.row_id(self.up_to)],
            |row| Ok((body(row)?, row.get(2)?)),
        )?;
        if let Some((body, at)) = edited {
            return Ok((body, Some(at)));
        }
        let posted =
            self.database.query_row("SELECT body, mentions FROM messages WHERE place = $1", params![row_id], body)?;
        Ok((posted.unwrap_or_default(), None))
    }

    /// Checks whether there is a message between two seqs, both included.
    fn has_any(&self, from: u64, to: u64) -> SqlResult<bool> {
        if from > to {
            return Ok(false);
        }
        self.database.exists(
            "SELECT 1 FROM messages WHERE place BETWEEN $1 AND $2 LIMIT 1",
            params![self.room.row_id(from), self.room.row_id(to)],
        )
    }
}

//! A room's messages as they have become, for pages and snapshots.

use parlor::message::PageOf;
use parlor::{Event, RoomName, UnixMillis, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::{Page, Reading};
use super::log::{PAGE_BYTES, find_room};
use super::place::{RoomId, seq_of};
use super::row::Text;
use super::{reactions, row};

/// The newest messages.
pub(super) fn newest(database: &Connection, name: &RoomName, reading: &Reading) -> rusqlite::Result<Page> {
    page(database, name, PageOf::Before(reading.up_to.saturating_add(1)), reading)
}

/// A part of the messages. A room without a log has none.
pub(super) fn page(database: &Connection, name: &RoomName, of: PageOf, reading: &Reading) -> rusqlite::Result<Page> {
    // What is read in several steps is of one moment.
    let moment = database.unchecked_transaction()?;
    let Some((room, _)) = find_room(&moment, name)? else {
        return Ok(Page { events: Vec::new(), has_older: false, has_newer: false });
    };
    let up_to = reading.up_to;
    let part = Part { database: &moment, room, up_to };
    let whole = limits::PAGE_EVENTS;
    let mut events = match of {
        PageOf::Before(seq) => part.back(seq.saturating_sub(1), whole)?,
        PageOf::After(seq) => part.on(seq.saturating_add(1), whole)?,
        PageOf::Around(seq) => part.around(seq, whole)?,
        PageOf::At(time) => match part.first_said_from(time)? {
            Some(seq) => part.around(seq, whole)?,
            None => part.back(up_to, whole)?,
        },
    };
    // Where there is nothing, the place asked for is still one that messages can be before and after.
    let (first, last) = match (events.first(), events.last(), of) {
        (Some(first), Some(last), _) => (first.seq, last.seq),
        (_, _, PageOf::Before(seq)) => (0, seq.saturating_sub(1)),
        (_, _, PageOf::After(seq)) => (seq.saturating_add(1), up_to),
        (_, _, PageOf::Around(_) | PageOf::At(_)) => (0, up_to),
    };
    let has_older = part.has_any(1, first.saturating_sub(1).min(up_to))?;
    let has_newer = part.has_any(last.saturating_add(1), up_to)?;
    reactions::add(&moment, room, reading, &mut events)?;
    Ok(Page { events, has_older, has_newer })
}

/// One message, if it is there.
pub(super) fn one(database: &Connection, room: RoomId, seq: u64, reading: &Reading) -> rusqlite::Result<Option<Event>> {
    let part = Part { database, room, up_to: reading.up_to };
    let mut found = part.read(&format!("{SELECT} LIMIT ?3"), seq, seq, 1)?;
    reactions::add(database, room, reading, &mut found)?;
    Ok(found.pop())
}

/// A room's messages up to a place, at a moment.
#[derive(Debug)]
struct Part<'a> {
    database: &'a Connection,
    room: RoomId,
    up_to: u64,
}

/// The columns of a message, and of the one that it quotes.
const SELECT: &str = "SELECT m.place, m.at, m.author, m.name, m.client_id, m.link, coalesce(m.text, m.body) AS body,
    iif(m.text IS NULL, m.mentions, m.text_mentions) AS mentions, m.reply_to, m.edited, m.edited_at, q.author AS quoted_author, q.name AS quoted_name,
    substr(coalesce(q.text, q.body), 1, ?4) AS quoted_body
    FROM messages m LEFT JOIN messages q ON q.place = m.reply_to
    WHERE m.place BETWEEN ?1 AND ?2 ORDER BY m.place";

impl Part<'_> {
    /// The last `count` messages up to `to`, oldest first.
    fn back(&self, to: u64, count: usize) -> rusqlite::Result<Vec<Event>> {
        let mut events = self.read(&format!("{SELECT} DESC LIMIT ?3"), 1, to, count)?;
        events.reverse();
        Ok(events)
    }

    /// The first `count` messages from `from` on.
    fn on(&self, from: u64, count: usize) -> rusqlite::Result<Vec<Event>> {
        self.read(&format!("{SELECT} LIMIT ?3"), from, u64::MAX, count)
    }

    /// Half of `count` messages up to a place, and half of them after it.
    fn around(&self, seq: u64, count: usize) -> rusqlite::Result<Vec<Event>> {
        let mut around = self.back(seq, count / 2)?;
        around.extend(self.on(seq.saturating_add(1), count / 2)?);
        Ok(around)
    }

    /// The first message said at `time` or later. Places are in the order of time, so that some twenty looks find it
    /// among a million; where the clock has been put back, it is one of those near it.
    fn first_said_from(&self, time: UnixMillis) -> rusqlite::Result<Option<u64>> {
        let mut look = self
            .database
            .prepare_cached("SELECT place, at FROM messages WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT 1")?;
        let (mut from, mut to, mut found) = (1, self.up_to, None);
        while from <= to {
            let middle = from + (to - from) / 2;
            let next = look
                .query_row([self.room.place(middle), self.room.place(to)], |row| {
                    Ok((seq_of(row.get(0)?), row.get::<_, UnixMillis>(1)?))
                })
                .optional()?;
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

    fn read(&self, select: &str, from: u64, to: u64, count: usize) -> rusqlite::Result<Vec<Event>> {
        let to = to.min(self.up_to);
        if from > to {
            return Ok(Vec::new());
        }
        let mut select = self.database.prepare_cached(select)?;
        let (from, to) = (self.room.place(from), self.room.place(to));
        let mut rows = select.query(params![from, to, count, limits::QUOTE_CHARS])?;
        let (mut events, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            bytes += row::text_bytes(row)?;
            if bytes > PAGE_BYTES && !events.is_empty() {
                break;
            }
            events.push(self.message(row)?);
        }
        Ok(events)
    }

    fn message(&self, row: &Row<'_>) -> rusqlite::Result<Event> {
        let (text, edited): (Option<String>, Option<u64>) = (row.get("body")?, row.get("edited")?);
        let text = Text { text, mentions: row::mentions(row, "mentions")? };
        if text.text.is_none() || edited.is_none_or(|edited| edited <= self.up_to) {
            let edited_at = if text.text.is_some() { row.get("edited_at")? } else { None };
            return row::message(row, text, edited_at);
        }
        // It has been edited after the place that is asked for.
        let (text, edited_at) = self.text_then(row.get("place")?)?;
        row::message(row, text, edited_at)
    }

    /// The text that a message had at `up_to`, and when it had been edited by then.
    fn text_then(&self, place: i64) -> rusqlite::Result<(Text, Option<u64>)> {
        let mut edit = self.database.prepare_cached(
            "SELECT body, mentions, at FROM changes WHERE target = ?1 AND kind = 'edited' AND place <= ?2
             ORDER BY place DESC LIMIT 1",
        )?;
        let text = |row: &Row<'_>| Ok(Text { text: row.get(0)?, mentions: row::mentions(row, 1)? });
        let then = edit.query_row([place, self.room.place(self.up_to)], |row| Ok((text(row)?, row.get(2)?)));
        if let Some((text, at)) = then.optional()? {
            return Ok((text, Some(at)));
        }
        let mut first = self.database.prepare_cached("SELECT body, mentions FROM messages WHERE place = ?1")?;
        Ok((first.query_row([place], text)?, None))
    }

    fn has_any(&self, from: u64, to: u64) -> rusqlite::Result<bool> {
        if from > to {
            return Ok(false);
        }
        let mut any = self.database.prepare_cached("SELECT 1 FROM messages WHERE place BETWEEN ?1 AND ?2 LIMIT 1")?;
        any.exists([self.room.place(from), self.room.place(to)])
    }
}

//! What people put on messages, added to a page of them.

use std::collections::HashSet;

use parlor::{Emoji, Event, EventKind, Reaction, limits};
use rusqlite::{Connection, Row, params};

use super::super::Reading;
use super::place::{RoomId, seq_of};
use super::row;

/// People named in one page: in a page full of reactions by crowds some are only counted, so that it fits what may wait
/// for one socket.
const PAGE_PEOPLE: usize = 1_000;

/// Adds to messages, oldest first, what people had put on them.
pub(super) fn add(
    database: &Connection,
    room: RoomId,
    reading: &Reading,
    messages: &mut [Event],
) -> rusqlite::Result<()> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    let range = (room.place(first.seq), room.place(last.seq));
    let mut adding = Adding { messages, reading, named: 0 };
    let mut select = database.prepare_cached(
        "SELECT message, emoji, author, name, count FROM (
             SELECT message, emoji, author, name, began, count(*) OVER whole AS count,
                    row_number() OVER (PARTITION BY message, emoji ORDER BY author <> ?4, seq) AS number
             FROM reactions WHERE message BETWEEN ?1 AND ?2 AND seq <= ?3
             WINDOW whole AS (PARTITION BY message, emoji))
         WHERE number <= ?5 ORDER BY message, began, emoji, number",
    )?;
    let reader = reading.reader.as_str();
    let mut rows = select.query(params![range.0, range.1, reading.up_to, reader, limits::REACTION_PEOPLE])?;
    while let Some(row) = rows.next()? {
        let count = row.get("count")?;
        adding.add(row, |_| count)?;
    }
    // What has been taken off after the place that is asked for was still there: the first thing that somebody did
    // after it tells.
    let mut select = database.prepare_cached(
        "SELECT target AS message, emoji, author, name, kind = 'unreacted' AS was_there FROM changes
         WHERE place > ?1 AND place <= ?2 AND kind IN ('reacted', 'unreacted') AND target BETWEEN ?3 AND ?4
         ORDER BY place",
    )?;
    let mut rows = select.query(params![room.place(reading.up_to), room.place(u64::MAX), range.0, range.1])?;
    let mut seen = HashSet::new();
    while let Some(row) = rows.next()? {
        let what: (i64, String, String) = (row.get("message")?, row.get("emoji")?, row.get("author")?);
        if seen.insert(what) && row.get("was_there")? {
            adding.add(row, |count| count.saturating_add(1))?;
        }
    }
    Ok(())
}

/// A page whose messages get their reactions.
struct Adding<'a> {
    messages: &'a mut [Event],
    reading: &'a Reading,
    /// People named so far.
    named: usize,
}

impl Adding<'_> {
    /// Names a row's person beside its emoji, which then counts for as many as `count` makes of what it counted before.
    fn add(&mut self, row: &Row<'_>, count: impl FnOnce(u32) -> u32) -> rusqlite::Result<()> {
        let (place, emoji): (i64, String) = (row.get("message")?, row.get("emoji")?);
        let found = self.messages.binary_search_by_key(&seq_of(place), |message| message.seq);
        let (Ok(position), Ok(emoji)) = (found, Emoji::try_from(emoji)) else { return Ok(()) };
        let EventKind::Posted { body: Some(_), reactions, .. } = &mut self.messages[position].kind else {
            return Ok(());
        };
        let at = reactions.iter().position(|reaction| reaction.emoji == emoji).unwrap_or_else(|| {
            reactions.push(Reaction { emoji, count: 0, people: Vec::new() });
            reactions.len() - 1
        });
        let Reaction { count: counted, people, .. } = &mut reactions[at];
        *counted = count(*counted);
        let Some(person) = row::author(row, "author", "name")? else { return Ok(()) };
        if person.id == self.reading.reader {
            people.truncate(limits::REACTION_PEOPLE - 1);
            people.insert(0, person);
        } else if people.len() < limits::REACTION_PEOPLE && self.named < PAGE_PEOPLE {
            people.push(person);
            self.named += 1;
        }
        Ok(())
    }
}

//! The reactions of the messages in a page.

use std::collections::HashSet;

use parlor::{Emoji, Event, EventKind, Reaction, limits};
use rusqlite::{Connection, Row, params};

use super::super::ReadContext;
use super::decode;
use super::row_id::{RoomId, seq_of};

/// People whose names one page contains at most. In a page with very many reactions the others are only counted, so
/// that the page fits into one connection's write queue.
const PAGE_NAMES: usize = 1_000;

/// Loads the reactions of messages, which are in the order of their seqs, as they were at the context's seq.
pub(super) fn load(
    database: &Connection,
    room: RoomId,
    context: &ReadContext,
    messages: &mut [Event],
) -> rusqlite::Result<()> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    let range = (room.row_id(first.seq), room.row_id(last.seq));
    let mut loader = Loader { messages, context, named: 0 };
    let mut select = database.prepare_cached(
        "SELECT message, emoji, author, name, count FROM (
             SELECT message, emoji, author, name, began, count(*) OVER whole AS count,
                    row_number() OVER (PARTITION BY message, emoji ORDER BY author <> ?4, seq) AS number
             FROM reactions WHERE message BETWEEN ?1 AND ?2 AND seq <= ?3
             WINDOW whole AS (PARTITION BY message, emoji))
         WHERE number <= ?5 ORDER BY message, began, emoji, number",
    )?;
    let reader = context.reader.as_str();
    let mut rows = select.query(params![range.0, range.1, context.up_to, reader, limits::REACTION_PEOPLE])?;
    while let Some(row) = rows.next()? {
        let count = row.get("count")?;
        loader.add(row, |_| count)?;
    }
    // Reactions that were removed later still existed at the context's seq. The first change of a person after that
    // seq tells whether theirs did: only an existing reaction can be removed.
    let mut select = database.prepare_cached(
        "SELECT target AS message, emoji, author, name, kind = 'unreacted' AS was_there FROM changes
         WHERE place > ?1 AND place <= ?2 AND kind IN ('reacted', 'unreacted') AND target BETWEEN ?3 AND ?4
         ORDER BY place",
    )?;
    let mut rows = select.query(params![room.row_id(context.up_to), room.row_id(u64::MAX), range.0, range.1])?;
    let mut seen = HashSet::new();
    while let Some(row) = rows.next()? {
        let reaction: (i64, String, String) = (row.get("message")?, row.get("emoji")?, row.get("author")?);
        if seen.insert(reaction) && row.get("was_there")? {
            loader.add(row, |count| count.saturating_add(1))?;
        }
    }
    Ok(())
}

/// The messages of a page while their reactions are loaded.
struct Loader<'a> {
    messages: &'a mut [Event],
    context: &'a ReadContext,
    /// Number of people named so far.
    named: usize,
}

impl Loader<'_> {
    /// Adds the reaction in a row: sets its emoji's count to `count` of the count before, and names the person if there
    /// is room for them.
    fn add(&mut self, row: &Row<'_>, count: impl FnOnce(u32) -> u32) -> rusqlite::Result<()> {
        let (row_id, emoji): (i64, String) = (row.get("message")?, row.get("emoji")?);
        let found = self.messages.binary_search_by_key(&seq_of(row_id), |message| message.seq);
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
        let Some(person) = decode::author(row, "author", "name")? else { return Ok(()) };
        if person.id == self.context.reader {
            people.truncate(limits::REACTION_PEOPLE - 1);
            people.insert(0, person);
        } else if people.len() < limits::REACTION_PEOPLE && self.named < PAGE_NAMES {
            people.push(person);
            self.named += 1;
        }
        Ok(())
    }
}

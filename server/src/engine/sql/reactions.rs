//! The reactions of the messages in a page.

use std::collections::HashSet;

use parlor::{AuthorId, Emoji, Event, EventKind, Reaction, limits};

use super::super::ReadContext;
use super::connection::{Row, SqlConnection, SqlResult};
use super::decode;
use super::row_id::{RoomId, seq_of};
use super::value::{Param, ToParam as _, params};

/// People whose names one page contains at most. In a page with very many reactions the others are only counted, so
/// that the page fits into one connection's write queue.
const PAGE_NAMES: usize = 1_000;

/// Later changes that are in memory at a time.
const CHUNK_CHANGES: usize = 1_000;

/// Loads the reactions of messages, which are in the order of their seqs, as they were at the context's seq.
pub(in crate::engine) fn load(
    database: &dyn SqlConnection,
    room: RoomId,
    context: &ReadContext,
    messages: &mut [Event],
) -> SqlResult<()> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    let range = (room.row_id(first.seq), room.row_id(last.seq));
    let mut loader = Loader { messages, context, named: 0 };
    let rows = database.query(SELECT, &select_params(range, context))?;
    loader.add_all(&rows)?;
    // Reactions that were removed later still existed at the context's seq. The first change of a person after that
    // seq tells whether theirs did: only an existing reaction can be removed.
    let (mut after, end) = (room.row_id(context.up_to), room.row_id(u64::MAX));
    let mut seen = HashSet::new();
    loop {
        let rows = database.query(
            "SELECT target, emoji, author, name, kind = 'unreacted', place FROM changes
             WHERE place > $1 AND place <= $2 AND kind IN ('reacted', 'unreacted') AND target BETWEEN $3 AND $4
             ORDER BY place LIMIT $5",
            params![after, end, range.0, range.1, CHUNK_CHANGES],
        )?;
        for row in &rows {
            let reaction: (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if seen.insert(reaction) && row.get(4)? {
                loader.add(row, |count| count.saturating_add(1))?;
            }
            after = row.get(5)?;
        }
        if rows.len() < CHUNK_CHANGES {
            return Ok(());
        }
    }
}

/// Loads the reactions of messages in any rooms and order, as they are now.
pub(in crate::engine) fn load_current(
    database: &dyn SqlConnection,
    reader: &AuthorId,
    messages: Vec<(RoomId, &mut Event)>,
) -> SqlResult<()> {
    let context = ReadContext { up_to: u64::MAX, reader: reader.clone() };
    let row_ids = messages.iter().map(|(room, message)| room.row_id(message.seq));
    let params: Vec<_> = row_ids.map(|row_id| select_params((row_id, row_id), &context).to_vec()).collect();
    let (found, mut named) = (database.query_each(SELECT, &params)?, 0);
    for ((_, message), rows) in messages.into_iter().zip(found) {
        let mut loader = Loader { messages: std::slice::from_mut(message), context: &context, named };
        loader.add_all(&rows)?;
        named = loader.named;
    }
    Ok(())
}

/// Selects the reactions of messages in a range of row ids: those that still exist, with their numbers and some people.
const SELECT: &str = "SELECT message, emoji, author, name, count FROM (
        SELECT message, emoji, author, name, began, count(*) OVER whole AS count,
               row_number() OVER (PARTITION BY message, emoji ORDER BY author <> $4, seq) AS number
        FROM reactions WHERE message BETWEEN $1 AND $2 AND seq <= $3
        WINDOW whole AS (PARTITION BY message, emoji)) AS numbered
    WHERE number <= $5 ORDER BY message, began, emoji, number";

/// The parameters of [`SELECT`].
fn select_params((first, last): (i64, i64), context: &ReadContext) -> [Param<'_>; 5] {
    [
        Param::Integer(first),
        Param::Integer(last),
        context.up_to.to_param(),
        Param::Text(context.reader.as_str()),
        limits::REACTION_PEOPLE.to_param(),
    ]
}

/// The messages of a page while their reactions are loaded.
struct Loader<'a> {
    messages: &'a mut [Event],
    context: &'a ReadContext,
    /// Number of people named so far.
    named: usize,
}

impl Loader<'_> {
    /// Adds the reactions in rows of [`SELECT`].
    fn add_all(&mut self, rows: &[Row]) -> SqlResult<()> {
        for row in rows {
            let count = row.get(4)?;
            self.add(row, |_| count)?;
        }
        Ok(())
    }

    /// Adds the reaction in a row, which begins with the message's row id, the emoji, the author and their name: sets
    /// the emoji's count to `count` of the count before, and names the person if there is room for them.
    fn add(&mut self, row: &Row, count: impl FnOnce(u32) -> u32) -> SqlResult<()> {
        let (row_id, emoji): (i64, String) = (row.get(0)?, row.get(1)?);
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
        let Some(person) = decode::author(row, 2, 3)? else { return Ok(()) };
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

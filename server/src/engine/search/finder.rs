//! Finds messages: those that the index has in the index, newer ones in the log.
//!
//! The index is a little behind the log. So a search finds every matching message that was committed before it, whether
//! the index is a moment behind or is still being made.

use std::cmp::Reverse;
use std::collections::HashMap;

use parlor::message::Hit;
use parlor::{AuthorId, EventKind, RoomName, Search, limits};
use rusqlite::{Connection, Row, Rows, params};

use super::super::SearchResults;
use super::super::sql::connection::{SqlConnection, SqlResult};
use super::super::sql::decode::PAGE_BYTES;
use super::super::sql::row_id::{RoomId, seq_of};
use super::super::sql::value::params as sql_params;
use super::super::sql::{messages, rooms};
use super::index::HOUR_MS;
use super::log_source::{self, LoggedMessage, SELECT_MESSAGES, logged_message};
use super::ngrams::{IndexQuery, index_query};

/// Matches per room that are read at most: one more than a result contains shows that there are more.
const MAX_MATCHES: usize = limits::SEARCH_HITS + 1;

/// The newest messages of a room that are searched without the n-grams for a word of one or two characters. In most
/// languages they contain enough matches; where they do not, the word is rare, and the n-grams are fast.
const SCANNED_FIRST: i64 = 5_000;

/// Number of messages that are read from the log at a time.
const LOG_PAGE: usize = 1_000;

/// The row id and the time of a matching message.
type Match = (i64, i64);

/// Searches for the newest matching messages in these rooms.
pub(super) fn search(
    index: &Connection,
    log: &dyn SqlConnection,
    rooms: &[RoomName],
    search: &Search,
    reader: &AuthorId,
) -> SqlResult<SearchResults> {
    let index = index.unchecked_transaction()?;
    // This statement has to be the first: then the index has no event that the log, which is read after it, lacks.
    let mut select = index.prepare_cached("SELECT room, seq FROM followed")?;
    let indexed: HashMap<i64, u64> =
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let finder = Finder { index: &index, log, search, query: index_query(search) };
    let mut found = Vec::new();
    for (name, end) in rooms.iter().zip(rooms::tops(log, rooms)?) {
        let Some((room, top)) = end else { continue };
        let indexed_up_to = indexed.get(&room.0).copied().unwrap_or(0);
        // Matches of different rooms are ordered by time. Within a room they keep the order of the log, also where the
        // clock went back.
        let mut time = i64::MAX;
        for (row_id, at) in finder.matches_in(room, indexed_up_to, top)? {
            time = time.min(at);
            found.push((time, name, (room, seq_of(row_id))));
        }
    }
    found.sort_by_key(|(time, ..)| Reverse(*time));
    let (mut hits, mut bytes) = (Vec::new(), 0);
    let newest = &found[..found.len().min(limits::SEARCH_HITS)];
    let messages: Vec<_> = newest.iter().map(|(.., message)| *message).collect();
    for ((_, name, _), event) in newest.iter().zip(messages::find(log, &messages, reader)?) {
        let Some(event) = event else { continue };
        let EventKind::Posted { author, body: Some(body), .. } = &event.kind else { continue };
        // A damaged index may have another text.
        if !search.matches(author.name.as_str(), body.as_str(), event.at) {
            continue;
        }
        bytes += body.as_str().len();
        if bytes > PAGE_BYTES && !hits.is_empty() {
            break;
        }
        hits.push(Hit { room: (*name).clone(), event });
    }
    Ok(SearchResults { has_more: hits.len() < found.len(), hits })
}

/// Finds the matches of one search, in one state of the index and of the log.
struct Finder<'a> {
    index: &'a Connection,
    log: &'a dyn SqlConnection,
    search: &'a Search,
    query: IndexQuery,
}

impl Finder<'_> {
    /// The newest matches in a room, newest first, at most [`MAX_MATCHES`]. The log ends at the seq `top`.
    fn matches_in(&self, room: RoomId, indexed_up_to: u64, top: u64) -> SqlResult<Vec<Match>> {
        let unindexed = [room.row_id(indexed_up_to.saturating_add(1)), room.row_id(top)];
        let mut found = self.matches_in_log(unindexed)?;
        if found.len() < MAX_MATCHES && indexed_up_to > 0 {
            // The index has other texts of these.
            let changed = match indexed_up_to < top {
                true => log_source::changed_messages(self.log, unindexed)?,
                false => Vec::new(),
            };
            let mut earlier = self.matches_in_index(room, indexed_up_to, &changed)?;
            earlier.extend(changed.iter().filter_map(|message| self.check(message)));
            earlier.sort_by_key(|(row_id, _)| Reverse(*row_id));
            found.append(&mut earlier);
            found.truncate(MAX_MATCHES);
        }
        Ok(found)
    }

    /// The newest matches in a range of row ids of the log.
    fn matches_in_log(&self, [first, last]: [i64; 2]) -> SqlResult<Vec<Match>> {
        let (mut found, mut last) = (Vec::new(), last);
        let select = format!("{SELECT_MESSAGES} WHERE place BETWEEN $1 AND $2 ORDER BY place DESC LIMIT $3");
        while first <= last && found.len() < MAX_MATCHES {
            let messages = self.log.query_map(&select, sql_params![first, last, LOG_PAGE], logged_message)?;
            found.extend(messages.iter().filter_map(|message| self.check(message)));
            match messages.last() {
                Some(oldest) if messages.len() == LOG_PAGE => last = oldest.row_id - 1,
                _ => break,
            }
        }
        found.truncate(MAX_MATCHES);
        Ok(found)
    }

    /// Whether a message of the log matches.
    fn check(&self, message: &LoggedMessage) -> Option<Match> {
        let LoggedMessage { row_id, name, text, at } = message;
        self.search.matches(name, text.as_ref()?, at.unsigned_abs()).then_some((*row_id, *at))
    }

    /// The newest matches in the index up to a seq, without the messages that have `changed` since.
    fn matches_in_index(&self, room: RoomId, up_to: u64, changed: &[LoggedMessage]) -> SqlResult<Vec<Match>> {
        let Some((first, last)) = self.row_id_range(room)? else { return Ok(Vec::new()) };
        let range = (first, last.min(room.row_id(up_to)));
        let found = match &self.query {
            IndexQuery::AllOf(ngrams) => self.candidates(ngrams, range, changed)?,
            IndexQuery::Prefix(_) => self.scan(range, SCANNED_FIRST, changed)?,
            IndexQuery::Unindexed => self.scan(range, i64::MAX, changed)?,
        };
        Ok(match &self.query {
            IndexQuery::Prefix(ngram) if found.len() < MAX_MATCHES => self.candidates(ngram, range, changed)?,
            _ => found,
        })
    }

    /// The matches among the messages that the n-grams select.
    fn candidates(
        &self,
        ngrams: &str,
        (first, last): (i64, i64),
        changed: &[LoggedMessage],
    ) -> rusqlite::Result<Vec<Match>> {
        let mut select = self.index.prepare_cached(
            "SELECT t.place, t.name, t.text, t.at FROM grams CROSS JOIN texts t ON t.place = grams.rowid
             WHERE grams MATCH ?1 AND grams.rowid BETWEEN ?2 AND ?3 ORDER BY grams.rowid DESC",
        )?;
        self.check_all(select.query(params![ngrams, first, last])?, changed)
    }

    /// The matches among the newest `limit` messages of a range.
    fn scan(&self, (first, last): (i64, i64), limit: i64, changed: &[LoggedMessage]) -> rusqlite::Result<Vec<Match>> {
        let mut select = self.index.prepare_cached(
            "SELECT place, name, text, at FROM texts WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC LIMIT ?3",
        )?;
        self.check_all(select.query(params![first, last, limit])?, changed)
    }

    /// The first matches in these rows, at most [`MAX_MATCHES`], without the `changed` messages, which are in
    /// descending order.
    fn check_all(&self, mut rows: Rows<'_>, changed: &[LoggedMessage]) -> rusqlite::Result<Vec<Match>> {
        let is_current = |row_id: i64| changed.binary_search_by(|message| row_id.cmp(&message.row_id)).is_err();
        let mut found = Vec::new();
        while found.len() < MAX_MATCHES
            && let Some(row) = rows.next()?
        {
            found.extend(self.check_indexed(row)?.filter(|(row_id, _)| is_current(*row_id)));
        }
        Ok(found)
    }

    /// Whether the message in a row of the index matches. Name and text are folded, and folding them again changes
    /// nothing.
    fn check_indexed(&self, row: &Row<'_>) -> rusqlite::Result<Option<Match>> {
        let (name, text, at) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?, row.get::<_, i64>(3)?);
        let matches = self.search.matches(name, text, at.unsigned_abs());
        Ok(if matches { Some((row.get(0)?, at)) } else { None })
    }

    /// The range of row ids that contains all indexed messages of the days that the search names. `None` if there are
    /// no such messages.
    fn row_id_range(&self, room: RoomId) -> rusqlite::Result<Option<(i64, i64)>> {
        let (since, until) = (self.search.since(), self.search.until());
        if since.is_none() && until.is_none() {
            let [first, last] = room.row_ids();
            return Ok(Some((first, last)));
        }
        let mut hours = self
            .index
            .prepare_cached("SELECT min(first), max(last) FROM hours WHERE room = ?1 AND hour BETWEEN ?2 AND ?3")?;
        let hour = |at: Option<i64>, otherwise| at.map_or(otherwise, |at| at.div_euclid(HOUR_MS));
        let range = params![room.0, hour(since, i64::MIN), hour(until, i64::MAX)];
        let (first, last): (Option<i64>, Option<i64>) = hours.query_row(range, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(first.zip(last))
    }
}

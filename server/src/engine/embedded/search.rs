//! Searches messages: the index selects candidates, and the messages themselves decide.
//!
//! The index is a little behind the log. Messages that it does not have yet are read from the log. So a search finds
//! every matching message that was committed before it, whether the index is a moment behind or is still being made.

use std::cmp::Reverse;
use std::collections::HashMap;

use parlor::message::Hit;
use parlor::{AuthorId, EventKind, RoomName, Search, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, Rows, params};

use super::super::sql::connection::SqlResult;
use super::super::sql::decode::PAGE_BYTES;
use super::super::sql::log::LogEnd;
use super::super::sql::messages;
use super::super::sql::row_id::{RoomId, seq_of};
use super::super::{ReadContext, SearchResults};
use super::index::HOUR_MS;
use super::ngrams::{IndexQuery, index_query};

/// Matches per room that are read at most: one more than a result contains shows that there are more.
const MAX_MATCHES: usize = limits::SEARCH_HITS + 1;

/// The newest messages of a room that are searched without the index for a word of one or two characters. In most
/// languages they contain enough matches; where they do not, the word is rare, and the index is fast.
const SCANNED_FIRST: i64 = 5_000;

/// The row id and the time of a matching message.
type Match = (i64, i64);

/// Searches for the newest matching messages in these rooms.
pub(super) fn search(
    database: &Connection,
    rooms: &[RoomName],
    search: &Search,
    reader: &AuthorId,
) -> SqlResult<SearchResults> {
    let transaction = database.unchecked_transaction()?;
    // This statement has to be the first: then the index has no event that the log, which is read after it, lacks.
    let mut select = transaction.prepare_cached("SELECT room, seq FROM search.followed")?;
    let indexed: HashMap<i64, u64> =
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let finder = Finder { database: &transaction, search, query: index_query(search) };
    let mut found = Vec::new();
    for name in rooms {
        let Some(end) = LogEnd::find(&*transaction, name)? else { continue };
        let indexed_up_to = indexed.get(&end.room.0).copied().unwrap_or(0);
        // Matches of different rooms are ordered by time. Within a room they keep the order of the log, also where the
        // clock went back.
        let mut time = i64::MAX;
        for (row_id, at) in finder.matches_in(end.room, indexed_up_to, end.top)? {
            time = time.min(at);
            found.push((time, row_id, name, end.room, end.top));
        }
    }
    found.sort_by_key(|(time, ..)| Reverse(*time));
    let (mut hits, mut bytes) = (Vec::new(), 0);
    for (_, row_id, name, room, up_to) in found.iter().take(limits::SEARCH_HITS) {
        let context = ReadContext { up_to: *up_to, reader: reader.clone() };
        let Some(event) = messages::find(&*transaction, *room, seq_of(*row_id), &context)? else { continue };
        let EventKind::Posted { body: Some(body), .. } = &event.kind else { continue };
        bytes += body.as_str().len();
        if bytes > PAGE_BYTES && !hits.is_empty() {
            break;
        }
        hits.push(Hit { room: (*name).clone(), event });
    }
    Ok(SearchResults { has_more: hits.len() < found.len(), hits })
}

/// Finds the matches of one search, in one transaction.
struct Finder<'a> {
    database: &'a Connection,
    search: &'a Search,
    query: IndexQuery,
}

impl Finder<'_> {
    /// The newest matches in a room, newest first, at most [`MAX_MATCHES`].
    fn matches_in(&self, room: RoomId, indexed_up_to: u64, top: u64) -> rusqlite::Result<Vec<Match>> {
        let unindexed = self.unindexed(room, indexed_up_to, top)?;
        let mut found = Vec::new();
        let mut find = self
            .database
            .prepare_cached("SELECT place, name, coalesce(text, body), at FROM messages WHERE place = ?1")?;
        for row_id in &unindexed {
            if found.len() == MAX_MATCHES {
                break;
            }
            found.extend(find.query_row([row_id], |row| self.check(row)).optional()?.flatten());
        }
        if let Some(range) = self.row_id_range(room)? {
            let mut indexed = match &self.query {
                IndexQuery::AllOf(ngrams) => self.candidates(ngrams, range, &unindexed)?,
                IndexQuery::Prefix(_) => self.scan(range, SCANNED_FIRST, &unindexed)?,
                IndexQuery::Unindexed => self.scan(range, i64::MAX, &unindexed)?,
            };
            if let IndexQuery::Prefix(ngram) = &self.query
                && indexed.len() < MAX_MATCHES
            {
                indexed = self.candidates(ngram, range, &unindexed)?;
            }
            found.append(&mut indexed);
        }
        found.sort_by_key(|(row_id, _)| Reverse(*row_id));
        found.truncate(MAX_MATCHES);
        Ok(found)
    }

    /// The matches among the messages that the index selects.
    fn candidates(&self, ngrams: &str, (first, last): (i64, i64), unindexed: &[i64]) -> rusqlite::Result<Vec<Match>> {
        let mut select = self.database.prepare_cached(
            "SELECT m.place, m.name, coalesce(m.text, m.body), m.at FROM search.grams CROSS JOIN messages m
             ON m.place = grams.rowid WHERE grams MATCH ?1 AND grams.rowid BETWEEN ?2 AND ?3
             ORDER BY grams.rowid DESC",
        )?;
        self.check_all(select.query(params![ngrams, first, last])?, unindexed)
    }

    /// The matches among the newest `limit` messages of a range, without the index.
    fn scan(&self, (first, last): (i64, i64), limit: i64, unindexed: &[i64]) -> rusqlite::Result<Vec<Match>> {
        let mut select = self.database.prepare_cached(
            "SELECT place, name, coalesce(text, body), at FROM messages WHERE place BETWEEN ?1 AND ?2
             ORDER BY place DESC LIMIT ?3",
        )?;
        self.check_all(select.query(params![first, last, limit])?, unindexed)
    }

    /// The first matches in these rows, at most [`MAX_MATCHES`], without the unindexed messages.
    fn check_all(&self, mut rows: Rows<'_>, unindexed: &[i64]) -> rusqlite::Result<Vec<Match>> {
        let is_indexed = |row_id: i64| unindexed.binary_search_by(|known| row_id.cmp(known)).is_err();
        let mut found = Vec::new();
        while found.len() < MAX_MATCHES
            && let Some(row) = rows.next()?
        {
            found.extend(self.check(row)?.filter(|(row_id, _)| is_indexed(*row_id)));
        }
        Ok(found)
    }

    /// The message in a row, if it matches.
    fn check(&self, row: &Row<'_>) -> rusqlite::Result<Option<Match>> {
        let (name, text) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str_or_null()?);
        let at: i64 = row.get(3)?;
        let matches = text.is_some_and(|text| self.search.matches(name, text, at.unsigned_abs()));
        Ok(if matches { Some((row.get(0)?, at)) } else { None })
    }

    /// The messages whose current texts the index does not have, newest first.
    fn unindexed(&self, room: RoomId, indexed_up_to: u64, top: u64) -> rusqlite::Result<Vec<i64>> {
        let mut select = self.database.prepare_cached(
            "SELECT place FROM messages WHERE place BETWEEN ?1 AND ?2
             UNION SELECT target FROM changes WHERE place BETWEEN ?1 AND ?2 AND kind = 'edited' ORDER BY 1 DESC",
        )?;
        let range = [room.row_id(indexed_up_to.saturating_add(1)), room.row_id(top)];
        select.query_map(range, |row| row.get(0))?.collect()
    }

    /// The range of row ids that contains all indexed messages of the days that the search names. `None` if there are
    /// no such messages.
    fn row_id_range(&self, room: RoomId) -> rusqlite::Result<Option<(i64, i64)>> {
        let (since, until) = (self.search.since(), self.search.until());
        if since.is_none() && until.is_none() {
            let [first, last] = room.row_ids();
            return Ok(Some((first, last)));
        }
        let mut hours = self.database.prepare_cached(
            "SELECT min(first), max(last) FROM search.hours WHERE room = ?1 AND hour BETWEEN ?2 AND ?3",
        )?;
        let hour = |at: Option<i64>, otherwise| at.map_or(otherwise, |at| at.div_euclid(HOUR_MS));
        let range = params![room.0, hour(since, i64::MIN), hour(until, i64::MAX)];
        let (first, last): (Option<i64>, Option<i64>) = hours.query_row(range, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(first.zip(last))
    }
}

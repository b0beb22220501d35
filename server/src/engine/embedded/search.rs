//! Finds messages: the index says where to look, the messages themselves decide.
//!
//! The index follows the log a little behind. What it has not taken in yet is looked through as it is: so whatever was
//! committed before a search is found by it, whether the index is a moment behind or has only begun.

use std::cmp::Reverse;
use std::collections::HashMap;

use parlor::message::Hit;
use parlor::{AuthorId, EventKind, RoomName, Search, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, Rows, params};

use super::super::{Found, Reading};
use super::follower::HOUR_MS;
use super::grams::{Asked, asked};
use super::log::{End, PAGE_BYTES};
use super::messages;
use super::place::{RoomId, seq_of};

/// Reads one more than is shown: it tells whether there are more.
const ENOUGH: usize = limits::SEARCH_HITS + 1;

/// The newest messages of a room that are looked through for a word of one or two characters before the index is asked:
/// in most languages that finds enough, and where it does not, the word is rare.
const NEWEST: i64 = 5_000;

/// Finds the newest messages in these rooms.
pub(super) fn search(
    database: &Connection,
    rooms: &[RoomName],
    search: &Search,
    reader: &AuthorId,
) -> rusqlite::Result<Found> {
    let moment = database.unchecked_transaction()?;
    // This has to come first: the index of that moment can know nothing then that the log, read after it, does not.
    let mut followed = moment.prepare_cached("SELECT room, seq FROM search.followed")?;
    let followed: HashMap<i64, u64> =
        followed.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let looking = Looking { database: &moment, search, asked: asked(search) };
    let mut found = Vec::new();
    for name in rooms {
        let Some(end) = End::find(&moment, name)? else { continue };
        let followed = followed.get(&end.room.0).copied().unwrap_or(0);
        // Rooms have nothing in common but the clock; within one the order is that of its log, also where the clock
        // went back.
        let mut clock = i64::MAX;
        for (place, at) in looking.look(end.room, followed, end.top)? {
            clock = clock.min(at);
            found.push((clock, place, name, end.room, end.top));
        }
    }
    found.sort_by_key(|(clock, ..)| Reverse(*clock));
    let (mut hits, mut bytes) = (Vec::new(), 0);
    for (_, place, name, room, up_to) in found.iter().take(limits::SEARCH_HITS) {
        let reading = Reading { up_to: *up_to, reader: reader.clone() };
        let Some(event) = messages::one(&moment, *room, seq_of(*place), &reading)? else { continue };
        let EventKind::Posted { body: Some(body), .. } = &event.kind else { continue };
        bytes += body.as_str().len();
        if bytes > PAGE_BYTES && !hits.is_empty() {
            break;
        }
        hits.push(Hit { room: (*name).clone(), event });
    }
    Ok(Found { more: hits.len() < found.len(), hits })
}

/// Looking through rooms, at a moment.
struct Looking<'a> {
    database: &'a Connection,
    search: &'a Search,
    asked: Asked,
}

impl Looking<'_> {
    /// The places and times of a room's newest messages that are found, newest first.
    fn look(&self, room: RoomId, followed: u64, top: u64) -> rusqlite::Result<Vec<(i64, i64)>> {
        let tail = self.changed(room, followed, top)?;
        let mut found = Vec::new();
        let mut find = self
            .database
            .prepare_cached("SELECT place, name, coalesce(text, body), at FROM messages WHERE place = ?1")?;
        for place in &tail {
            if found.len() == ENOUGH {
                break;
            }
            found.extend(find.query_row([place], |row| self.check(row)).optional()?.flatten());
        }
        if let Some(range) = self.between(room)? {
            let mut rest = match &self.asked {
                Asked::Grams(grams) => self.by_index(grams, range, &tail)?,
                Asked::Beginning(_) => self.one_by_one(range, NEWEST, &tail)?,
                Asked::Nothing => self.one_by_one(range, i64::MAX, &tail)?,
            };
            if let Asked::Beginning(gram) = &self.asked
                && rest.len() < ENOUGH
            {
                rest = self.by_index(gram, range, &tail)?;
            }
            found.append(&mut rest);
        }
        found.sort_by_key(|(place, _)| Reverse(*place));
        found.truncate(ENOUGH);
        Ok(found)
    }

    /// Those that the index says may be meant.
    fn by_index(&self, grams: &str, (first, last): (i64, i64), tail: &[i64]) -> rusqlite::Result<Vec<(i64, i64)>> {
        let mut select = self.database.prepare_cached(
            "SELECT m.place, m.name, coalesce(m.text, m.body), m.at FROM search.grams CROSS JOIN messages m
             ON m.place = grams.rowid WHERE grams MATCH ?1 AND grams.rowid BETWEEN ?2 AND ?3
             ORDER BY grams.rowid DESC",
        )?;
        self.enough(select.query(params![grams, first, last])?, tail)
    }

    /// Those among the newest that the index knows.
    fn one_by_one(&self, (first, last): (i64, i64), most: i64, tail: &[i64]) -> rusqlite::Result<Vec<(i64, i64)>> {
        let mut select = self.database.prepare_cached(
            "SELECT place, name, coalesce(text, body), at FROM messages WHERE place BETWEEN ?1 AND ?2
             ORDER BY place DESC LIMIT ?3",
        )?;
        self.enough(select.query(params![first, last, most])?, tail)
    }

    /// The first rows that are found and not in the tail: what has changed since has been looked at.
    fn enough(&self, mut rows: Rows<'_>, tail: &[i64]) -> rusqlite::Result<Vec<(i64, i64)>> {
        let mut found = Vec::new();
        while found.len() < ENOUGH
            && let Some(row) = rows.next()?
        {
            found
                .extend(self.check(row)?.filter(|(place, _)| tail.binary_search_by(|known| place.cmp(known)).is_err()));
        }
        Ok(found)
    }

    /// The place and time of the message in a row, if it is found.
    fn check(&self, row: &Row<'_>) -> rusqlite::Result<Option<(i64, i64)>> {
        let (name, text) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str_or_null()?);
        let at: i64 = row.get(3)?;
        let found = text.is_some_and(|text| self.search.matches(name, text, at.unsigned_abs()));
        Ok(if found { Some((row.get(0)?, at)) } else { None })
    }

    /// The messages that the index does not know as they are now, newest first.
    fn changed(&self, room: RoomId, followed: u64, top: u64) -> rusqlite::Result<Vec<i64>> {
        let mut select = self.database.prepare_cached(
            "SELECT place FROM messages WHERE place BETWEEN ?1 AND ?2
             UNION SELECT target FROM changes WHERE place BETWEEN ?1 AND ?2 AND kind = 'edited' ORDER BY 1 DESC",
        )?;
        let range = [room.place(followed.saturating_add(1)), room.place(top)];
        select.query_map(range, |row| row.get(0))?.collect()
    }

    /// The places between which the index may have something of the days that are looked for.
    fn between(&self, room: RoomId) -> rusqlite::Result<Option<(i64, i64)>> {
        let (since, until) = (self.search.since(), self.search.until());
        if since.is_none() && until.is_none() {
            return Ok(Some((room.place(1), room.place(u64::MAX))));
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

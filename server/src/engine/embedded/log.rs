//! One room's log in the database: its end, to which events are joined, and the events as they happened.

use parlor::message::ResetReason;
use parlor::{Author, AuthorId, Body, ChainMark, ClientId, Cursor, Epoch, Event, Mention, RoomName, limits};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::chain::{self, Fields, Link, Salt};
use super::super::{Page, Receipt, Since};
use super::place::{RoomId, seq_of};
use super::{row, unlogged_receipts};
use crate::random;

/// Bytes of texts in one page; a page of very long messages has fewer of them, so that it fits what may wait for one
/// socket.
pub(super) const PAGE_BYTES: usize = 128 * 1024;

/// The end of a room's log, to which the next event is joined.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) room: RoomId,
    pub(super) epoch: Epoch,
    pub(super) top: u64,
    pub(super) link: Link,
}

/// The kind of event that is a message.
pub(super) const POSTED: &str = "posted";

/// A text with the people mentioned in it, as both are stored.
#[derive(Debug)]
pub(super) struct StoredText<'a> {
    pub(super) body: &'a str,
    pub(super) mentions: Option<String>,
}

impl<'a> StoredText<'a> {
    pub(super) fn new(body: &'a Body, mentions: Option<&[Mention]>) -> Self {
        Self { body: body.as_str(), mentions: mentions.map(row::mentions_text) }
    }
}

/// An event that is to be joined to a log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) at: u64,
    pub(super) kind: &'static str,
    pub(super) author: &'a Author,
    pub(super) client_id: &'a ClientId,
    /// The seq of the message that it is about, or that it answers.
    pub(super) target: Option<u64>,
    pub(super) emoji: Option<&'a str>,
    pub(super) text: Option<&'a StoredText<'a>>,
    /// See [`Append::once`](super::super::Append::once).
    pub(super) once: bool,
}

/// An event that has been joined to its log.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) seq: u64,
    pub(super) at: u64,
    pub(super) mark: ChainMark,
}

impl End {
    /// The end of a room's log, if there is such a room.
    pub(super) fn find(database: &Connection, name: &RoomName) -> rusqlite::Result<Option<Self>> {
        let Some((room, epoch)) = find_room(database, name)? else { return Ok(None) };
        let mut newest = database.prepare_cached(
            "SELECT place, link FROM events WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC LIMIT 1",
        )?;
        let newest = newest
            .query_row(params![room.place(1), room.place(u64::MAX)], |row| {
                Ok((seq_of(row.get(0)?), Link::from_bytes(row.get(1)?)))
            })
            .optional()?;
        let (top, link) = newest.unwrap_or_default();
        Ok(Some(Self { room, epoch, top, link }))
    }

    /// Begins a new room's log. Requests that came before it keep their receipts.
    pub(super) fn begin(database: &Connection, name: &RoomName, epoch: &Epoch) -> rusqlite::Result<Self> {
        let mut insert = database.prepare_cached("INSERT INTO rooms (name, epoch) VALUES (?1, ?2)")?;
        let room = RoomId(insert.insert(params![name.as_str(), epoch.0])?);
        unlogged_receipts::move_to_log(database, name, room)?;
        Ok(Self { room, epoch: epoch.clone(), top: 0, link: Link::default() })
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.top, hash: self.link.mark() }
    }

    /// Joins an event to the log; nothing happens, and nothing is returned, if the same has been asked for before.
    pub(super) fn join(&mut self, database: &Connection, entry: &Entry<'_>) -> rusqlite::Result<Option<Joined>> {
        let (seq, at) = (self.top + 1, entry.at);
        let (author, name) = (entry.author.id.as_str(), entry.author.name.as_str());
        let receipt = Receipt { seq, at };
        if !entry.once && !self.keep(database, &entry.author.id, entry.client_id, receipt)? {
            return Ok(None);
        }
        let salt: Option<Salt> = entry.text.map(|_| random::bytes());
        let text = entry.text.map(|text| text.body);
        let mentions = entry.text.and_then(|text| text.mentions.as_deref());
        let link = self.link.next(&Fields {
            seq,
            at,
            kind: entry.kind,
            author,
            name,
            client_id: entry.client_id.as_str(),
            target: entry.target,
            emoji: entry.emoji,
            text: salt.as_ref().zip(text).map(|(salt, text)| chain::digest(salt, text, mentions)),
        });
        let (place, id, link_bytes) = (self.room.place(seq), entry.client_id.as_str(), link.bytes());
        let target = entry.target.map(|target| self.room.place(target));
        if entry.kind == POSTED {
            let mut insert = database.prepare_cached(
                "INSERT INTO messages (place, at, author, name, client_id, reply_to, salt, body, link, mentions)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?;
            insert.execute(params![place, at, author, name, id, target, salt, text, link_bytes, mentions])?;
        } else {
            let mut insert = database.prepare_cached(
                "INSERT INTO changes (place, at, kind, author, name, client_id, target, emoji, salt, body, link, mentions)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?;
            let Entry { kind, emoji, .. } = *entry;
            insert
                .execute(params![place, at, kind, author, name, id, target, emoji, salt, text, link_bytes, mentions])?;
        }
        (self.top, self.link) = (seq, link);
        Ok(Some(Joined { seq, at, mark: link.mark() }))
    }

    /// Keeps what has come of a request; false, and nothing is kept, if it has come before.
    pub(super) fn keep(
        &self,
        database: &Connection,
        author: &AuthorId,
        id: &ClientId,
        receipt: Receipt,
    ) -> rusqlite::Result<bool> {
        let mut keep = database.prepare_cached(
            "INSERT INTO receipts (client_id, author, room, seq, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?;
        let Receipt { seq, at } = receipt;
        Ok(keep.execute(params![id.as_str(), author.as_str(), self.room.0, seq, at])? > 0)
    }

    /// What came of a request when it came first, if it has come before.
    pub(super) fn receipt(
        &self,
        database: &Connection,
        author: &AuthorId,
        id: &ClientId,
    ) -> rusqlite::Result<Option<Receipt>> {
        let mut first = database
            .prepare_cached("SELECT seq, at FROM receipts WHERE client_id = ?1 AND author = ?2 AND room = ?3")?;
        let receipt = first.query_row(params![id.as_str(), author.as_str(), self.room.0], |row| {
            Ok(Receipt { seq: row.get(0)?, at: row.get(1)? })
        });
        receipt.optional()
    }
}

pub(super) fn find_room(database: &Connection, name: &RoomName) -> rusqlite::Result<Option<(RoomId, Epoch)>> {
    let mut find = database.prepare_cached("SELECT id, epoch FROM rooms WHERE name = ?1")?;
    find.query_row([name.as_str()], |row| Ok((RoomId(row.get(0)?), Epoch(row.get(1)?)))).optional()
}

/// What the room is about.
pub(super) fn topic(database: &Connection, name: &RoomName) -> rusqlite::Result<String> {
    let mut find = database.prepare_cached("SELECT topic FROM rooms WHERE name = ?1")?;
    Ok(find.query_row([name.as_str()], |row| row.get(0)).optional()?.unwrap_or_default())
}

/// The rooms with what they are about, those last spoken in first.
pub(super) fn rooms(database: &Connection, count: usize) -> rusqlite::Result<Vec<(RoomName, String)>> {
    // The newest message of a room is found by its place; where there is none, the time is null, which comes last.
    let mut select = database.prepare_cached(
        "SELECT name, topic FROM rooms ORDER BY (
             SELECT at FROM messages WHERE place BETWEEN id << 40 AND (id + 1 << 40) - 1 ORDER BY place DESC LIMIT 1
         ) DESC, id DESC LIMIT ?1",
    )?;
    let rows = select.query_map([count], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let mut rooms = Vec::new();
    for row in rows {
        let (name, topic) = row?;
        rooms.extend(RoomName::parse(&name).ok().map(|name| (name, topic)));
    }
    Ok(rooms)
}

/// The events after the cursor up to `up_to`.
pub(super) fn since(database: &Connection, name: &RoomName, cursor: &Cursor, up_to: u64) -> rusqlite::Result<Since> {
    let known = match find_room(database, name)? {
        Some((room, epoch)) if epoch == cursor.epoch => mark_at(database, room, cursor.seq)?.map(|mark| (room, mark)),
        _ => None,
    };
    match known {
        Some((room, mark)) if mark == cursor.hash => {
            let events = events(database, room, cursor.seq, up_to)?;
            let last = events.last().map_or(cursor.seq, |last| last.seq);
            Ok(Since::Events(Page { has_older: cursor.seq > 0, has_newer: last < up_to && !events.is_empty(), events }))
        }
        _ => Ok(Since::Reset(ResetReason::OtherLog)),
    }
}

fn mark_at(database: &Connection, room: RoomId, seq: u64) -> rusqlite::Result<Option<ChainMark>> {
    if seq == 0 {
        return Ok(Some(Link::default().mark()));
    }
    let mut find = database.prepare_cached("SELECT link FROM events WHERE place = ?1")?;
    find.query_row([room.place(seq)], |row| Ok(Link::from_bytes(row.get(0)?).mark())).optional()
}

/// The next events after `after` up to `up_to`, oldest first: at most a page of them.
fn events(database: &Connection, room: RoomId, after: u64, up_to: u64) -> rusqlite::Result<Vec<Event>> {
    let mut select = database.prepare_cached(&format!(
        "SELECT {} FROM events WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT ?3",
        row::EVENT
    ))?;
    let mut quoted = database.prepare_cached(
        "SELECT author AS quoted_author, name AS quoted_name, substr(coalesce(text, body), 1, ?2) AS quoted_body
         FROM messages WHERE place = ?1",
    )?;
    let (from, to) = (room.place(after.saturating_add(1)), room.place(up_to));
    let mut rows = select.query(params![from, to, limits::PAGE_EVENTS])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        bytes += row::text_bytes(row)?;
        if bytes > PAGE_BYTES && !events.is_empty() {
            break;
        }
        let quote = |of: i64| quoted.query_row(params![of, limits::QUOTE_CHARS], |row| row::quote(row, of)).optional();
        events.push(row::event(row, quote)?);
    }
    Ok(events)
}

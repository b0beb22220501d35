//! One room's log in the database: appending, and reading parts of it.

use parlor::message::{PageOf, ResetReason};
use parlor::{Author, AuthorId, Body, ChainMark, ClientId, Cursor, Epoch, Event, EventKind, Name, RoomName, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::chain::{Link, Salt};
use super::super::{Page, Receipt, Since};
use crate::random;

/// Bits of a place that are the seq: a trillion events a room, and four million rooms.
const SEQ_BITS: u32 = 40;

/// Bytes of bodies in one page; a page of very long messages has fewer of them, so that it fits what may wait for one
/// socket.
const PAGE_BYTES: usize = 128 * 1024;

/// [`limits::PAGE_EVENTS`] as a distance between places.
const PAGE: u64 = limits::PAGE_EVENTS as u64;

/// A room's number in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoomId(i64);

impl RoomId {
    fn place(self, seq: u64) -> i64 {
        (self.0 << SEQ_BITS) + i64::try_from(seq.min((1 << SEQ_BITS) - 1)).unwrap_or(0)
    }

    pub(super) fn number(self) -> i64 {
        self.0
    }
}

/// The end of a room's log, to which the next event is joined.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) room: RoomId,
    pub(super) epoch: Epoch,
    pub(super) top: u64,
    pub(super) link: Link,
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

    /// Begins a new room's log.
    pub(super) fn begin(database: &Connection, name: &RoomName, epoch: &Epoch) -> rusqlite::Result<Self> {
        let mut insert = database.prepare_cached("INSERT INTO rooms (name, epoch) VALUES (?1, ?2)")?;
        let room = RoomId(insert.insert(params![name.as_str(), epoch.0])?);
        Ok(Self { room, epoch: epoch.clone(), top: 0, link: Link::default() })
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.top, hash: self.link.mark() }
    }

    /// Joins a message to the log, and returns the event; if it was there already, its receipt alone.
    pub(super) fn append(
        &mut self,
        database: &Connection,
        author: Author,
        client_id: ClientId,
        body: Body,
        at: u64,
    ) -> rusqlite::Result<(Receipt, Option<Event>)> {
        let seq = self.top + 1;
        let salt: Salt = random::bytes();
        let link = self.link.posted(seq, at, &author, &client_id, &salt, &body);
        let mut insert = database.prepare_cached(
            "INSERT INTO events (place, at, kind, author, name, client_id, salt, body, link)
             VALUES (?1, ?2, 'posted', ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        )?;
        let inserted = insert.execute(params![
            self.room.place(seq),
            at,
            author.id.as_str(),
            author.name.as_str(),
            client_id.as_str(),
            salt,
            body.as_str(),
            link.bytes(),
        ])?;
        if inserted == 0 {
            return Ok((self.receipt(database, &author.id, &client_id)?, None));
        }
        (self.top, self.link) = (seq, link);
        let event = Event { seq, at, hash: link.mark(), kind: EventKind::posted(author, client_id, body) };
        Ok((Receipt { seq, at }, Some(event)))
    }

    fn receipt(&self, database: &Connection, author: &AuthorId, id: &ClientId) -> rusqlite::Result<Receipt> {
        let mut first = database
            .prepare_cached("SELECT place, at FROM events WHERE author = ?1 AND client_id = ?2 AND place >> 40 = ?3")?;
        first.query_row(params![author.as_str(), id.as_str(), self.room.0], |row| {
            Ok(Receipt { seq: seq_of(row.get(0)?), at: row.get(1)? })
        })
    }
}

fn seq_of(place: i64) -> u64 {
    (place & ((1 << SEQ_BITS) - 1)).unsigned_abs()
}

pub(super) fn find_room(database: &Connection, name: &RoomName) -> rusqlite::Result<Option<(RoomId, Epoch)>> {
    let mut find = database.prepare_cached("SELECT id, epoch FROM rooms WHERE name = ?1")?;
    find.query_row([name.as_str()], |row| Ok((RoomId(row.get(0)?), Epoch(row.get(1)?)))).optional()
}

/// The newest events up to `up_to`.
pub(super) fn newest(database: &Connection, name: &RoomName, up_to: u64) -> rusqlite::Result<Page> {
    page(database, name, PageOf::Before(up_to.saturating_add(1)), up_to)
}

/// A part of the log up to `up_to`. A room without a log has an empty one.
pub(super) fn page(database: &Connection, name: &RoomName, of: PageOf, up_to: u64) -> rusqlite::Result<Page> {
    let Some((room, _)) = find_room(database, name)? else {
        return Ok(Page { events: Vec::new(), has_older: false, has_newer: false });
    };
    let part = match of {
        PageOf::Before(seq) => {
            let to = seq.saturating_sub(1).min(up_to);
            read(database, room, to.saturating_sub(PAGE - 1).max(1), to, Direction::Back)?
        }
        PageOf::After(seq) => {
            let from = seq.saturating_add(1);
            read(database, room, from, seq.saturating_add(PAGE).min(up_to), Direction::On)?
        }
        PageOf::Around(seq) => {
            let half = PAGE / 2;
            let mut part = read(database, room, seq.saturating_sub(half).max(1), seq.min(up_to), Direction::Back)?;
            let after =
                read(database, room, seq.saturating_add(1), seq.saturating_add(half).min(up_to), Direction::On)?;
            part.extend(after);
            part
        }
    };
    Ok(Page {
        // An empty part is one at an end, or beyond it.
        has_older: part.first().map_or(matches!(of, PageOf::After(_)) && up_to > 0, |first| first.seq > 1),
        has_newer: part.last().map_or(matches!(of, PageOf::Before(_)) && up_to > 0, |last| last.seq < up_to),
        events: part,
    })
}

/// The events after the cursor up to `up_to`.
pub(super) fn since(database: &Connection, name: &RoomName, cursor: &Cursor, up_to: u64) -> rusqlite::Result<Since> {
    let known = match find_room(database, name)? {
        Some((room, epoch)) if epoch == cursor.epoch => mark_at(database, room, cursor.seq)?,
        _ => None,
    };
    if known.as_ref() == Some(&cursor.hash) {
        page(database, name, PageOf::After(cursor.seq), up_to).map(Since::Events)
    } else {
        Ok(Since::Reset(ResetReason::OtherLog))
    }
}

fn mark_at(database: &Connection, room: RoomId, seq: u64) -> rusqlite::Result<Option<ChainMark>> {
    if seq == 0 {
        return Ok(Some(Link::default().mark()));
    }
    let mut find = database.prepare_cached("SELECT link FROM events WHERE place = ?1")?;
    find.query_row([room.place(seq)], |row| Ok(Link::from_bytes(row.get(0)?).mark())).optional()
}

/// Which end of a part is kept when it has too many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    On,
    Back,
}

/// The events in `from..=to`, oldest first; fewer, if their bodies are longer than [`PAGE_BYTES`] together.
fn read(database: &Connection, room: RoomId, from: u64, to: u64, direction: Direction) -> rusqlite::Result<Vec<Event>> {
    if from > to {
        return Ok(Vec::new());
    }
    let mut select = database.prepare_cached(match direction {
        Direction::On => {
            "SELECT place, at, kind, author, name, client_id, body, link FROM events
             WHERE place BETWEEN ?1 AND ?2 ORDER BY place"
        }
        Direction::Back => {
            "SELECT place, at, kind, author, name, client_id, body, link FROM events
             WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC"
        }
    })?;
    let mut rows = select.query(params![room.place(from), room.place(to)])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let event = event(row)?;
        if let EventKind::Posted { body: Some(body), .. } = &event.kind {
            bytes += body.as_str().len();
        }
        if bytes > PAGE_BYTES && !events.is_empty() {
            break;
        }
        events.push(event);
    }
    if direction == Direction::Back {
        events.reverse();
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let kind: String = row.get("kind")?;
    let text = |column: &str| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default);
    let (name, client_id, body) = (text("name")?, text("client_id")?, text("body")?);
    // What this program does not know, or no longer has, still has its place.
    let kind = match (kind.as_str(), Name::try_from(name), ClientId::try_from(client_id), Body::try_from(body)) {
        ("posted", Ok(name), Ok(client_id), Ok(body)) => {
            EventKind::posted(Author { id: AuthorId(row.get("author")?), name }, client_id, body)
        }
        _ => EventKind::Unknown,
    };
    Ok(Event {
        seq: seq_of(row.get("place")?),
        at: row.get("at")?,
        hash: Link::from_bytes(row.get("link")?).mark(),
        kind,
    })
}

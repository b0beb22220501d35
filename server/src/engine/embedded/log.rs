//! The end of a room's log, where events are appended, and the receipts of the log's operations.

use parlor::{Author, AuthorId, Body, ChainMark, ClientId, Cursor, Epoch, Mention, RoomName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Receipt;
use super::chain::{self, ChainHash, HashedFields, Salt};
use super::row_id::{RoomId, seq_of};
use super::{decode, rooms, unlogged_receipts};
use crate::random;

/// The end of a room's log, to which the next event is appended.
#[derive(Clone, Debug)]
pub(super) struct LogEnd {
    pub(super) room: RoomId,
    pub(super) epoch: Epoch,
    /// The seq of the last event, 0 in an empty log.
    pub(super) top: u64,
    /// The chain's value at the last event.
    pub(super) hash: ChainHash,
}

/// The kind of the events that are messages. They are stored in `messages`, all others in `changes`.
pub(super) const POSTED: &str = "posted";

/// A text with its mentions, as both are stored.
#[derive(Debug)]
pub(super) struct EncodedBody<'a> {
    pub(super) body: &'a str,
    pub(super) mentions: Option<String>,
}

impl<'a> EncodedBody<'a> {
    pub(super) fn new(body: &'a Body, mentions: Option<&[Mention]>) -> Self {
        Self { body: body.as_str(), mentions: mentions.map(decode::encode_mentions) }
    }
}

/// An event that is to be appended to a log.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewEvent<'a> {
    pub(super) at: u64,
    pub(super) kind: &'static str,
    pub(super) author: &'a Author,
    pub(super) client_id: &'a ClientId,
    /// The seq of the message that the event changes or answers.
    pub(super) target: Option<u64>,
    pub(super) emoji: Option<&'a str>,
    pub(super) body: Option<&'a EncodedBody<'a>>,
    /// See [`Append::skip_receipt`](super::super::Append::skip_receipt).
    pub(super) skip_receipt: bool,
}

/// The position of an appended event.
#[derive(Clone, Debug)]
pub(super) struct AppendedEvent {
    pub(super) seq: u64,
    pub(super) at: u64,
    pub(super) mark: ChainMark,
}

impl LogEnd {
    /// Reads the end of a room's log; `None` if the room has none.
    pub(super) fn find(database: &Connection, name: &RoomName) -> rusqlite::Result<Option<Self>> {
        let Some((room, epoch)) = rooms::find(database, name)? else { return Ok(None) };
        let mut newest = database.prepare_cached(
            "SELECT place, link FROM events WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC LIMIT 1",
        )?;
        let newest = newest
            .query_row(room.row_ids(), |row| Ok((seq_of(row.get(0)?), ChainHash::from_bytes(row.get(1)?))))
            .optional()?;
        let (top, hash) = newest.unwrap_or_default();
        Ok(Some(Self { room, epoch, top, hash }))
    }

    /// Creates a room's log. Receipts of earlier requests to the room stay valid.
    pub(super) fn create(database: &Connection, name: &RoomName, epoch: &Epoch) -> rusqlite::Result<Self> {
        let mut insert = database.prepare_cached("INSERT INTO rooms (name, epoch) VALUES (?1, ?2)")?;
        let room = RoomId(insert.insert(params![name.as_str(), epoch.0])?);
        unlogged_receipts::move_to_log(database, name, room)?;
        Ok(Self { room, epoch: epoch.clone(), top: 0, hash: ChainHash::default() })
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.top, hash: self.hash.mark() }
    }

    /// Appends an event to the log and stores its receipt. `None`, and nothing is written, if the log has a receipt for
    /// the same client id and author.
    pub(super) fn append(
        &mut self,
        database: &Connection,
        event: &NewEvent<'_>,
    ) -> rusqlite::Result<Option<AppendedEvent>> {
        let NewEvent { at, kind, emoji, .. } = *event;
        let seq = self.top + 1;
        let (author, name) = (event.author.id.as_str(), event.author.name.as_str());
        let receipt = Receipt { seq, at };
        if !event.skip_receipt && !self.store_receipt(database, &event.author.id, event.client_id, receipt)? {
            return Ok(None);
        }
        let salt: Option<Salt> = event.body.map(|_| random::bytes());
        let body = event.body.map(|body| body.body);
        let mentions = event.body.and_then(|body| body.mentions.as_deref());
        let hash = self.hash.next(&HashedFields {
            seq,
            at,
            kind,
            author,
            name,
            client_id: event.client_id.as_str(),
            target: event.target,
            emoji,
            body_digest: salt.as_ref().zip(body).map(|(salt, body)| chain::body_digest(salt, body, mentions)),
        });
        let (row_id, id, link) = (self.room.row_id(seq), event.client_id.as_str(), hash.bytes());
        let target = event.target.map(|target| self.room.row_id(target));
        if kind == POSTED {
            let mut insert = database.prepare_cached(
                "INSERT INTO messages (place, at, author, name, client_id, reply_to, salt, body, link, mentions)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?;
            insert.execute(params![row_id, at, author, name, id, target, salt, body, link, mentions])?;
        } else {
            let mut insert = database.prepare_cached(
                "INSERT INTO changes (place, at, kind, author, name, client_id, target, emoji, salt, body, link, mentions)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?;
            insert.execute(params![row_id, at, kind, author, name, id, target, emoji, salt, body, link, mentions])?;
        }
        (self.top, self.hash) = (seq, hash);
        Ok(Some(AppendedEvent { seq, at, mark: hash.mark() }))
    }

    /// Stores the receipt of an operation. False, and nothing is stored, if the operation has a receipt already.
    pub(super) fn store_receipt(
        &self,
        database: &Connection,
        author: &AuthorId,
        id: &ClientId,
        receipt: Receipt,
    ) -> rusqlite::Result<bool> {
        let mut insert = database.prepare_cached(
            "INSERT INTO receipts (client_id, author, room, seq, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?;
        let Receipt { seq, at } = receipt;
        Ok(insert.execute(params![id.as_str(), author.as_str(), self.room.0, seq, at])? > 0)
    }

    /// The stored receipt of an operation, if this author has sent one with this client id before.
    pub(super) fn find_receipt(
        &self,
        database: &Connection,
        author: &AuthorId,
        id: &ClientId,
    ) -> rusqlite::Result<Option<Receipt>> {
        let mut select = database
            .prepare_cached("SELECT seq, at FROM receipts WHERE client_id = ?1 AND author = ?2 AND room = ?3")?;
        let receipt = select.query_row(params![id.as_str(), author.as_str(), self.room.0], |row| {
            Ok(Receipt { seq: row.get(0)?, at: row.get(1)? })
        });
        receipt.optional()
    }
}

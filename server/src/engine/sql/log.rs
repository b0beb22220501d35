//! The end of a room's log, where events are appended, and the receipts of the log's operations.

use parlor::{Author, AuthorId, Body, ChainMark, ClientId, Cursor, Epoch, Mention, RoomName};

use super::super::Receipt;
use super::chain::{self, ChainHash, HashedFields, Salt};
use super::connection::{SqlConnection, SqlResult};
use super::log_tables::{self, LogTables, NewMessage};
use super::row_id::{RoomId, seq_of};
use super::value::params;
use super::{decode, rooms, unlogged_receipts};
use crate::random;

/// The end of a room's log, to which the next event is appended.
#[derive(Clone, Debug)]
pub(in crate::engine) struct LogEnd {
    pub(in crate::engine) room: RoomId,
    pub(in crate::engine) epoch: Epoch,
    /// The seq of the last event, 0 in an empty log.
    pub(in crate::engine) top: u64,
    /// The chain's value at the last event.
    pub(in crate::engine) hash: ChainHash,
}

/// The kind of the events that are messages. They are stored in `messages`, all others in `changes`.
pub(in crate::engine) const POSTED: &str = "posted";

/// A text with its mentions, as both are stored.
#[derive(Debug)]
pub(in crate::engine) struct EncodedBody<'a> {
    pub(in crate::engine) body: &'a str,
    pub(in crate::engine) mentions: Option<String>,
}

impl<'a> EncodedBody<'a> {
    pub(in crate::engine) fn new(body: &'a Body, mentions: Option<&[Mention]>) -> Self {
        Self { body: body.as_str(), mentions: mentions.map(decode::encode_mentions) }
    }
}

/// An event that is to be appended to a log.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct NewEvent<'a> {
    pub(in crate::engine) at: u64,
    pub(in crate::engine) kind: &'static str,
    pub(in crate::engine) author: &'a Author,
    pub(in crate::engine) client_id: &'a ClientId,
    /// The seq of the message that the event changes or answers.
    pub(in crate::engine) target: Option<u64>,
    pub(in crate::engine) emoji: Option<&'a str>,
    pub(in crate::engine) body: Option<&'a EncodedBody<'a>>,
    /// See [`Append::skip_receipt`](super::super::Append::skip_receipt).
    pub(in crate::engine) skip_receipt: bool,
}

/// The position of an appended event.
#[derive(Clone, Debug)]
pub(in crate::engine) struct AppendedEvent {
    pub(in crate::engine) seq: u64,
    pub(in crate::engine) at: u64,
    pub(in crate::engine) mark: ChainMark,
}

impl LogEnd {
    /// Reads the end of a room's log; `None` if the room has none.
    pub(in crate::engine) fn find(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<Option<Self>> {
        let Some((room, epoch)) = rooms::find(database, name)? else { return Ok(None) };
        let [first, last] = room.row_ids();
        let newest = database.query_row(
            "SELECT place, link FROM events WHERE place BETWEEN $1 AND $2 ORDER BY place DESC LIMIT 1",
            params![first, last],
            |row| Ok((seq_of(row.get(0)?), ChainHash::from_bytes(row.get(1)?))),
        )?;
        let (top, hash) = newest.unwrap_or_default();
        Ok(Some(Self { room, epoch, top, hash }))
    }

    /// Creates a room's log. Receipts of earlier requests to the room stay valid.
    pub(in crate::engine) fn create(database: &dyn SqlConnection, name: &RoomName, epoch: &Epoch) -> SqlResult<Self> {
        let sql = "INSERT INTO rooms (name, epoch) VALUES ($1, $2) RETURNING id";
        let id = database.query_row(sql, params![name.as_str(), epoch.0], |row| row.get(0))?;
        let room = RoomId(id.unwrap_or_default());
        unlogged_receipts::move_to_log(database, name, room)?;
        Ok(Self { room, epoch: epoch.clone(), top: 0, hash: ChainHash::default() })
    }

    pub(in crate::engine) fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.top, hash: self.hash.mark() }
    }

    /// Appends an event to the log and stores its receipt. `None`, and nothing is written, if the log has a receipt for
    /// the same client id and author.
    pub(in crate::engine) fn append(
        &mut self,
        tables: &mut impl LogTables,
        event: &NewEvent<'_>,
    ) -> SqlResult<Option<AppendedEvent>> {
        let NewEvent { at, kind, emoji, .. } = *event;
        let seq = self.top + 1;
        let (author, name) = (event.author.id.as_str(), event.author.name.as_str());
        let receipt = Receipt { seq, at };
        if !event.skip_receipt && !tables.store_receipt(self.room, &event.author.id, event.client_id, receipt)? {
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
        let (row_id, client_id, link) = (self.room.row_id(seq), event.client_id.as_str(), hash.bytes());
        let target = event.target.map(|target| self.room.row_id(target));
        if kind == POSTED {
            tables.insert_message(NewMessage {
                row_id,
                at,
                author,
                name,
                client_id,
                reply_to: target,
                salt,
                body,
                link,
                mentions,
            })?;
        } else {
            tables.connection()?.execute(
                "INSERT INTO changes (place, at, kind, author, name, client_id, target, emoji, salt, body, link, mentions)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                params![row_id, at, kind, author, name, client_id, target, emoji, salt, body, link, mentions],
            )?;
        }
        (self.top, self.hash) = (seq, hash);
        Ok(Some(AppendedEvent { seq, at, mark: hash.mark() }))
    }

    /// The stored receipt of an operation, if this author has sent one with this client id before.
    pub(in crate::engine) fn find_receipt(
        &self,
        database: &dyn SqlConnection,
        author: &AuthorId,
        id: &ClientId,
    ) -> SqlResult<Option<Receipt>> {
        log_tables::receipt(database, self.room, author, id)
    }
}

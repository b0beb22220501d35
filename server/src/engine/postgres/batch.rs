//! One transaction of operations: the rooms are locked, receipts are read for all operations at once, the operations are
//! applied one after the other, and messages and receipts are inserted with one statement each.

use std::collections::{HashMap, HashSet};

use parlor::{AuthorId, ClientId, Epoch, Name, RoomName};

use super::super::sql::chain::ChainHash;
use super::super::sql::connection::{SqlConnection, SqlResult};
use super::super::sql::log::LogEnd;
use super::super::sql::log_tables::{LogTables, NewMessage};
use super::super::sql::operation::{self, Applied};
use super::super::sql::row_id::RoomId;
use super::super::{Append, EngineError, NodeId, Receipt};
use super::nodes;
use super::session::BlockingConnection;

/// Whether a transaction waits for rooms that another one has locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoomLock {
    /// It leaves out the operations in such rooms.
    Skip,
    /// It waits, up to the lock time-out.
    Wait,
}

/// What became of an operation in a transaction.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "almost all of them are of the first variant")]
pub(super) enum Outcome {
    /// It was accepted or refused.
    Applied(Result<Applied, EngineError>),
    /// Its room has no log, or with [`RoomLock::Skip`] another transaction has locked it.
    NotLocked,
}

/// Applies operations within a transaction that has begun; `at` is the time of the commit. An operation whose sender does not
/// know of all `failures` is refused, unless it was accepted before.
///
/// # Errors
/// The inner error is [`EngineError::Unavailable`] if the lease of the node has ended. After both errors the transaction has
/// to be rolled back.
pub(super) fn apply(
    database: &BlockingConnection<'_>,
    node: NodeId,
    appends: &[Append],
    lock: RoomLock,
    failures: u64,
    at: u64,
) -> SqlResult<Result<Vec<Outcome>, EngineError>> {
    if let Err(error) = nodes::check(database, node)? {
        return Ok(Err(error));
    }
    let mut ends = lock_rooms(database, appends, lock)?;
    let names = hold_names(database, appends)?;
    let mut tables = BatchTables::new(database, receipts(database, appends, &ends)?);
    let mut outcomes = Vec::with_capacity(appends.len());
    for append in appends {
        outcomes.push(match ends.get_mut(&append.room) {
            // Whoever lost the name, or has another one now, must not write under it any more. What was written before
            // keeps its receipt.
            Some(end) if append.known_failures < failures && !tables.has_receipt(end.room, append) => {
                Outcome::Applied(Err(EngineError::Unavailable))
            }
            Some(end)
                if names.get(&append.author.id) != Some(&append.author.name)
                    && !tables.has_receipt(end.room, append) =>
            {
                Outcome::Applied(Err(EngineError::NameLost))
            }
            Some(end) => Outcome::Applied(operation::apply(&mut tables, end, append, at)?),
            None if append.known_failures < failures => Outcome::Applied(Err(EngineError::Unavailable)),
            None => Outcome::NotLocked,
        });
    }
    tables.flush()?;
    store_ends(database, &ends)?;
    Ok(Ok(outcomes))
}

/// Locks the rooms of operations, in the order of their numbers, and returns the ends of their logs.
fn lock_rooms(
    database: &BlockingConnection<'_>,
    appends: &[Append],
    lock: RoomLock,
) -> SqlResult<HashMap<RoomName, LogEnd>> {
    let rooms: HashSet<_> = appends.iter().map(|append| append.room.as_str()).collect();
    let rooms: Vec<_> = rooms.into_iter().collect();
    let sql = match lock {
        RoomLock::Skip => {
            "SELECT id, name, epoch, top, link FROM rooms WHERE name = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED"
        }
        RoomLock::Wait => "SELECT id, name, epoch, top, link FROM rooms WHERE name = ANY($1) ORDER BY id FOR UPDATE",
    };
    let mut ends = HashMap::new();
    for row in database.query_arrays(sql, &[&rooms])? {
        let link: Option<[u8; 32]> = row.get(4)?;
        let end = LogEnd {
            room: RoomId(row.get(0)?),
            epoch: Epoch(row.get(2)?),
            top: row.get(3)?,
            hash: link.map(ChainHash::from_bytes).unwrap_or_default(),
        };
        let name = row.text(1)?.and_then(|name| RoomName::parse(name).ok());
        ends.extend(name.map(|name| (name, end)));
    }
    Ok(ends)
}

/// The names that the authors hold. They can't be released or changed before the end of the transaction.
fn hold_names(database: &BlockingConnection<'_>, appends: &[Append]) -> SqlResult<HashMap<AuthorId, Name>> {
    let holders: HashSet<_> = appends.iter().map(|append| append.author.id.as_str()).collect();
    let holders: Vec<_> = holders.into_iter().collect();
    let sql = "SELECT holder, name FROM names WHERE holder = ANY($1) ORDER BY holder FOR SHARE";
    let mut names = HashMap::new();
    for row in database.query_arrays(sql, &[&holders])? {
        let id: String = row.get(0)?;
        let name = row.text(1)?.and_then(|name| Name::try_from(name.to_owned()).ok());
        names.extend(name.map(|name| (AuthorId(id.into()), name)));
    }
    Ok(names)
}

/// The key of a receipt.
type ReceiptKey = (RoomId, AuthorId, ClientId);

/// The receipts that operations have already.
fn receipts(
    database: &BlockingConnection<'_>,
    appends: &[Append],
    ends: &HashMap<RoomName, LogEnd>,
) -> SqlResult<HashMap<ReceiptKey, Receipt>> {
    let (mut ids, mut authors, mut rooms) = (Vec::new(), Vec::new(), Vec::new());
    for append in appends {
        let Some(end) = ends.get(&append.room) else { continue };
        ids.push(append.client_id.as_str());
        authors.push(append.author.id.as_str());
        rooms.push(end.room.0);
    }
    // The limit makes it look up each receipt by its key. A join would read all receipts, until statistics of the table
    // say that they are many.
    let sql = "SELECT r.* FROM unnest($1::TEXT[], $2::TEXT[], $3::BIGINT[]) AS w (client_id, author, room)
         CROSS JOIN LATERAL (
             SELECT room, author, client_id, seq, at FROM receipts
             WHERE client_id = w.client_id AND author = w.author AND room = w.room LIMIT 1
         ) r";
    let mut found = HashMap::new();
    for row in database.query_arrays(sql, &[&ids, &authors, &rooms])? {
        let author: String = row.get(1)?;
        if let Ok(client_id) = ClientId::try_from(row.get::<String>(2)?) {
            let key = (RoomId(row.get(0)?), AuthorId(author.into()), client_id);
            found.insert(key, Receipt { seq: row.get(3)?, at: row.get(4)? });
        }
    }
    Ok(found)
}

/// Stores the ends of logs to which events were appended.
fn store_ends(database: &BlockingConnection<'_>, ends: &HashMap<RoomName, LogEnd>) -> SqlResult<()> {
    let (mut rooms, mut tops, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for end in ends.values() {
        rooms.push(end.room.0);
        tops.push(end.top.cast_signed());
        links.push(end.hash.bytes().to_vec());
    }
    let sql = "UPDATE rooms r SET top = e.top, link = e.link
         FROM unnest($1::BIGINT[], $2::BIGINT[], $3::BYTEA[]) AS e (room, top, link) WHERE r.id = e.room AND r.top < e.top";
    database.query_arrays(sql, &[&rooms, &tops, &links]).map(drop)
}

/// Tables whose new messages and receipts are collected, and inserted together.
struct BatchTables<'a> {
    database: &'a BlockingConnection<'a>,
    receipts: HashMap<ReceiptKey, Receipt>,
    new_receipts: Vec<ReceiptKey>,
    messages: MessageColumns,
}

impl<'a> BatchTables<'a> {
    fn new(database: &'a BlockingConnection<'a>, receipts: HashMap<ReceiptKey, Receipt>) -> Self {
        Self { database, receipts, new_receipts: Vec::new(), messages: MessageColumns::default() }
    }

    fn has_receipt(&self, room: RoomId, append: &Append) -> bool {
        self.receipts.contains_key(&(room, append.author.id.clone(), append.client_id.clone()))
    }

    /// Inserts what was collected.
    fn flush(&mut self) -> SqlResult<()> {
        self.messages.insert(self.database)?;
        let (mut ids, mut authors, mut rooms) = (Vec::new(), Vec::new(), Vec::new());
        let (mut seqs, mut times) = (Vec::new(), Vec::new());
        let keys = std::mem::take(&mut self.new_receipts);
        for key in &keys {
            let Some(receipt) = self.receipts.get(key) else { continue };
            ids.push(key.2.as_str());
            authors.push(key.1.as_str());
            rooms.push(key.0.0);
            seqs.push(receipt.seq.cast_signed());
            times.push(receipt.at.cast_signed());
        }
        if ids.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO receipts (client_id, author, room, seq, at)
             SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[])";
        self.database.query_arrays(sql, &[&ids, &authors, &rooms, &seqs, &times]).map(drop)
    }
}

impl LogTables for BatchTables<'_> {
    fn connection(&mut self) -> SqlResult<&dyn SqlConnection> {
        self.flush()?;
        Ok(self.database)
    }

    fn store_receipt(&mut self, room: RoomId, author: &AuthorId, id: &ClientId, receipt: Receipt) -> SqlResult<bool> {
        let key = (room, author.clone(), id.clone());
        if self.receipts.contains_key(&key) {
            return Ok(false);
        }
        self.receipts.insert(key.clone(), receipt);
        self.new_receipts.push(key);
        Ok(true)
    }

    fn find_receipt(&mut self, room: RoomId, author: &AuthorId, id: &ClientId) -> SqlResult<Option<Receipt>> {
        Ok(self.receipts.get(&(room, author.clone(), id.clone())).copied())
    }

    fn insert_message(&mut self, message: NewMessage<'_>) -> SqlResult<()> {
        self.messages.push(&message);
        Ok(())
    }
}

/// Rows of `messages` by column.
#[derive(Debug, Default)]
struct MessageColumns {
    row_ids: Vec<i64>,
    times: Vec<i64>,
    authors: Vec<String>,
    names: Vec<String>,
    client_ids: Vec<String>,
    replies: Vec<Option<i64>>,
    salts: Vec<Option<Vec<u8>>>,
    bodies: Vec<Option<String>>,
    links: Vec<Vec<u8>>,
    mentions: Vec<Option<String>>,
}

impl MessageColumns {
    fn push(&mut self, message: &NewMessage<'_>) {
        self.row_ids.push(message.row_id);
        self.times.push(message.at.cast_signed());
        self.authors.push(message.author.to_owned());
        self.names.push(message.name.to_owned());
        self.client_ids.push(message.client_id.to_owned());
        self.replies.push(message.reply_to);
        self.salts.push(message.salt.map(Vec::from));
        self.bodies.push(message.body.map(str::to_owned));
        self.links.push(message.link.to_vec());
        self.mentions.push(message.mentions.map(str::to_owned));
    }

    /// Inserts all rows and removes them here.
    fn insert(&mut self, database: &BlockingConnection<'_>) -> SqlResult<()> {
        if self.row_ids.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(self);
        let sql = "INSERT INTO messages (place, at, author, name, client_id, reply_to, salt, body, link, mentions)
             SELECT * FROM unnest($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::BIGINT[],
                 $7::BYTEA[], $8::TEXT[], $9::BYTEA[], $10::TEXT[])";
        let inserted = database.query_arrays(
            sql,
            &[
                &rows.row_ids,
                &rows.times,
                &rows.authors,
                &rows.names,
                &rows.client_ids,
                &rows.replies,
                &rows.salts,
                &rows.bodies,
                &rows.links,
                &rows.mentions,
            ],
        );
        inserted.map(drop)
    }
}

//! Applies operations to a room's log, by the [`rules`]. The writer applies operations one after the other in its
//! transaction, so the outcome never depends on a race.
//!
//! Two refusals concern the log itself: `TooManyRooms` and `RoomNameTaken` if the operation would create one, and
//! `NoSuchRoom` if the room was deleted, has another name now, or is private and was not created. `TooManyReceipts`
//! refuses an empty topic in a room without a log if the author has too many [`unlogged_receipts`]. Before these rules
//! the writer refuses an operation with `Unavailable` if its [`Append::known_failures`] is outdated.
//!
//! Two kinds of operations are accepted without an event. A retry, with the client id of an earlier operation of its
//! author, gets the receipt of that operation. An operation whose effect is already there gets the receipt of the event
//! with that effect. It is stored too, so that a retry does not undo what has happened meanwhile.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use parlor::message::MessageRef;
use parlor::{Body, Emoji, Event, EventKind, Mention, RoomName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::rules::{self, Decision};
use super::super::{Append, EngineError, Operation, Receipt};
use super::log::{AppendedEvent, EncodedBody, LogEnd, NewEvent, POSTED};
use super::projection::{self, Message};
use super::{room_settings, unlogged_receipts};
use crate::access::RoomRole;

/// The result of an accepted operation.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) receipt: Receipt,
    /// The event that was appended; `None` if the operation changed nothing.
    pub(super) event: Option<Event>,
}

/// Why an operation appends no event.
enum NoEvent {
    /// It changes nothing, and is accepted with this receipt.
    Unchanged(Receipt),
    /// It is refused.
    Refused(EngineError),
    /// The database can't be read or written.
    Database(rusqlite::Error),
}

impl From<EngineError> for NoEvent {
    fn from(error: EngineError) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for NoEvent {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// The event that an operation appended, or why it appended none.
type AppendOutcome = Result<Event, NoEvent>;

/// Applies an operation. `log_ends` has the log ends that are in memory, `at` is the time of the commit.
///
/// # Errors
/// The inner error refuses the operation, which has changed no log then. After the outer one the transaction has to be
/// rolled back.
pub(super) fn apply(
    database: &Connection,
    log_ends: &mut HashMap<RoomName, LogEnd>,
    append: &Append,
    at: u64,
) -> rusqlite::Result<Result<Applied, EngineError>> {
    let outcome =
        log_end(database, log_ends, append, at).and_then(|end| OperationContext { database, end, append, at }.apply());
    match outcome {
        Ok(event) => {
            let receipt = Receipt { seq: event.seq, at: event.at };
            Ok(Ok(Applied { receipt, event: Some(event) }))
        }
        Err(NoEvent::Unchanged(receipt)) => Ok(Ok(Applied { receipt, event: None })),
        Err(NoEvent::Refused(error)) => Ok(Err(error)),
        Err(NoEvent::Database(error)) => Err(error),
    }
}

/// The end of the operation's log, which is created if it has to be.
fn log_end<'a>(
    database: &Connection,
    log_ends: &'a mut HashMap<RoomName, LogEnd>,
    append: &Append,
    at: u64,
) -> Result<&'a mut LogEnd, NoEvent> {
    let Append { room, author, client_id, operation, epoch, .. } = append;
    let vacant = match log_ends.entry(room.clone()) {
        Entry::Occupied(known) => return Ok(known.into_mut()),
        Entry::Vacant(vacant) => vacant,
    };
    if let Some(end) = LogEnd::find(database, room)? {
        return Ok(vacant.insert(end));
    }
    if let Some(receipt) = unlogged_receipts::find(database, room, &author.id, client_id)? {
        return Err(NoEvent::Unchanged(receipt));
    }
    if room.is_private() || room_settings::retired(database, room)?.is_some() {
        return Err(EngineError::NoSuchRoom.into());
    }
    if operation.begins_log() {
        if *room != RoomName::default() {
            room_settings::check_new_name(database, room)??;
        }
        let owner = (append.owns_new_room && *room != RoomName::default()).then_some(&author.id);
        let end = LogEnd::create(database, room, epoch)?;
        room_settings::add_public_name(database, end.room, room)?;
        if let Some(owner) = owner {
            room_settings::set_role(database, end.room, owner, RoomRole::Owner, at)?;
        }
        return Ok(vacant.insert(end));
    }
    // A room without a log has no messages. Its topic is empty already, and stays so.
    if !matches!(operation, Operation::Topic { .. }) {
        return Err(EngineError::NoSuchMessage.into());
    }
    match unlogged_receipts::store(database, room, &author.id, client_id, at)? {
        Some(receipt) => Err(NoEvent::Unchanged(receipt)),
        None => Err(EngineError::TooManyReceipts.into()),
    }
}

/// An operation with the log that it is applied to.
struct OperationContext<'a> {
    database: &'a Connection,
    end: &'a mut LogEnd,
    append: &'a Append,
    at: u64,
}

impl OperationContext<'_> {
    fn apply(&mut self) -> AppendOutcome {
        let operation = &self.append.operation;
        if let Operation::Post { body, mentions, reply_to: None } = operation {
            // Most operations are such posts. They save the lookup of a receipt: appending detects a retry.
            return self.post(body, mentions.as_deref(), None);
        }
        if let Some(receipt) = self.receipt()? {
            return Err(NoEvent::Unchanged(receipt));
        }
        match operation {
            Operation::Post { body, mentions, reply_to } => self.post(body, mentions.as_deref(), reply_to.as_ref()),
            Operation::Edit { target, body, mentions } => self.edit(target, body, mentions.as_deref()),
            Operation::Delete { target } => self.delete(target),
            Operation::React { target, emoji, on } => self.react(target, emoji, *on),
            Operation::Topic { topic } => self.set_topic(topic),
        }
    }

    fn post(&mut self, body: &Body, mentions: Option<&[Mention]>, reply_to: Option<&MessageRef>) -> AppendOutcome {
        let quote = match reply_to {
            None => None,
            Some(target) => Some(self.message(target)?.quote(target.seq)),
        };
        let encoded = EncodedBody::new(body, mentions);
        let appended = self.append(POSTED, reply_to.map(|target| target.seq), None, Some(&encoded))?;
        let Append { author, client_id, .. } = self.append;
        let mut kind = EventKind::posted(author.clone(), client_id.clone(), body.clone());
        if let EventKind::Posted { reply_to, mentions: of_event, .. } = &mut kind {
            (*reply_to, *of_event) = (quote, mentions.map(<[_]>::to_vec));
        }
        Ok(event(appended, kind))
    }

    fn edit(&mut self, target: &MessageRef, body: &Body, mentions: Option<&[Mention]>) -> AppendOutcome {
        let message = self.message(target)?.state;
        self.appends(rules::edit(&message, target.seq, &self.append.author.id, body.as_str())?)?;
        let target = target.seq;
        let encoded = EncodedBody::new(body, mentions);
        let appended = self.append("edited", Some(target), None, Some(&encoded))?;
        projection::edit(self.database, self.end.room.row_id(target), &appended, &encoded)?;
        let (by, client_id) = (self.append.author.clone(), self.append.client_id.clone());
        let (body, mentions) = (Some(body.clone()), mentions.map(<[_]>::to_vec));
        Ok(event(appended, EventKind::Edited { by, client_id, target, body, mentions }))
    }

    fn delete(&mut self, target: &MessageRef) -> AppendOutcome {
        let message = self.message(target)?.state;
        self.appends(rules::delete(&message, &self.append.author.id)?)?;
        let target = target.seq;
        let appended = self.append("deleted", Some(target), None, None)?;
        projection::delete(self.database, self.end.room.row_id(target), &appended)?;
        let (by, client_id) = (self.append.author.clone(), self.append.client_id.clone());
        Ok(event(appended, EventKind::Deleted { by, client_id, target }))
    }

    fn react(&mut self, target: &MessageRef, emoji: &Emoji, on: bool) -> AppendOutcome {
        let message = self.message(target)?.state;
        let (target, by) = (target.seq, &self.append.author);
        let row_id = self.end.room.row_id(target);
        let reactions = projection::reaction_state(self.database, row_id, emoji, &by.id)?;
        self.appends(rules::react(&message, target, on, reactions)?)?;
        let appended = self.append(if on { "reacted" } else { "unreacted" }, Some(target), Some(emoji), None)?;
        let (author, client_id, emoji) = (by.clone(), self.append.client_id.clone(), emoji.clone());
        if on {
            projection::add_reaction(self.database, row_id, &appended, &emoji, by)?;
            Ok(event(appended, EventKind::Reacted { by: author, client_id, target, emoji }))
        } else {
            projection::remove_reaction(self.database, row_id, &emoji, &by.id)?;
            Ok(event(appended, EventKind::Unreacted { by: author, client_id, target, emoji }))
        }
    }

    fn set_topic(&mut self, topic: &str) -> AppendOutcome {
        let mut find = self.database.prepare_cached("SELECT topic, topic_seq FROM rooms WHERE id = ?1")?;
        let (before, seq): (String, u64) = find.query_row([self.end.room.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.appends(rules::set_topic(&before, seq, topic))?;
        let appended = self.append("topic", None, None, Some(&EncodedBody { body: topic, mentions: None }))?;
        let mut update = self.database.prepare_cached("UPDATE rooms SET topic = ?2, topic_seq = ?3 WHERE id = ?1")?;
        update.execute(params![self.end.room.0, topic, appended.seq])?;
        let (by, client_id) = (self.append.author.clone(), self.append.client_id.clone());
        Ok(event(appended, EventKind::Topic { by, client_id, topic: topic.to_owned() }))
    }

    /// The message with the reference's seq, and its client id if it has one.
    fn message(&self, target: &MessageRef) -> Result<Message, NoEvent> {
        let message = Message::find(self.database, self.end.room.row_id(target.seq))?;
        let name = message.as_ref().map(|message| message.name.clone()).unwrap_or_default();
        Ok(Message { state: rules::target(message.map(|message| message.state), target)?, name })
    }

    /// Continues with a decision to append. Otherwise the operation has no event, and its receipt is stored.
    fn appends(&self, decision: Decision) -> Result<(), NoEvent> {
        match decision {
            Decision::Append => Ok(()),
            Decision::UnchangedSince(seq) => self.unchanged_since(seq),
        }
    }

    /// Appends an event of the operation's author, unless the operation is a retry.
    fn append(
        &mut self,
        kind: &'static str,
        target: Option<u64>,
        emoji: Option<&Emoji>,
        body: Option<&EncodedBody<'_>>,
    ) -> Result<AppendedEvent, NoEvent> {
        let Append { author, client_id, skip_receipt, .. } = self.append;
        let (at, emoji, skip_receipt) = (self.at, emoji.map(Emoji::as_str), *skip_receipt);
        let event = NewEvent { at, kind, author, client_id, target, emoji, body, skip_receipt };
        match self.end.append(self.database, &event)? {
            Some(appended) => Ok(appended),
            None => Err(NoEvent::Unchanged(self.receipt()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?)),
        }
    }

    /// The receipt of an earlier operation with the same author and client id.
    fn receipt(&self) -> rusqlite::Result<Option<Receipt>> {
        let Append { author, client_id, .. } = self.append;
        self.end.find_receipt(self.database, &author.id, client_id)
    }

    /// The outcome of an operation whose effect the event `seq` already had. Stores its receipt.
    fn unchanged_since(&self, seq: u64) -> Result<(), NoEvent> {
        let mut find = self.database.prepare_cached("SELECT at FROM events WHERE place = ?1")?;
        let at = find.query_row([self.end.room.row_id(seq)], |row| row.get(0)).optional()?.unwrap_or(self.at);
        let receipt = Receipt { seq, at };
        self.end.store_receipt(self.database, &self.append.author.id, &self.append.client_id, receipt)?;
        Err(NoEvent::Unchanged(receipt))
    }
}

fn event(appended: AppendedEvent, kind: EventKind) -> Event {
    let AppendedEvent { seq, at, mark } = appended;
    Event { seq, at, hash: mark, kind }
}

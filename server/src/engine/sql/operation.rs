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

use parlor::message::MessageRef;
use parlor::{Body, Emoji, Event, EventKind, Mention, RoomName};

use super::super::rules::{self, Decision};
use super::super::{Append, EngineError, Operation, Receipt};
use super::connection::{Row, SqlConnection, SqlError, SqlResult};
use super::log::{AppendedEvent, EncodedBody, LogEnd, NewEvent, POSTED};
use super::log_tables::LogTables;
use super::projection::{self, Message};
use super::value::params;
use super::{room_settings, unlogged_receipts};
use crate::access::RoomRole;

/// The result of an accepted operation.
#[derive(Debug)]
pub(in crate::engine) struct Applied {
    pub(in crate::engine) receipt: Receipt,
    /// The event that was appended; `None` if the operation changed nothing.
    pub(in crate::engine) event: Option<Event>,
}

/// Why an operation appends no event.
enum NoEvent {
    /// It changes nothing, and is accepted with this receipt.
    Unchanged(Receipt),
    /// It is refused.
    Refused(EngineError),
    /// The database can't be read or written.
    Database(SqlError),
}

impl From<EngineError> for NoEvent {
    fn from(error: EngineError) -> Self {
        Self::Refused(error)
    }
}

impl From<SqlError> for NoEvent {
    fn from(error: SqlError) -> Self {
        Self::Database(error)
    }
}

impl NoEvent {
    fn outcome(self) -> SqlResult<Result<Applied, EngineError>> {
        match self {
            Self::Unchanged(receipt) => Ok(Ok(Applied { receipt, event: None })),
            Self::Refused(error) => Ok(Err(error)),
            Self::Database(error) => Err(error),
        }
    }
}

/// The event that an operation appended, or why it appended none.
type AppendOutcome = Result<Event, NoEvent>;

/// Why an operation has no log to be applied to, or its outcome without one.
pub(in crate::engine) type WithoutLog = Result<Applied, EngineError>;

/// Applies an operation to its log; `at` is the time of the commit.
///
/// # Errors
/// The inner error refuses the operation, which has changed no log then. After the outer one the transaction has to be
/// rolled back.
pub(in crate::engine) fn apply(
    tables: &mut impl LogTables,
    end: &mut LogEnd,
    append: &Append,
    at: u64,
) -> SqlResult<Result<Applied, EngineError>> {
    match (OperationContext { tables, end, append, at }).apply() {
        Ok(event) => {
            let receipt = Receipt { seq: event.seq, at: event.at };
            Ok(Ok(Applied { receipt, event: Some(event) }))
        }
        Err(no_event) => no_event.outcome(),
    }
}

/// Finds or creates the log of an operation. The inner error is the operation's outcome if it needs no log, or can have
/// none.
pub(in crate::engine) fn open_log(
    database: &dyn SqlConnection,
    append: &Append,
    at: u64,
) -> SqlResult<Result<LogEnd, WithoutLog>> {
    if let Some(end) = LogEnd::find(database, &append.room)? {
        return Ok(Ok(end));
    }
    match create_log(database, append, at) {
        Ok(end) => Ok(Ok(end)),
        Err(no_event) => no_event.outcome().map(Err),
    }
}

/// Creates the log of an operation that may begin one.
fn create_log(database: &dyn SqlConnection, append: &Append, at: u64) -> Result<LogEnd, NoEvent> {
    let Append { room, author, client_id, operation, epoch, .. } = append;
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
        return Ok(end);
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
struct OperationContext<'a, T> {
    tables: &'a mut T,
    end: &'a mut LogEnd,
    append: &'a Append,
    at: u64,
}

impl<T: LogTables> OperationContext<'_, T> {
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
        projection::edit(self.tables.connection()?, self.end.room.row_id(target), &appended, &encoded)?;
        let (by, client_id) = (self.append.author.clone(), self.append.client_id.clone());
        let (body, mentions) = (Some(body.clone()), mentions.map(<[_]>::to_vec));
        Ok(event(appended, EventKind::Edited { by, client_id, target, body, mentions }))
    }

    fn delete(&mut self, target: &MessageRef) -> AppendOutcome {
        let message = self.message(target)?.state;
        self.appends(rules::delete(&message, &self.append.author.id)?)?;
        let target = target.seq;
        let appended = self.append("deleted", Some(target), None, None)?;
        projection::delete(self.tables.connection()?, self.end.room.row_id(target), &appended)?;
        let (by, client_id) = (self.append.author.clone(), self.append.client_id.clone());
        Ok(event(appended, EventKind::Deleted { by, client_id, target }))
    }

    fn react(&mut self, target: &MessageRef, emoji: &Emoji, on: bool) -> AppendOutcome {
        let message = self.message(target)?.state;
        let (target, by) = (target.seq, &self.append.author);
        let row_id = self.end.room.row_id(target);
        let reactions = projection::reaction_state(self.tables.connection()?, row_id, emoji, &by.id)?;
        self.appends(rules::react(&message, target, on, reactions)?)?;
        let appended = self.append(if on { "reacted" } else { "unreacted" }, Some(target), Some(emoji), None)?;
        let (author, client_id, emoji) = (by.clone(), self.append.client_id.clone(), emoji.clone());
        if on {
            projection::add_reaction(self.tables.connection()?, row_id, &appended, &emoji, by)?;
            Ok(event(appended, EventKind::Reacted { by: author, client_id, target, emoji }))
        } else {
            projection::remove_reaction(self.tables.connection()?, row_id, &emoji, &by.id)?;
            Ok(event(appended, EventKind::Unreacted { by: author, client_id, target, emoji }))
        }
    }

    fn set_topic(&mut self, topic: &str) -> AppendOutcome {
        let (sql, room) = ("SELECT topic, topic_seq FROM rooms WHERE id = $1", self.end.room.0);
        let topic_of = |row: &Row| Ok((row.get::<String>(0)?, row.get::<u64>(1)?));
        let (before, seq) = self.tables.connection()?.query_row(sql, params![room], topic_of)?.unwrap_or_default();
        self.appends(rules::set_topic(&before, seq, topic))?;
        let appended = self.append("topic", None, None, Some(&EncodedBody { body: topic, mentions: None }))?;
        let sql = "UPDATE rooms SET topic = $2, topic_seq = $3 WHERE id = $1";
        self.tables.connection()?.execute(sql, params![room, topic, appended.seq])?;
        let (by, client_id) = (self.append.author.clone(), self.append.client_id.clone());
        Ok(event(appended, EventKind::Topic { by, client_id, topic: topic.to_owned() }))
    }

    /// The message with the reference's seq, and its client id if it has one.
    fn message(&mut self, target: &MessageRef) -> Result<Message, NoEvent> {
        let message = Message::find(self.tables.connection()?, self.end.room.row_id(target.seq))?;
        let name = message.as_ref().map(|message| message.name.clone()).unwrap_or_default();
        Ok(Message { state: rules::target(message.map(|message| message.state), target)?, name })
    }

    /// Continues with a decision to append. Otherwise the operation has no event, and its receipt is stored.
    fn appends(&mut self, decision: Decision) -> Result<(), NoEvent> {
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
        match self.end.append(self.tables, &event)? {
            Some(appended) => Ok(appended),
            None => Err(NoEvent::Unchanged(self.receipt()?.ok_or(EngineError::Unavailable)?)),
        }
    }

    /// The receipt of an earlier operation with the same author and client id.
    fn receipt(&mut self) -> SqlResult<Option<Receipt>> {
        let Append { author, client_id, .. } = self.append;
        self.tables.find_receipt(self.end.room, &author.id, client_id)
    }

    /// The outcome of an operation whose effect the event `seq` already had. Stores its receipt.
    fn unchanged_since(&mut self, seq: u64) -> Result<(), NoEvent> {
        let (sql, row_id) = ("SELECT at FROM events WHERE place = $1", self.end.room.row_id(seq));
        let at = self.tables.connection()?.query_row(sql, params![row_id], |row| row.get(0))?.unwrap_or(self.at);
        let receipt = Receipt { seq, at };
        self.tables.store_receipt(self.end.room, &self.append.author.id, &self.append.client_id, receipt)?;
        Err(NoEvent::Unchanged(receipt))
    }
}

fn event(appended: AppendedEvent, kind: EventKind) -> Event {
    let AppendedEvent { seq, at, mark } = appended;
    Event { seq, at, hash: mark, kind }
}

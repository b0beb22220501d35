//! What becomes of what is asked of a log, decided in the writer's transaction: so it is the same however it races.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Known;

use parlor::message::MessageRef;
use parlor::{Body, Emoji, Event, EventKind, Mention, RoomName, limits};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{Append, EngineError, Operation, Receipt};
use super::fold::{self, Message};
use super::log::{End, Entry, Joined, POSTED, StoredText};
use super::place::seq_of;
use super::unlogged_receipts;

/// The receipt of what was asked for, and the event that it made; none if it was the same again, or changed nothing.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) receipt: Receipt,
    pub(super) event: Option<Event>,
}

/// What came of it: nothing has been written where it is refused.
type Outcome = Result<Done, EngineError>;

/// Does it.
pub(super) fn perform(
    database: &Connection,
    ends: &mut HashMap<RoomName, End>,
    asked: &Append,
    at: u64,
) -> rusqlite::Result<Outcome> {
    let end = match ends.entry(asked.room.clone()) {
        Known::Occupied(known) => known.into_mut(),
        Known::Vacant(unknown) => match End::find(database, &asked.room)? {
            Some(end) => unknown.insert(end),
            None => {
                let Append { room, author, client_id, .. } = asked;
                if let Some(receipt) = unlogged_receipts::find(database, room, &author.id, client_id)? {
                    return Ok(Ok(Done { receipt, event: None }));
                }
                if !asked.operation.begins_log() {
                    return without_log(database, asked, at);
                }
                if count_rooms(database)? >= limits::ROOMS {
                    return Ok(Err(EngineError::TooManyRooms));
                }
                unknown.insert(End::begin(database, room, &asked.epoch)?)
            }
        },
    };
    let mut doing = Doing { database, end, asked, at };
    if let Operation::Post { body, mentions, reply_to: None } = &asked.operation {
        // Most of what is asked for is this: whether it is the same again is found out by trying.
        return doing.post(body, mentions.as_deref(), None);
    }
    if let Some(receipt) = doing.receipt()? {
        return Ok(Ok(Done { receipt, event: None }));
    }
    match &asked.operation {
        Operation::Post { body, mentions, reply_to } => doing.post(body, mentions.as_deref(), reply_to.as_ref()),
        Operation::Edit { target, body, mentions } => doing.edit(target, body, mentions.as_deref()),
        Operation::Delete { target } => doing.delete(target),
        Operation::React { target, emoji, on } => doing.react(target, emoji, *on),
        Operation::Topic { topic } => doing.topic(topic),
    }
}

/// The outcome of an operation that does not begin a log, in a room that has none. What is acknowledged has a receipt,
/// so that it also changes nothing when it comes again later.
fn without_log(database: &Connection, asked: &Append, at: u64) -> rusqlite::Result<Outcome> {
    let Append { room, author, client_id, operation: Operation::Topic { .. }, .. } = asked else {
        return Ok(Err(EngineError::NoSuchMessage));
    };
    let receipt = unlogged_receipts::store(database, room, &author.id, client_id, at)?;
    Ok(receipt.map(|receipt| Done { receipt, event: None }).ok_or(EngineError::TooManyReceipts))
}

fn count_rooms(database: &Connection) -> rusqlite::Result<usize> {
    database.prepare_cached("SELECT coalesce(max(id), 0) FROM rooms")?.query_row([], |row| row.get(0))
}

/// Something being done to a room's log.
struct Doing<'a> {
    database: &'a Connection,
    end: &'a mut End,
    asked: &'a Append,
    at: u64,
}

impl Doing<'_> {
    fn post(
        &mut self,
        body: &Body,
        mentions: Option<&[Mention]>,
        reply_to: Option<&MessageRef>,
    ) -> rusqlite::Result<Outcome> {
        let quote = match reply_to {
            None => None,
            Some(answered) => match self.message(answered)? {
                None => return Ok(Err(EngineError::NoSuchMessage)),
                Some(message) => Some(message.quote(answered.seq)),
            },
        };
        let Append { author, client_id, .. } = self.asked;
        let text = StoredText::new(body, mentions);
        let reply_to = reply_to.map(|answered| answered.seq);
        let Some(joined) = self.join(POSTED, reply_to, None, Some(&text))? else { return self.same_again() };
        let mut kind = EventKind::posted(author.clone(), client_id.clone(), body.clone());
        if let EventKind::Posted { reply_to, mentions: of_event, .. } = &mut kind {
            (*reply_to, *of_event) = (quote, mentions.map(<[_]>::to_vec));
        }
        Ok(done(joined, kind))
    }

    fn edit(&mut self, target: &MessageRef, body: &Body, mentions: Option<&[Mention]>) -> rusqlite::Result<Outcome> {
        let message = match self.own_message(target)? {
            Ok(message) if message.deleted.is_some() => return Ok(Err(EngineError::MessageDeleted)),
            Ok(message) => message,
            Err(error) => return Ok(Err(error)),
        };
        let target = target.seq;
        if message.text.as_deref() == Some(body.as_str()) {
            return self.nothing_to_do(message.edited.unwrap_or(target));
        }
        let text = StoredText::new(body, mentions);
        let Some(joined) = self.join("edited", Some(target), None, Some(&text))? else { return self.same_again() };
        fold::edit(self.database, self.end.room.place(target), &joined, &text)?;
        let (by, client_id) = (self.asked.author.clone(), self.asked.client_id.clone());
        let (body, mentions) = (Some(body.clone()), mentions.map(<[_]>::to_vec));
        Ok(done(joined, EventKind::Edited { by, client_id, target, body, mentions }))
    }

    fn delete(&mut self, target: &MessageRef) -> rusqlite::Result<Outcome> {
        let message = match self.own_message(target)? {
            Ok(message) => message,
            Err(error) => return Ok(Err(error)),
        };
        let target = target.seq;
        if let Some(seq) = message.deleted {
            return self.nothing_to_do(seq);
        }
        let Some(joined) = self.join("deleted", Some(target), None, None)? else { return self.same_again() };
        fold::delete(self.database, self.end.room.place(target), &joined)?;
        let (by, client_id) = (self.asked.author.clone(), self.asked.client_id.clone());
        Ok(done(joined, EventKind::Deleted { by, client_id, target }))
    }

    fn react(&mut self, target: &MessageRef, emoji: &Emoji, on: bool) -> rusqlite::Result<Outcome> {
        let Some(message) = self.message(target)? else { return Ok(Err(EngineError::NoSuchMessage)) };
        if message.deleted.is_some() {
            return Ok(Err(EngineError::MessageDeleted));
        }
        let target = target.seq;
        let (place, who) = (self.end.room.place(target), &self.asked.author);
        match fold::reaction(self.database, place, emoji, &who.id)? {
            Some(seq) if on => return self.nothing_to_do(seq),
            None if !on => {
                let seq = self.last_taken_off(place, emoji)?.unwrap_or(target);
                return self.nothing_to_do(seq);
            }
            None if !fold::has_room_for(self.database, place, emoji)? => {
                return Ok(Err(EngineError::TooManyReactions));
            }
            _ => {}
        }
        let kind = if on { "reacted" } else { "unreacted" };
        let Some(joined) = self.join(kind, Some(target), Some(emoji), None)? else { return self.same_again() };
        let (by, client_id, emoji) = (who.clone(), self.asked.client_id.clone(), emoji.clone());
        if on {
            fold::react(self.database, place, &joined, &emoji, who)?;
            Ok(done(joined, EventKind::Reacted { by, client_id, target, emoji }))
        } else {
            fold::unreact(self.database, place, &emoji, &who.id)?;
            Ok(done(joined, EventKind::Unreacted { by, client_id, target, emoji }))
        }
    }

    fn topic(&mut self, topic: &str) -> rusqlite::Result<Outcome> {
        let mut find = self.database.prepare_cached("SELECT topic, topic_seq FROM rooms WHERE id = ?1")?;
        let before: (String, u64) = find.query_row([self.end.room.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if before.0 == topic {
            return self.nothing_to_do(before.1);
        }
        let Some(joined) = self.join("topic", None, None, Some(&StoredText { body: topic, mentions: None }))? else {
            return self.same_again();
        };
        let mut update = self.database.prepare_cached("UPDATE rooms SET topic = ?2, topic_seq = ?3 WHERE id = ?1")?;
        update.execute(params![self.end.room.0, topic, joined.seq])?;
        let (by, client_id) = (self.asked.author.clone(), self.asked.client_id.clone());
        Ok(done(joined, EventKind::Topic { by, client_id, topic: topic.to_owned() }))
    }

    /// The message that is meant, unless the log has another one there.
    fn message(&self, meant: &MessageRef) -> rusqlite::Result<Option<Message>> {
        let message = Message::find(self.database, self.end.room.place(meant.seq))?;
        Ok(message.filter(|message| meant.identifies(meant.seq, &message.client_id)))
    }

    /// The message, if it is there and whoever asks wrote it: their id tells, never a name.
    fn own_message(&self, meant: &MessageRef) -> rusqlite::Result<Result<Message, EngineError>> {
        Ok(match self.message(meant)? {
            None => Err(EngineError::NoSuchMessage),
            Some(message) if message.author != self.asked.author.id => Err(EngineError::NotYours),
            Some(message) => Ok(message),
        })
    }

    /// The seq at which whoever asks last took this emoji off, if they ever did.
    fn last_taken_off(&self, place: i64, emoji: &Emoji) -> rusqlite::Result<Option<u64>> {
        let mut find = self.database.prepare_cached(
            "SELECT place FROM changes WHERE target = ?1 AND kind = 'unreacted' AND emoji = ?2
             AND author = ?3 ORDER BY place DESC LIMIT 1",
        )?;
        let found = find.query_row(params![place, emoji.as_str(), self.asked.author.id.as_str()], |row| row.get(0));
        Ok(found.optional()?.map(seq_of))
    }

    fn join(
        &mut self,
        kind: &'static str,
        target: Option<u64>,
        emoji: Option<&Emoji>,
        text: Option<&StoredText<'_>>,
    ) -> rusqlite::Result<Option<Joined>> {
        let Append { author, client_id, once, .. } = self.asked;
        let (emoji, once) = (emoji.map(Emoji::as_str), *once);
        self.end.join(self.database, &Entry { at: self.at, kind, author, client_id, target, emoji, text, once })
    }

    /// What came of this id when it came first.
    fn receipt(&self) -> rusqlite::Result<Option<Receipt>> {
        let Append { author, client_id, .. } = self.asked;
        self.end.receipt(self.database, &author.id, client_id)
    }

    fn same_again(&self) -> rusqlite::Result<Outcome> {
        let receipt = self.receipt()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        Ok(Ok(Done { receipt, event: None }))
    }

    /// It is so already, since this event. That it has been asked for is kept: when it comes again it must not undo
    /// what has happened meanwhile.
    fn nothing_to_do(&self, since: u64) -> rusqlite::Result<Outcome> {
        let mut find = self.database.prepare_cached("SELECT at FROM events WHERE place = ?1")?;
        let at = find.query_row([self.end.room.place(since)], |row| row.get(0)).optional()?.unwrap_or(self.at);
        let receipt = Receipt { seq: since, at };
        self.end.keep(self.database, &self.asked.author.id, &self.asked.client_id, receipt)?;
        Ok(Ok(Done { receipt, event: None }))
    }
}

fn done(joined: Joined, kind: EventKind) -> Outcome {
    let Joined { seq, at, mark } = joined;
    Ok(Done { receipt: Receipt { seq, at }, event: Some(Event { seq, at, hash: mark, kind }) })
}

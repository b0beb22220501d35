//! What a rich client puts into a room's log: messages, and what happens to them. All of it has an id, is answered by
//! `ack` or `nack`, and keeps its order across refusals.

use std::time::{Duration, Instant};

use parlor::message::MessageRef;
use parlor::{Body, ClientId, Emoji, ErrorCode, Refusal, RoomName, ServerMessage, text};

use super::super::order::Turn;
use super::Rich;
use crate::chat::Session;
use crate::engine::{Append, Operation};

pub(super) fn post(body: &str, reply_to: Option<MessageRef>) -> Result<Operation, Refusal> {
    Ok(Operation::Post { body: parse(body)?, mentions: None, reply_to })
}

pub(super) fn edit(target: MessageRef, body: &str) -> Result<Operation, Refusal> {
    Ok(Operation::Edit { target, body: parse(body)?, mentions: None })
}

fn parse(body: &str) -> Result<Body, Refusal> {
    Body::parse(body).map_err(|code| Refusal::of_text(code, body))
}

pub(super) fn react(target: MessageRef, emoji: &str, on: bool) -> Result<Operation, Refusal> {
    Ok(Operation::React { target, emoji: Emoji::parse(emoji)?, on })
}

pub(super) fn set_topic(topic: &str) -> Result<Operation, Refusal> {
    Ok(Operation::Topic { topic: text::topic(topic)? })
}

impl Rich {
    /// Asks a room's log for something, if it can be had at all.
    pub(super) async fn ask(
        &mut self,
        session: &Session,
        room: RoomName,
        client_id: ClientId,
        operation: Result<Operation, Refusal>,
    ) {
        let turn = match self.order.take_turn(&room, &client_id, self.manager.failures()) {
            Ok(turn) => turn,
            Err(code) => return self.nack(room, client_id, code.into()),
        };
        if let Err(error) = self.try_to_ask(session, &turn, operation).await {
            self.order.refused(&turn, error.code);
            self.nack(room, client_id, error);
        }
    }

    fn nack(&self, room: RoomName, client_id: ClientId, error: Refusal) {
        self.stay.send_rich(&ServerMessage::Nack { room, client_id, error });
    }

    async fn try_to_ask(
        &mut self,
        session: &Session,
        turn: &Turn,
        operation: Result<Operation, Refusal>,
    ) -> Result<(), Refusal> {
        let operation = operation?;
        let room = self.manager.room_of(&self.stay, &turn.room).ok_or(ErrorCode::NotInRoom)?;
        let author = self.manager.author(session).ok_or(ErrorCode::NotNamed)?;
        self.pace
            .take(Instant::now())
            .map_err(|wait| Refusal::after(ErrorCode::TooFast, wait.as_millis() as u64 + 1))?;
        let append = Append {
            room: turn.room.clone(),
            author,
            client_id: turn.client_id.clone(),
            operation,
            epoch: room.epoch.clone(),
            failures_known: turn.failures_known,
            once: false,
        };
        let appending = self.manager.broadcast(&room, self.stay.address, append).await.map_err(refusal)?;
        self.order.sent(turn);
        let (connection, order, turn) = (self.stay.connection(), self.order.clone(), turn.clone());
        // Reading goes on while this is on its way to the disk.
        tokio::spawn(async move {
            let outcome = appending.committed().await.map_err(ErrorCode::from);
            order.settled(&turn, outcome.map(|_| ()));
            let Turn { room, client_id, .. } = turn;
            connection.send_rich(&match outcome {
                Ok(receipt) => ServerMessage::Ack { room, client_id, seq: receipt.seq, at: receipt.at },
                Err(code) => ServerMessage::Nack { room, client_id, error: refusal(code) },
            });
        });
        Ok(())
    }
}

/// A refusal by the engine, with the time to wait where it may pass by itself.
fn refusal(code: ErrorCode) -> Refusal {
    match code {
        ErrorCode::Unavailable => Refusal::after(code, UNAVAILABLE.as_millis() as u64),
        ErrorCode::TooFast => Refusal::after(code, TOO_MANY_RECEIPTS.as_millis() as u64),
        code => code.into(),
    }
}

/// How long a client waits before it tries again to store something: a full disk is seldom free in an instant.
const UNAVAILABLE: Duration = Duration::from_secs(1);

/// How long a client waits before it repeats a request for which there are too many receipts: they expire within days.
const TOO_MANY_RECEIPTS: Duration = Duration::from_secs(60);

//! Submits operations of a rich client to a room's log: posts, edits, deletions, reactions and topics. Each has a
//! client id, is answered by `ack` or `nack`, and keeps its order across refusals.

use std::time::{Duration, Instant};

use parlor::message::MessageRef;
use parlor::{Body, ClientId, Emoji, ErrorCode, Refusal, RoomName, ServerMessage, text};

use super::super::post_order::PostTicket;
use super::Rich;
use crate::access::Action;
use crate::chat::Session;
use crate::engine::{Append, Operation};

pub(super) fn post(body: &str, reply_to: Option<MessageRef>) -> Result<Operation, Refusal> {
    Ok(Operation::Post { body: parse_body(body)?, mentions: None, reply_to })
}

pub(super) fn edit(target: MessageRef, body: &str) -> Result<Operation, Refusal> {
    Ok(Operation::Edit { target, body: parse_body(body)?, mentions: None })
}

fn parse_body(body: &str) -> Result<Body, Refusal> {
    Body::parse(body).map_err(|code| Refusal::of_text(code, body))
}

pub(super) fn react(target: MessageRef, emoji: &str, on: bool) -> Result<Operation, Refusal> {
    Ok(Operation::React { target, emoji: Emoji::parse(emoji)?, on })
}

pub(super) fn set_topic(topic: &str) -> Result<Operation, Refusal> {
    Ok(Operation::Topic { topic: text::parse_topic(topic)? })
}

impl Rich {
    /// Submits an operation to a room's log, unless it is invalid. Sends `ack` or `nack`.
    pub(super) async fn submit(
        &mut self,
        session: &Session,
        room: RoomName,
        client_id: ClientId,
        operation: Result<Operation, Refusal>,
    ) {
        let ticket = match self.post_order.take_ticket(&room, &client_id, self.manager.failures()) {
            Ok(ticket) => ticket,
            Err(code) => return self.nack(room, client_id, code.into()),
        };
        if let Err(error) = self.try_submit(session, &ticket, operation).await {
            self.post_order.mark_refused(&ticket, error.code);
            self.nack(room, client_id, error);
        }
    }

    fn nack(&self, room: RoomName, client_id: ClientId, error: Refusal) {
        self.guard.send_rich(&ServerMessage::Nack { room, client_id, error });
    }

    async fn try_submit(
        &mut self,
        session: &Session,
        ticket: &PostTicket,
        operation: Result<Operation, Refusal>,
    ) -> Result<(), Refusal> {
        let operation = operation?;
        let room = self.manager.authorise(&self.guard, session, &ticket.room, Action::Read)?.room;
        let author = self.manager.author_to_write(session)?;
        self.post_bucket
            .take(Instant::now())
            .map_err(|wait| Refusal::after(ErrorCode::TooFast, wait.as_millis() as u64 + 1))?;
        let append = Append {
            room: ticket.room.clone(),
            author,
            client_id: ticket.client_id.clone(),
            operation,
            epoch: room.epoch.clone(),
            known_failures: ticket.known_failures,
            skip_receipt: false,
            owns_new_room: session.bot.is_none(),
        };
        let actor = self.manager.person(session);
        let pending = self.manager.broadcast(actor, &room, self.guard.address, append).await.map_err(engine_refusal)?;
        self.post_order.mark_sent(ticket);
        let (connection, order, ticket) = (self.guard.connection(), self.post_order.clone(), ticket.clone());
        // The connection continues to read while the operation is written to disk.
        tokio::spawn(async move {
            let outcome = pending.committed().await.map_err(ErrorCode::from);
            order.mark_answered(&ticket, outcome.map(|_| ()));
            let PostTicket { room, client_id, .. } = ticket;
            connection.send_rich(&match outcome {
                Ok(receipt) => ServerMessage::Ack { room, client_id, seq: receipt.seq, at: receipt.at },
                Err(code) => ServerMessage::Nack { room, client_id, error: engine_refusal(code) },
            });
        });
        Ok(())
    }
}

/// The refusal for an error of the engine. Temporary errors have the time after which the client should retry.
fn engine_refusal(code: ErrorCode) -> Refusal {
    match code {
        ErrorCode::Unavailable => Refusal::after(code, UNAVAILABLE_RETRY.as_millis() as u64),
        ErrorCode::TooFast => Refusal::after(code, TOO_MANY_RETRY.as_millis() as u64),
        code => code.into(),
    }
}

/// When a client retries after the engine could not store an operation: a full disk is rarely free immediately.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(1);

/// When a client retries after it created too many rooms, or has too many receipts, which expire within days.
const TOO_MANY_RETRY: Duration = Duration::from_secs(60);

//! What a changer does with what it receives.

use parlor::message::RoomAt;
use parlor::{ClientMessage, Cursor, Event, EventKind, ServerMessage};
use tokio::time::Instant;

use super::super::socket::SocketEvent;
use super::{Changer, PATIENCE};

impl Changer {
    pub(super) fn happened(&mut self, event: SocketEvent) {
        match event {
            SocketEvent::Opened => {
                self.counts.connections.one();
                let rooms = vec![RoomAt { room: self.requests.room.clone(), cursor: self.cursor.clone() }];
                self.send(&ClientMessage::Hello { token: self.token.clone(), rooms });
                self.send(&ClientMessage::Claim { name: self.requests.name.clone() });
            }
            SocketEvent::Closed(code) => {
                self.counts.closed(code);
                self.hang_up();
                self.next = Instant::now() + self.dice.seconds(0.05, 1.0);
            }
            SocketEvent::Text(text) => match serde_json::from_str(&text) {
                Ok(message) => self.received(message),
                Err(error) => self.ledger.trouble.push(format!("{error} in: {text}")),
            },
        }
    }

    fn received(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Welcome { session, token, .. } => {
                self.ledger.author = session.as_str().to_owned();
                self.token = token.or(self.token.take());
            }
            ServerMessage::Claimed { .. } => {
                self.ready.1 = true;
                self.ask_again();
            }
            ServerMessage::Reset { .. } if !self.ledger.seen.is_empty() => {
                self.ledger.trouble.push("the server did not know the log that it had shown".to_owned());
            }
            ServerMessage::Snapshot { as_of, .. } => {
                // The log itself is wanted, from its beginning.
                let cursor = Cursor::start(as_of.epoch);
                self.cursor = Some(cursor.clone());
                self.send(&ClientMessage::Join(RoomAt { room: self.requests.room.clone(), cursor: Some(cursor) }));
            }
            ServerMessage::Missed { events, roster, .. } => {
                events.into_iter().for_each(|event| self.note(event));
                if roster.is_some() {
                    self.ready.0 = true;
                    self.ask_again();
                }
            }
            // What comes live before the log does is in the log.
            ServerMessage::Event { event, .. } if self.ready.0 => self.note(event),
            ServerMessage::Ack { client_id, seq, .. } => self.ledger.answered(&client_id, Ok(seq)),
            ServerMessage::Nack { client_id, error, .. } => {
                self.counts.refused(error.code);
                if error.code.is_retryable() {
                    self.ledger.postponed(&client_id);
                    self.send(&ClientMessage::Discard { room: self.requests.room.clone(), client_id });
                    self.late = Instant::now() + self.dice.seconds(0.2, 1.5);
                } else {
                    self.ledger.answered(&client_id, Err(error.code));
                }
            }
            _ => {}
        }
    }

    /// What was not answered on another connection is asked again.
    fn ask_again(&mut self) {
        self.late = Instant::now() + PATIENCE;
        if self.ready != (true, true) {
            return;
        }
        self.reconnected = true;
        let unanswered: Vec<_> = self.ledger.unanswered().map(|(number, _)| number).collect();
        for number in unanswered {
            self.counts.resent.one();
            self.send_copy(number);
        }
    }

    fn note(&mut self, event: Event) {
        let next = self.ledger.seen.len() as u64 + 1;
        if event.seq != next {
            self.ledger.trouble.push(format!("it was shown #{} where #{next} had to come", event.seq));
            return;
        }
        if matches!(event.kind, EventKind::Unknown) {
            self.ledger.trouble.push(format!("#{next} can't be understood"));
        }
        if let Some(cursor) = &mut self.cursor {
            (cursor.seq, cursor.hash) = (event.seq, event.hash.clone());
        }
        self.ledger.seen.push(event);
    }
}

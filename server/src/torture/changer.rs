//! A person who does more than talk: edits, deletes, reacts, answers and sets the topic, in a room where others do, too.
//!
//! What is asked for is asked again, under the same id, until it is answered. Everything that comes of the room's log is
//! noted: it has to be the log.

use std::sync::Arc;
use std::time::Duration;

use parlor::message::RoomAt;
use parlor::{ClientId, ClientMessage, Cursor, Event, EventKind, RoomName, ServerMessage, Token};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::changes::{Asked, ChangerLedger};
use super::counts::Counts;
use super::proxy::Proxy;
use super::schedule::{Cut, Dice};
use super::socket::{Line, SocketEvent};
use super::stage::{Rest, Stage};

/// How long an answer may take before it is asked again, and before a new connection is made.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of the log may take to come while nothing is broken.
const END: Duration = Duration::from_secs(30);

/// Somebody who changes messages.
pub(super) struct Changer {
    name: String,
    room: RoomName,
    proxy: Proxy,
    dice: Dice,
    counts: Arc<Counts>,
    ledger: ChangerLedger,
    line: Option<Line>,
    token: Option<Token>,
    cursor: Option<Cursor>,
    /// Whether it has all that the log had when it came, and holds its name.
    ready: (bool, bool),
    /// When it does something next.
    next: Instant,
    /// When the connection, or what was asked for, has taken too long.
    late: Instant,
}

impl Changer {
    pub(super) fn new((name, room): (String, RoomName), proxy: Proxy, dice: Dice, counts: Arc<Counts>) -> Self {
        let (next, ledger) = (Instant::now(), ChangerLedger { who: name.clone(), ..ChangerLedger::default() });
        let (line, token, cursor, ready) = (None, None, None, (false, false));
        Self { name, room, proxy, dice, counts, ledger, line, token, cursor, ready, next, late: next }
    }

    /// Goes on until the end of the run.
    pub(super) async fn live(mut self, mut stage: watch::Receiver<Stage>, rest: Rest) -> ChangerLedger {
        while matches!(*stage.borrow_and_update(), Stage::Torture) {
            self.go_on(&mut stage, true).await;
        }
        self.proxy.heal();
        let mut rest = Some(rest);
        while matches!(*stage.borrow_and_update(), Stage::Settle) {
            if self.is_at_rest() {
                rest = None;
            }
            self.go_on(&mut stage, false).await;
        }
        if rest.is_some() && !self.is_at_rest() {
            let open = self.ledger.unanswered().map(|asked| format!("{:?}", asked.message));
            self.ledger.trouble.push(format!("it did not come to rest: {open:?}"));
        }
        let end = match &*stage.borrow() {
            Stage::Finish(last) => last.get(&self.room).copied().unwrap_or(0),
            _ => 0,
        };
        let until = Instant::now() + END;
        while (self.ledger.seen.len() as u64) < end && Instant::now() < until {
            self.go_on(&mut stage, false).await;
        }
        self.ledger
    }

    fn is_at_rest(&self) -> bool {
        self.ready == (true, true) && self.ledger.unanswered().is_none()
    }

    fn hang_up(&mut self) {
        (self.line, self.ready) = (None, (false, false));
    }

    async fn go_on(&mut self, stage: &mut watch::Receiver<Stage>, starts: bool) {
        let next = self.next;
        let event = async {
            match &mut self.line {
                Some(line) => line.next().await,
                None => std::future::pending().await,
            }
        };
        // Cancel safe: an event that has been taken is acted on.
        tokio::select! {
            event = event => self.happened(event),
            () = sleep_until(next) => self.act(starts),
            _ = stage.changed() => {}
        }
    }

    /// Does what is due.
    fn act(&mut self, starts: bool) {
        let now = Instant::now();
        self.next = now + self.dice.seconds(0.02, 0.3);
        if self.line.is_none() {
            self.line = Some(Line::rich(self.proxy.address, None));
            self.late = now + PATIENCE;
        } else if now > self.late && !self.is_at_rest() {
            // The answer may be on its way for ever: the other end may be gone without a word.
            self.hang_up();
        } else if self.ready == (true, true) && self.ledger.unanswered().is_none() && starts {
            if self.dice.once_in(12) {
                let cut = if self.dice.once_in(2) { Cut::Reset } else { Cut::Finish };
                self.counts.cuts.add(u64::from(self.proxy.cut(cut)));
            } else if self.dice.once_in(40) {
                self.counts.stalls.add(u64::from(self.proxy.stall(self.dice.seconds(0.5, 12.0))));
            }
            self.begin(now);
        }
    }

    /// Asks for something new, or once more for something that was answered long ago.
    fn begin(&mut self, now: Instant) {
        self.late = now + PATIENCE;
        if self.dice.once_in(8) && !self.ledger.asked.is_empty() {
            let again = self.dice.one_of(self.ledger.asked.len());
            self.send(&self.ledger.asked[again].message.clone());
            self.counts.doubles.one();
            return;
        }
        let client_id = ClientId::from_random(self.dice.bits());
        let message = self.think_of(client_id.clone());
        self.ledger.asked.push(Asked { client_id, message: message.clone(), answer: None });
        self.counts.changes.one();
        self.send(&message);
        if self.dice.once_in(10) {
            self.send(&message);
        }
    }

    fn think_of(&mut self, client_id: ClientId) -> ClientMessage {
        let room = self.room.clone();
        let recent: Vec<u64> = self.ledger.messages().rev().take(12).collect();
        let target = recent.get(self.dice.one_of(recent.len())).copied();
        let own: Vec<u64> = self.ledger.own_messages().rev().take(6).collect();
        let own = own.get(self.dice.one_of(own.len())).copied();
        let body = format!("{} says {:x}", self.name, self.dice.bits());
        match (self.dice.one_of(20), target, own) {
            (0..8, Some(target), _) => {
                let emoji = ["👍", "🎉", "❤️"][self.dice.one_of(3)].to_owned();
                ClientMessage::React { room, client_id, target, emoji, on: !self.dice.once_in(3) }
            }
            (8..11, _, Some(target)) => ClientMessage::Edit { room, client_id, target, body },
            (11, _, Some(target)) => ClientMessage::Delete { room, client_id, target },
            // What is somebody else's, as likely as not.
            (12, Some(target), _) => ClientMessage::Edit { room, client_id, target, body },
            (13, ..) => {
                let topic = ["", "Tea", "Biscuits"][self.dice.one_of(3)].to_owned();
                ClientMessage::Topic { room, client_id, topic }
            }
            (14..16, reply_to, _) => ClientMessage::Post { room, client_id, body, reply_to },
            _ => ClientMessage::Post { room, client_id, body, reply_to: None },
        }
    }

    fn send(&self, message: &ClientMessage) {
        if let (Some(line), Ok(text)) = (&self.line, serde_json::to_string(message)) {
            line.send(text);
        }
    }

    fn happened(&mut self, event: SocketEvent) {
        match event {
            SocketEvent::Opened => {
                self.counts.connections.one();
                let rooms = vec![RoomAt { room: self.room.clone(), cursor: self.cursor.clone() }];
                self.send(&ClientMessage::Hello { token: self.token.clone(), rooms });
                self.send(&ClientMessage::Claim { name: self.name.clone() });
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
                self.send(&ClientMessage::Join(RoomAt { room: self.room.clone(), cursor: Some(cursor) }));
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
                    self.send(&ClientMessage::Discard { room: self.room.clone(), client_id });
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
        if self.ready == (true, true)
            && let Some(asked) = self.ledger.unanswered()
        {
            self.counts.resent.one();
            self.send(&asked.message.clone());
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

//! A person who does more than talk: edits, deletes, reacts, answers and sets the topic, in a room where others do, too.
//!
//! What is asked for is asked again, under the same id, until it is answered; and what was answered is asked again now
//! and then. Everything that comes of the room's log is noted: it has to be the log.

mod receiving;
mod requests;

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use parlor::{ClientId, ClientMessage, Cursor, Token};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

pub(super) use self::requests::{Requests, Workload};
use super::changes::{Asked, ChangerLedger};
use super::counts::Counts;
use super::proxy::Proxy;
use super::schedule::{Cut, Dice};
use super::socket::Line;
use super::stage::{Rest, Stage};

/// How long an answer may take before it is asked again, and before a new connection is made.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of the log may take to come while nothing is broken.
const END: Duration = Duration::from_secs(30);

/// Somebody who changes messages.
pub(super) struct Changer {
    requests: Requests,
    proxy: Proxy,
    dice: Dice,
    counts: Arc<Counts>,
    ledger: ChangerLedger,
    line: Option<Line>,
    token: Option<Token>,
    cursor: Option<Cursor>,
    /// Whether it has all that the log had when it came, and holds its name.
    ready: (bool, bool),
    /// Whether nothing has been asked for since it became ready.
    reconnected: bool,
    /// When it does something next.
    next: Instant,
    /// When the connection, or what was asked for, has taken too long.
    late: Instant,
}

impl Changer {
    pub(super) fn new(requests: Requests, proxy: Proxy, dice: Dice, counts: Arc<Counts>) -> Self {
        let (who, room) = (requests.name.clone(), requests.room.clone());
        let (next, ledger) = (Instant::now(), ChangerLedger { who, room, ..ChangerLedger::default() });
        let (line, token, cursor, ready, reconnected) = (None, None, None, (false, false), false);
        Self { requests, proxy, dice, counts, ledger, line, token, cursor, ready, reconnected, next, late: next }
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
            let open: Vec<_> = self.ledger.unanswered().map(|(_, asked)| asked.message.clone()).collect();
            self.ledger.trouble.push(format!("it did not come to rest: {open:?}"));
        }
        let end = match &*stage.borrow() {
            Stage::Finish(last) => last.get(&self.requests.room).copied().unwrap_or(0),
            _ => 0,
        };
        let until = Instant::now() + END;
        while (self.ledger.seen.len() as u64) < end && Instant::now() < until {
            self.go_on(&mut stage, false).await;
        }
        self.ledger
    }

    fn is_at_rest(&self) -> bool {
        self.ready == (true, true) && self.ledger.is_settled()
    }

    fn hang_up(&mut self) {
        (self.line, self.ready) = (None, (false, false));
        self.ledger.disconnected();
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
        } else if self.is_at_rest() && starts {
            if self.dice.once_in(12) {
                let cut = if self.dice.once_in(2) { Cut::Reset } else { Cut::Finish };
                self.counts.cuts.add(u64::from(self.proxy.cut(cut)));
            } else if self.dice.once_in(40) {
                self.counts.stalls.add(u64::from(self.proxy.stall(self.dice.seconds(0.5, 12.0))));
            }
            self.begin(now);
        }
    }

    /// Asks for something new, or once more for what was answered before.
    fn begin(&mut self, now: Instant) {
        self.late = now + PATIENCE;
        let reconnected = mem::take(&mut self.reconnected) && self.dice.once_in(2);
        if reconnected || self.dice.once_in(self.requests.repeats_once_in()) {
            let count = if reconnected || self.dice.once_in(4) { 2 + self.dice.one_of(7) } else { 1 };
            (0..count).for_each(|_| self.repeat());
            return;
        }
        let client_id = ClientId::from_random(self.dice.bits());
        let message = self.requests.draw(&mut self.dice, &self.ledger, client_id.clone());
        self.ledger.ask(client_id, message);
        self.counts.changes.one();
        let copies = if self.dice.once_in(10) { 2 } else { 1 };
        (0..copies).for_each(|_| self.send_copy(self.ledger.asked.len() - 1));
    }

    /// Sends once more what was asked for before: as likely as not one of the last requests.
    fn repeat(&mut self) {
        let count = self.ledger.asked.len();
        if count == 0 {
            return;
        }
        self.counts.repeats.one();
        let newest = if self.dice.once_in(2) { count } else { count.min(8) };
        let number = count - 1 - self.dice.one_of(newest);
        let Asked { client_id, answer, .. } = &self.ledger.asked[number];
        if matches!(answer, Some(Ok(_))) && self.dice.once_in(8) {
            // Once a request was accepted, its id stands for it, whatever else comes under the same id.
            let other = self.requests.draw(&mut self.dice, &self.ledger, client_id.clone());
            self.ledger.asked[number].in_flight += 1;
            self.send(&other);
        } else {
            self.send_copy(number);
        }
    }

    fn send_copy(&mut self, number: usize) {
        let asked = &mut self.ledger.asked[number];
        asked.in_flight += 1;
        let message = asked.message.clone();
        self.send(&message);
    }

    fn send(&self, message: &ClientMessage) {
        if let (Some(line), Ok(text)) = (&self.line, serde_json::to_string(message)) {
            line.send(text);
        }
    }
}

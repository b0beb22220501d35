//! A program that speaks the plain dialect: it joins, talks, is cut off, and joins again under another name.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parlor::plain::PlainFrame;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::counts::Counts;
use super::ledger::{PlainLedger, Print, Stamp, Stay};
use super::proxy::Proxy;
use super::schedule::{Act, Dice, Plan};
use super::socket::{Line, SocketEvent};
use super::stage::{Rest, Stage};

/// How long the last message may take to come while nothing is broken, and a goodbye at any time.
const PATIENCE: Duration = Duration::from_secs(30);
const GOODBYE: Duration = Duration::from_secs(1);

/// What the last message of each room begins with.
pub(super) const LAST: &str = "the-end/";

/// A plain client.
pub(super) struct Plain {
    pub(super) ledger: PlainLedger,
    pub(super) proxy: Proxy,
    pub(super) dice: Dice,
    pub(super) begin: Instant,
    pub(super) counts: Arc<Counts>,
    /// Makes its names different from those of other runs.
    pub(super) tag: String,
    line: Option<Line>,
    joined: Option<Instant>,
    /// The room's last message has come.
    done: bool,
    slow_until: Instant,
    join_at: Instant,
    said: usize,
}

impl Plain {
    pub(super) fn new(
        ledger: PlainLedger,
        proxy: Proxy,
        dice: Dice,
        begin: Instant,
        counts: Arc<Counts>,
        tag: String,
    ) -> Self {
        let (line, joined, done, said) = (None, None, false, 0);
        Self { ledger, proxy, dice, begin, counts, tag, line, joined, done, slow_until: begin, join_at: begin, said }
    }

    /// Goes on until the end of the run.
    pub(super) async fn live(mut self, plan: Plan, mut stage: watch::Receiver<Stage>, rest: Rest) -> PlainLedger {
        let mut plan: VecDeque<_> = plan.into_iter().map(|(at, act)| (self.begin + at, act)).collect();
        while matches!(*stage.borrow_and_update(), Stage::Torture) {
            let next = plan.front().map_or(Instant::now() + PATIENCE, |(at, _)| *at);
            // Cancel safe: an event that has been taken is acted on.
            tokio::select! {
                () = self.go_on() => {}
                () = sleep_until(next) => {
                    if let Some((_, act)) = plan.pop_front_if(|(at, _)| *at <= Instant::now()) {
                        self.perform(act).await;
                    }
                }
                _ = stage.changed() => {}
            }
        }
        self.proxy.heal();
        self.slow_until = self.begin;
        let mut rest = Some(rest);
        while matches!(*stage.borrow_and_update(), Stage::Settle) {
            if self.joined.is_some() {
                rest = None;
            }
            tokio::select! {
                () = self.go_on() => {}
                _ = stage.changed() => {}
            }
        }
        if rest.is_some() && self.joined.is_none() {
            self.ledger.trouble.push("it could not join".to_owned());
        }
        let until = Instant::now() + PATIENCE;
        while self.joined.is_some() && !self.done {
            tokio::select! {
                () = self.go_on() => {}
                () = sleep_until(until) => {
                    self.ledger.trouble.push("it is connected and did not hear the room's last message".to_owned());
                    break;
                }
            }
        }
        self.ledger
    }

    /// Lets happen what happens next.
    async fn go_on(&mut self) {
        if self.slow_until > Instant::now() {
            return sleep_until(self.slow_until).await;
        }
        let Some(line) = &mut self.line else {
            sleep_until(self.join_at).await;
            return self.join();
        };
        match line.next().await {
            SocketEvent::Opened => {
                self.counts.connections.one();
                if let Some(stay) = self.ledger.stays.last() {
                    line.send(stay.name.clone());
                }
            }
            SocketEvent::Text(text) => self.hear(&text),
            SocketEvent::Closed(code) => {
                self.counts.closed(code);
                self.gone();
            }
        }
    }

    fn join(&mut self) {
        self.line = Some(Line::plain(self.proxy.address, self.ledger.room.as_str()));
        let name = format!("{}-{}-{}", self.ledger.who, self.ledger.stays.len(), self.tag);
        self.ledger.stays.push(Stay { name, ..Stay::default() });
    }

    fn gone(&mut self) {
        (self.line, self.joined) = (None, None);
        self.join_at = Instant::now() + self.dice.seconds(0.1, 1.0);
    }

    fn hear(&mut self, text: &str) {
        let Some(stay) = self.ledger.stays.last_mut() else { return };
        match serde_json::from_str(text) {
            Ok(PlainFrame::Message { username, message }) => {
                if message == format!("{username} has joined the chat") {
                    if username == stay.name {
                        self.joined = Some(Instant::now());
                    }
                    return;
                }
                stay.heard.push(Print::of(&username, &message));
                self.done |= message.starts_with(LAST);
                self.counts.deliveries.one();
                if let (Some(stamp), Some(joined)) = (Stamp::of(&message), self.joined)
                    && username != stay.name
                    && stamp.at_once
                    && self.begin + stamp.at > joined
                {
                    self.counts.latencies.add(self.begin.elapsed().saturating_sub(stamp.at));
                }
            }
            Ok(PlainFrame::Error { error }) => {
                *self.counts.refusals.lock().entry(format!("“{error}”")).or_default() += 1;
            }
            Err(error) => self.ledger.trouble.push(format!("can't be read ({error}): {text}")),
        }
    }

    async fn perform(&mut self, act: Act) {
        match act {
            Act::Say { count, bytes } => (0..count).for_each(|_| self.say(bytes)),
            Act::Slow(length) => {
                self.slow_until = Instant::now() + length;
                self.counts.slow.one();
            }
            Act::Cut(how) => self.counts.cuts.add(u64::from(self.proxy.cut(how))),
            Act::Stall(length) => self.counts.stalls.add(u64::from(self.proxy.stall(length))),
            Act::Delay { by, over } => self.counts.delays.add(u64::from(self.proxy.delay(by, over))),
            Act::Renew | Act::Away(_) => {
                self.gone();
                self.counts.moves.one();
            }
            Act::Reload => {
                self.counts.reloads.one();
                self.leave().await;
            }
            Act::Double | Act::Discard | Act::Return | Act::Scroll => {}
        }
    }

    fn say(&mut self, bytes: usize) {
        if let (Some(line), Some(_), Some(stay)) = (&self.line, self.joined, self.ledger.stays.last_mut()) {
            let stamp = Stamp { at: self.begin.elapsed(), at_once: true };
            let text = stamp.text(&self.ledger.who, self.said, bytes);
            self.said += 1;
            line.send(text.clone());
            stay.sent.push(text);
            self.counts.said_plainly.one();
        }
    }

    /// Says goodbye as WebSocket has it, and hears what comes until the other side does the same.
    async fn leave(&mut self) {
        if let Some(line) = &self.line {
            line.close();
        }
        self.slow_until = self.begin;
        let _ = tokio::time::timeout(GOODBYE, async {
            while self.line.is_some() {
                self.go_on().await;
            }
        })
        .await;
        self.gone();
    }
}

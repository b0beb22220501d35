//! A person at a page: acts as planned, then waits until everything has arrived.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::browser::Browser;
use super::counts::Counts;
use super::ledger::RichLedger;
use super::page::Page;
use super::proxy::Proxy;
use super::schedule::{Act, Plan};
use super::stage::{Rest, Stage};

/// Steps that everyone scrolls up at the end.
const STEPS: usize = 12;
/// How long an answer may take while nothing is broken.
const ANSWER: Duration = Duration::from_secs(20);
/// How often somebody who waits looks whether all is well.
const LOOK: Duration = Duration::from_millis(500);

/// A person at a page.
pub(super) struct Rich {
    page: Page,
    proxy: Proxy,
    plan: VecDeque<(Instant, Act)>,
    slow_until: Instant,
}

impl Rich {
    /// Opens the page and goes on until the end of the run.
    pub(super) async fn live(
        (browser, who, room): (Browser, String, parlor::RoomName),
        proxy: Proxy,
        plan: Plan,
        mut stage: watch::Receiver<Stage>,
        rest: Rest,
    ) -> RichLedger {
        let begin = Instant::from_std(browser.begin);
        let page = Page::open(browser, who, room).await;
        let plan = plan.into_iter().map(|(at, act)| (begin + at, act)).collect();
        let mut rich = Self { page, proxy, plan, slow_until: begin };
        rich.act_as_planned(&mut stage).await;
        rich.settle(&mut stage, rest).await;
        rich.finish(&mut stage).await;
        rich.page.ledger
    }

    async fn act_as_planned(&mut self, stage: &mut watch::Receiver<Stage>) {
        while matches!(*stage.borrow_and_update(), Stage::Torture) {
            let now = Instant::now();
            let next = self.plan.front().map_or(now + ANSWER, |(at, _)| *at);
            let (tick, reads) = (Instant::from_std(self.page.deadline()), self.slow_until <= now);
            // Cancel safe: an event that has been taken is acted on.
            tokio::select! {
                event = self.page.next(), if reads => self.page.happened(event),
                () = sleep_until(tick) => self.page.input(|client, at| client.tick(at)),
                () = sleep_until(self.slow_until), if !reads => {}
                () = sleep_until(next) => {
                    if let Some((_, act)) = self.plan.pop_front_if(|(at, _)| *at <= Instant::now()) {
                        self.perform(act, stage).await;
                    }
                }
                _ = stage.changed() => {}
            }
        }
    }

    async fn perform(&mut self, act: Act, stage: &mut watch::Receiver<Stage>) {
        let counts = self.counts();
        match act {
            Act::Say { count, bytes } => self.page.say(count, bytes),
            Act::Double => self.page.double(),
            Act::Discard => self.page.discard(),
            Act::Slow(length) => {
                self.slow_until = Instant::now() + length;
                counts.slow.one();
            }
            Act::Cut(how) => counts.cuts.add(u64::from(self.proxy.cut(how))),
            Act::Stall(length) => counts.stalls.add(u64::from(self.proxy.stall(length))),
            Act::Delay { by, over } => counts.delays.add(u64::from(self.proxy.delay(by, over))),
            Act::Renew => {
                self.page.renew();
                counts.moves.one();
            }
            Act::Away(length) => {
                counts.moves.one();
                self.page.renew();
                // Cancel safe: the end of the run wakes it up.
                tokio::select! {
                    () = tokio::time::sleep(length) => {}
                    _ = stage.changed() => stage.mark_changed(),
                }
                self.plan.retain(|(at, _)| *at > Instant::now());
                self.page.input(|client, at| client.visible(true, at));
            }
            Act::Return => self.page.input(|client, at| client.visible(true, at)),
            Act::Scroll => self.page.scroll(),
            Act::Reload => {
                counts.reloads.one();
                self.page.reload().await;
            }
        }
    }

    fn counts(&self) -> std::sync::Arc<Counts> {
        self.page.counts()
    }

    /// Waits until everything written is acknowledged and shown.
    async fn settle(&mut self, stage: &mut watch::Receiver<Stage>, rest: Rest) {
        self.proxy.heal();
        let mut rest = Some(rest);
        while matches!(*stage.borrow_and_update(), Stage::Settle) {
            if self.page.unrest().is_none() {
                // Dropped: one less to wait for.
                rest = None;
            }
            self.go_on(stage).await;
        }
        if rest.is_some()
            && let Some(unrest) = self.page.unrest()
        {
            self.page.ledger.trouble.push(format!("it did not come to rest: {unrest}"));
        }
    }

    /// Waits for the last message of the room, then scrolls up.
    async fn finish(&mut self, stage: &mut watch::Receiver<Stage>) {
        let last = match &*stage.borrow() {
            Stage::Finish(last) => last.get(&self.page.ledger.room).copied().unwrap_or(0),
            _ => 0,
        };
        let until = Instant::now() + ANSWER;
        while self.page.ledger.reached < last && Instant::now() < until {
            self.go_on(stage).await;
        }
        for _ in 0..STEPS {
            let (before, until) = (self.page.oldest(), Instant::now() + ANSWER);
            if !self.page.scroll_up() {
                break;
            }
            while self.page.asks() && self.page.oldest() == before && Instant::now() < until {
                self.go_on(stage).await;
            }
        }
        self.page.record_all();
    }

    /// Lets happen what happens next; a person who waits asks for a connection.
    async fn go_on(&mut self, stage: &mut watch::Receiver<Stage>) {
        let tick = Instant::from_std(self.page.deadline());
        // Cancel safe: an event that has been taken is acted on.
        tokio::select! {
            event = self.page.next() => self.page.happened(event),
            () = sleep_until(tick) => self.page.input(|client, at| client.tick(at)),
            () = tokio::time::sleep(LOOK) => self.page.input(|client, at| client.retry_now(at)),
            _ = stage.changed() => {}
        }
    }
}

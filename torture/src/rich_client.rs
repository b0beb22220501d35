//! A rich client: the user of a page, who acts as planned and then waits until all messages are delivered.

use std::collections::VecDeque;
use std::time::Duration;

use parlor::RoomName;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::browser::Browser;
use crate::fault_plan::{Action, ActionPlan};
use crate::history::RichHistory;
use crate::page::Page;
use crate::phase::{Phase, SettleGuard};
use crate::proxy::Proxy;

/// How often the client scrolls up at the end.
const SCROLL_STEPS: usize = 12;
/// How long a reply may take after all faults.
const REPLY_TIMEOUT: Duration = Duration::from_secs(20);
/// Interval at which a waiting user requests a connection attempt.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// A simulated user of a page.
pub(crate) struct RichClient {
    page: Page,
    proxy: Proxy,
    plan: VecDeque<(Instant, Action)>,
    /// It reads nothing before this time.
    paused_until: Instant,
}

impl RichClient {
    /// Opens the page and acts until the end of the run.
    pub(crate) async fn run(
        (browser, label, room): (Browser, String, RoomName),
        proxy: Proxy,
        plan: ActionPlan,
        mut phase: watch::Receiver<Phase>,
        guard: SettleGuard,
    ) -> RichHistory {
        let start = browser.start;
        let page = Page::open(browser, label, room).await;
        let plan = plan.into_iter().map(|(at, action)| (start + at, action)).collect();
        let mut client = Self { page, proxy, plan, paused_until: start };
        client.perform_plan(&mut phase).await;
        client.settle(&mut phase, guard).await;
        client.finish(&mut phase).await;
        client.page.into_history()
    }

    async fn perform_plan(&mut self, phase: &mut watch::Receiver<Phase>) {
        while matches!(*phase.borrow_and_update(), Phase::Faults) {
            let now = Instant::now();
            let next = self.plan.front().map_or(now + REPLY_TIMEOUT, |(at, _)| *at);
            let (timer, is_reading) = (self.page.timer_deadline(), self.paused_until <= now);
            // Cancel safe: an event that has been taken is handled.
            tokio::select! {
                event = self.page.next_event(), if is_reading => self.page.on_event(event),
                () = sleep_until(timer) => self.page.on_timer(),
                () = sleep_until(self.paused_until), if !is_reading => {}
                () = sleep_until(next) => {
                    if let Some((_, action)) = self.plan.pop_front_if(|(at, _)| *at <= Instant::now()) {
                        self.perform(action, phase).await;
                    }
                }
                _ = phase.changed() => {}
            }
        }
    }

    async fn perform(&mut self, action: Action, phase: &mut watch::Receiver<Phase>) {
        self.page.claim_lost_name();
        let counters = self.page.counters();
        match action {
            Action::Post { count, bytes } => self.page.post(count, bytes),
            Action::SendDuplicate => self.page.send_duplicate(),
            Action::Discard => self.page.discard(),
            Action::StopReading(duration) => {
                self.paused_until = Instant::now() + duration;
                counters.slow_readers.increment();
            }
            Action::Cut(cut) => counters.cuts.add(u64::from(self.proxy.cut(cut))),
            Action::Stall(duration) => counters.stalls.add(u64::from(self.proxy.stall(duration))),
            Action::Delay { latency, duration } => {
                counters.delays.add(u64::from(self.proxy.delay(latency, duration)));
            }
            Action::ChangeNetwork => {
                self.page.change_network();
                counters.network_changes.increment();
            }
            Action::Sleep(duration) => {
                counters.network_changes.increment();
                self.page.change_network();
                // Cancel safe: the end of the phase ends the sleep.
                tokio::select! {
                    () = sleep(duration) => {}
                    _ = phase.changed() => phase.mark_changed(),
                }
                self.plan.retain(|(at, _)| *at > Instant::now());
                self.page.return_to_page();
            }
            Action::ReturnToPage => self.page.return_to_page(),
            Action::Scroll => self.page.scroll(),
            Action::Reload => {
                counters.reloads.increment();
                self.page.reload().await;
            }
        }
    }

    /// Waits until everything that was written is acknowledged and in the timeline.
    async fn settle(&mut self, phase: &mut watch::Receiver<Phase>, guard: SettleGuard) {
        self.proxy.heal();
        let mut guard = Some(guard);
        while matches!(*phase.borrow_and_update(), Phase::Settle) {
            if self.page.unsettled_reason().is_none() {
                guard = None;
            }
            self.step(phase).await;
        }
        if guard.is_some()
            && let Some(reason) = self.page.unsettled_reason()
        {
            self.page.history.problems.push(format!("it did not settle: {reason}"));
        }
    }

    /// Waits for the last message of the room, then scrolls up.
    async fn finish(&mut self, phase: &mut watch::Receiver<Phase>) {
        let last_seq = match &*phase.borrow() {
            Phase::Finish(last_seqs) => last_seqs.get(&self.page.history.room).copied().unwrap_or(0),
            _ => 0,
        };
        let deadline = Instant::now() + REPLY_TIMEOUT;
        while self.page.history.reached_seq < last_seq && Instant::now() < deadline {
            self.step(phase).await;
        }
        for _ in 0..SCROLL_STEPS {
            let (before, deadline) = (self.page.oldest_seq(), Instant::now() + REPLY_TIMEOUT);
            if !self.page.scroll_up() {
                break;
            }
            let is_waiting = |page: &Page| page.awaits_history_page() && page.oldest_seq() == before;
            while is_waiting(&self.page) && Instant::now() < deadline {
                self.step(phase).await;
            }
            if is_waiting(&self.page) {
                self.page.history.problems.push(format!("no messages before #{before} arrived"));
                break;
            }
        }
        self.page.record_shown_segment();
    }

    /// Waits for the next event and handles it. If nothing happens for a while, the user requests a connection attempt.
    async fn step(&mut self, phase: &mut watch::Receiver<Phase>) {
        let timer = self.page.timer_deadline();
        // Cancel safe: an event that has been taken is handled.
        tokio::select! {
            event = self.page.next_event() => self.page.on_event(event),
            () = sleep_until(timer) => self.page.on_timer(),
            () = sleep(RETRY_INTERVAL) => {
                self.page.retry_now();
                self.page.claim_lost_name();
            }
            _ = phase.changed() => {}
        }
    }
}

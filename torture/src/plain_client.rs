//! A client of the plain dialect: it joins, posts, loses its connection, and joins again under another name.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parlor::plain::PlainFrame;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::counters::Counters;
use crate::fault_plan::{Action, ActionPlan};
use crate::history::{Fingerprint, PlainConnection, PlainHistory};
use crate::join_progress::JoinProgress;
use crate::message_text::{LAST_MESSAGE_PREFIX, Stamp};
use crate::phase::{Phase, SettleGuard};
use crate::proxy::Proxy;
use crate::rng::Rng;
use crate::socket::{Socket, SocketEvent};

/// How long the last message may take to arrive after all faults.
const LAST_MESSAGE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a closing handshake may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A simulated client of the plain dialect.
pub(crate) struct PlainClient {
    history: PlainHistory,
    proxy: Proxy,
    rng: Rng,
    /// The start of the run.
    start: Instant,
    counters: Arc<Counters>,
    /// Part of its names, to distinguish them from those of other runs.
    tag: String,
    socket: Option<Socket>,
    /// How far the current connection has come.
    join: JoinProgress,
    /// Whether the room's last message has arrived.
    done: bool,
    /// It reads nothing before this time.
    paused_until: Instant,
    /// It does not connect before this time.
    connect_at: Instant,
    post_count: usize,
}

impl PlainClient {
    pub(crate) fn new(
        history: PlainHistory,
        proxy: Proxy,
        rng: Rng,
        start: Instant,
        counters: Arc<Counters>,
        tag: String,
    ) -> Self {
        Self {
            history,
            proxy,
            rng,
            start,
            counters,
            tag,
            socket: None,
            join: JoinProgress::default(),
            done: false,
            paused_until: start,
            connect_at: start,
            post_count: 0,
        }
    }

    /// Acts until the end of the run.
    pub(crate) async fn run(
        mut self,
        plan: ActionPlan,
        mut phase: watch::Receiver<Phase>,
        guard: SettleGuard,
    ) -> PlainHistory {
        let mut plan: VecDeque<_> = plan.into_iter().map(|(at, action)| (self.start + at, action)).collect();
        while matches!(*phase.borrow_and_update(), Phase::Faults) {
            let next = plan.front().map_or(Instant::now() + LAST_MESSAGE_TIMEOUT, |(at, _)| *at);
            // Cancel safe: an event that has been taken is handled.
            tokio::select! {
                () = self.step() => {}
                () = sleep_until(next) => {
                    if let Some((_, action)) = plan.pop_front_if(|(at, _)| *at <= Instant::now()) {
                        self.perform(action).await;
                    }
                }
                _ = phase.changed() => {}
            }
        }
        self.proxy.heal();
        self.paused_until = self.start;
        let mut guard = Some(guard);
        while matches!(*phase.borrow_and_update(), Phase::Settle) {
            if self.join.joined_at.is_some() {
                guard = None;
            }
            // Cancel safe: an event that has been taken is handled.
            tokio::select! {
                () = self.step() => {}
                _ = phase.changed() => {}
            }
        }
        if guard.is_some() && self.join.joined_at.is_none() {
            self.history.problems.push(format!("it could not join: {}", self.join));
        }
        self.wait_for_last_message().await;
        self.history
    }

    /// Waits for the room's last message while it is connected.
    async fn wait_for_last_message(&mut self) {
        let deadline = Instant::now() + LAST_MESSAGE_TIMEOUT;
        while self.join.joined_at.is_some() && !self.done {
            // Cancel safe: an event that has been taken is handled.
            tokio::select! {
                () = self.step() => {}
                () = sleep_until(deadline) => {
                    self.history.problems.push("it is connected and did not receive the room's last message".to_owned());
                    break;
                }
            }
        }
    }

    /// Waits for the next event and handles it.
    async fn step(&mut self) {
        if self.paused_until > Instant::now() {
            return sleep_until(self.paused_until).await;
        }
        let notice_deadline = self.join.notice_deadline().filter(|_| self.proxy.has_several_servers);
        let Some(socket) = &mut self.socket else {
            sleep_until(self.connect_at).await;
            return self.connect();
        };
        let event = match notice_deadline {
            None => socket.next().await,
            Some(deadline) => match timeout_at(deadline, socket.next()).await {
                Ok(event) => event,
                Err(_) => {
                    self.counters.count_fault("joins without a notice");
                    return self.disconnect();
                }
            },
        };
        match event {
            SocketEvent::Opened => {
                self.counters.connections.increment();
                self.join.opened_at = Some(Instant::now());
                if let Some(connection) = self.history.connections.last() {
                    socket.send(connection.name.clone());
                }
            }
            SocketEvent::Text(text) => self.on_text(&text),
            SocketEvent::Closed(code) => {
                self.counters.count_close(code);
                self.disconnect();
            }
        }
    }

    fn connect(&mut self) {
        self.socket = Some(Socket::connect_plain(self.proxy.address, self.history.room.as_str()));
        self.join = JoinProgress { connected_at: Some(Instant::now()), ..JoinProgress::default() };
        let name = format!("{}-{}-{}", self.history.label, self.history.connections.len(), self.tag);
        self.history.connections.push(PlainConnection { name, ..PlainConnection::default() });
    }

    fn disconnect(&mut self) {
        (self.socket, self.join) = (None, JoinProgress::default());
        self.connect_at = Instant::now() + self.rng.seconds(0.1, 1.0);
    }

    fn on_text(&mut self, text: &str) {
        let Some(connection) = self.history.connections.last_mut() else { return };
        match serde_json::from_str(text) {
            Ok(PlainFrame::Message { username, message }) => {
                if message == format!("{username} has joined the chat") {
                    if username == connection.name {
                        self.join.joined_at = Some(Instant::now());
                    }
                    return;
                }
                connection.received.push(Fingerprint::of(&username, &message));
                self.done |= message.starts_with(LAST_MESSAGE_PREFIX);
                self.counters.deliveries.increment();
                if let (Some(stamp), Some(joined_at)) = (Stamp::parse(&message), self.join.joined_at)
                    && username != connection.name
                    && stamp.sent_immediately
                    && self.start + stamp.written_at > joined_at
                {
                    self.counters.latencies.add(self.start.elapsed().saturating_sub(stamp.written_at));
                }
            }
            Ok(PlainFrame::Error { error }) => self.counters.count_refusal_text(format!("“{error}”")),
            Err(error) => self.history.problems.push(format!("can't parse a frame ({error}): {text}")),
        }
    }

    async fn perform(&mut self, action: Action) {
        match action {
            Action::Post { count, bytes } => (0..count).for_each(|_| self.post(bytes)),
            Action::StopReading(duration) => {
                self.paused_until = Instant::now() + duration;
                self.counters.slow_readers.increment();
            }
            Action::Cut(cut) => self.counters.cuts.add(u64::from(self.proxy.cut(cut))),
            Action::Stall(duration) => self.counters.stalls.add(u64::from(self.proxy.stall(duration))),
            Action::Delay { latency, duration } => {
                self.counters.delays.add(u64::from(self.proxy.delay(latency, duration)));
            }
            Action::ChangeNetwork | Action::Sleep(_) => {
                self.disconnect();
                self.counters.network_changes.increment();
            }
            Action::Reload => {
                self.counters.reloads.increment();
                self.leave().await;
            }
            Action::SendDuplicate | Action::Discard | Action::ReturnToPage | Action::Scroll => {}
        }
    }

    fn post(&mut self, bytes: usize) {
        if let (Some(socket), Some(_), Some(connection)) =
            (&self.socket, self.join.joined_at, self.history.connections.last_mut())
        {
            let stamp = Stamp { written_at: self.start.elapsed(), sent_immediately: true };
            let text = stamp.text(&self.history.label, self.post_count, bytes);
            self.post_count += 1;
            socket.send(text.clone());
            connection.sent.push(text);
            self.counters.plain_posts.increment();
        }
    }

    /// Closes the connection with a closing handshake, and handles what arrives until it is complete.
    async fn leave(&mut self) {
        if let Some(socket) = &self.socket {
            socket.close();
        }
        self.paused_until = self.start;
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, async {
            while self.socket.is_some() {
                self.step().await;
            }
        })
        .await;
        self.disconnect();
    }
}

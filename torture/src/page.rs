//! An open page: drives the page's own controller, as `frontend/` and the components do, and records its timeline.

mod actions;
mod platform;

use std::time::Duration;

use parlor::{ClientId, CloseCode, Event, EventKind, RoomName, ServerMessage};
use parlor_app::controller::Controller;
use parlor_app::initial_page::InitialPage;
use parlor_app::platform::Platform as _;
use parlor_app::state::Moment;
use parlor_app::state::calendar::Zone;
use parlor_app::state::client::Client;
use parlor_app::state::drafts::Origin;
use parlor_app::state::segment::Segment;
use parlor_app::state::timeline::Timeline;
use parlor_app::wire;
use tokio::time::Instant;

use self::platform::SimulatedPlatform;
use crate::browser::Browser;
use crate::history::{Fingerprint, RichHistory};
use crate::message_text::Stamp;
use crate::socket::SocketEvent;

/// The open page of a rich client.
pub(crate) struct Page {
    platform: SimulatedPlatform,
    controller: Controller,
    /// How many pages the browser has loaded: the page's id.
    loads: u32,
    pub(crate) history: RichHistory,
    /// Whether the last timeline of the history is the current one. If not, the next record starts another.
    continues_timeline: bool,
    /// When the server welcomed the current connection, from the start of the run.
    welcomed_at: Duration,
}

impl Page {
    /// Loads the page for the first time, and tries again until that succeeds.
    pub(crate) async fn open(mut browser: Browser, label: String, room: RoomName) -> Self {
        let initial = browser.load(&room).await.initial;
        let author_id = initial.state.session.as_str().to_owned();
        let history =
            RichHistory { label, room, author_id, posts: vec![], timelines: vec![], reached_seq: 0, problems: vec![] };
        let mut page = Self {
            platform: SimulatedPlatform::new(browser),
            controller: Controller::new(Client::new(initial.state.clone())),
            loads: 0,
            history,
            continues_timeline: false,
            welcomed_at: Duration::ZERO,
        };
        page.start(&initial);
        page
    }

    /// Reloads the page: its state is lost except for what the browser has stored.
    pub(crate) async fn reload(&mut self) {
        self.platform.disconnect();
        let initial = self.platform.browser.load(&self.history.room).await.initial;
        if initial.state.session.as_str() != self.history.author_id {
            self.history.problems.push("after a reload it has another session".to_owned());
        }
        self.controller = Controller::new(Client::new(initial.state.clone()));
        self.start(&initial);
    }

    /// Starts the page's state with what the browser has stored.
    fn start(&mut self, initial: &InitialPage) {
        self.continues_timeline = false;
        let page_before = self.loads.to_string();
        self.loads += 1;
        self.controller.set_page_id(self.loads.to_string());
        let zone = Zone::FromServer(initial.state.utc_offsets.clone().into());
        let stored_name = self.platform.browser.stored_name.borrow().clone();
        let wanted_name = self.platform.browser.wanted_name.clone();
        self.input(|client, at| client.start(stored_name, zone, initial.now, at));
        self.controller.adopt_page(&self.platform, (&page_before, Origin::SameTab, true), &mut |_, _| {});
        self.input(|client, at| {
            client.set_visible(true, at);
            if client.name().is_none() {
                client.claim_name(&wanted_name);
            }
        });
    }

    /// Applies an input to the page's state, and records what its timeline then contains.
    pub(crate) fn input<T: Default>(&mut self, input: impl FnOnce(&mut Client, Moment) -> T) -> T {
        let (mut input, mut result) = (Some(input), T::default());
        let mut apply = |client: &mut Client, at: Moment| {
            if let Some(input) = input.take() {
                result = input(client, at);
            }
        };
        self.controller.input(&self.platform, &mut apply, &mut |_, _| {});
        self.record(Timeline::end);
        result
    }

    /// Appends the messages of a segment that are newer than those recorded.
    fn record(&mut self, segment: impl Fn(&Timeline) -> &Segment) {
        let client = self.controller.client();
        let timeline = client.timeline();
        if !self.continues_timeline {
            self.history.timelines.push(Vec::new());
        }
        let messages = segment(timeline).messages();
        let Some(recorded) = self.history.timelines.last_mut() else { return };
        let last_seq = recorded.last().map_or(0, |(seq, _)| *seq);
        let first_new = recorded.len();
        let new = messages.iter().rev().take_while(|message| message.seq > last_seq);
        recorded
            .extend(new.map(|message| (message.seq, Fingerprint::of(message.author.name.as_str(), message.text()))));
        recorded[first_new..].reverse();
        if self.continues_timeline {
            self.platform.browser.counters.deliveries.add((recorded.len() - first_new) as u64);
        }
        self.continues_timeline = true;
        self.history.reached_seq = timeline.cursor().seq;
    }

    /// Waits for the next event of the connection; forever if there is none. Cancel safe.
    pub(crate) async fn next_event(&mut self) -> SocketEvent {
        self.platform.next_event().await
    }

    /// When [`on_timer`](Self::on_timer) is due.
    pub(crate) fn timer_deadline(&self) -> Instant {
        self.platform.timer_deadline()
    }

    /// Applies a timer tick to the page's state.
    pub(crate) fn on_timer(&mut self) {
        self.input(|client, at| client.tick(at));
    }

    /// Handles an event of the connection.
    pub(crate) fn on_event(&mut self, event: SocketEvent) {
        match event {
            SocketEvent::Opened => {
                self.platform.browser.counters.connections.increment();
                self.input(|client, at| client.on_connected(at));
            }
            SocketEvent::Closed(code) => {
                self.platform.browser.counters.count_close(code);
                if !code.should_reconnect() {
                    self.history.problems.push(format!("the server closed the connection for good with {}", code.0));
                }
                self.on_disconnect(code);
            }
            SocketEvent::Text(text) => match wire::server_message(&text) {
                Some(message) => self.on_message(message),
                None => self.history.problems.push(format!("can't parse a message: {text}")),
            },
        }
    }

    fn on_disconnect(&mut self, code: CloseCode) {
        self.platform.disconnect();
        self.input(|client, at| client.on_disconnected(code, at));
    }

    fn on_message(&mut self, message: ServerMessage) {
        // The session may have joined other rooms as well; the history is about the shown one.
        let shown = self.controller.client().room().clone();
        match &message {
            ServerMessage::Welcome { .. } => {
                self.platform.online.set(true);
                self.welcomed_at = self.platform.browser.start.elapsed();
            }
            ServerMessage::Reset { room, .. }
                if *room == shown && self.controller.client().timeline().cursor().seq > 0 =>
            {
                self.history.problems.push("the server did not recognise a log that it had sent before".to_owned());
            }
            ServerMessage::Snapshot { room, .. } if *room == shown => self.continues_timeline = false,
            ServerMessage::Page { room, .. } if *room == shown => self.platform.awaits_history_page.set(false),
            ServerMessage::Event { room, event, .. } if *room == shown => self.record_latency(event),
            ServerMessage::Ack { client_id, seq, .. } => self.record_ack(client_id, *seq),
            ServerMessage::Nack { client_id, error, .. } => {
                self.platform.browser.counters.count_refusal(error.code);
                self.platform.record_step(client_id, &error.code.to_string());
            }
            _ => {}
        }
        self.input(|client, at| client.on_message(message, at));
    }

    fn record_ack(&mut self, client_id: &ClientId, seq: u64) {
        self.platform.record_step(client_id, "acknowledged");
        let Some(post) = self.history.posts.iter_mut().rfind(|post| post.client_id == client_id.as_str()) else {
            self.history.problems.push(format!("{} was acknowledged and never posted", client_id.as_str()));
            return;
        };
        match post.acked_seq.replace(seq) {
            None => self.platform.browser.counters.acked.increment(),
            Some(before) if before != seq => {
                let problem = format!("acknowledged at #{before} and then at #{seq}: {}", post.text);
                self.history.problems.push(problem);
            }
            Some(_) => {}
        }
    }

    /// Counts the delivery time of another client's message that was written and sent after the welcome.
    fn record_latency(&self, event: &Event) {
        let Browser { counters, start, .. } = &self.platform.browser;
        if let EventKind::Posted { author, body: Some(body), .. } = &event.kind
            && author.id.as_str() != self.history.author_id
            && let Some(stamp) = Stamp::parse(body.as_str())
            && stamp.sent_immediately
            && stamp.written_at > self.welcomed_at
        {
            counters.latencies.add(start.elapsed().saturating_sub(stamp.written_at));
        }
    }

    /// Ends the page and returns its history.
    pub(crate) fn into_history(mut self) -> RichHistory {
        self.history.problems.append(self.platform.problems.get_mut());
        for post in &mut self.history.posts {
            post.trail = self.platform.trail(&post.client_id);
        }
        self.history
    }
}

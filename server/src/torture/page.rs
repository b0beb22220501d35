//! An open page: the page's own state, its effects done with a real socket and a store in memory. This and [`hands`] are
//! what knows how the page is driven; they do what `frontend/` and the components do.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use parlor::{ClientId, ClientMessage, CloseCode, RoomName, ServerMessage, UnixMillis};
use parlor_app::state::Moment;
use parlor_app::state::client::{Client, Effect};
use parlor_app::state::run::Run;
use parlor_app::state::timeline::Timeline;
use parlor_app::wire;

use super::browser::Browser;
use super::ledger::{Print, RichLedger, Stamp};
use super::socket::{Line, SocketEvent};

mod hands;

/// An open page.
pub(super) struct Page {
    browser: Browser,
    client: Client,
    line: Option<Line>,
    pub(super) ledger: RichLedger,
    /// Whether the present run of the ledger is that of the present timeline.
    recording: bool,
    online: bool,
    /// An older part of the log was asked for and has not come.
    asked: bool,
    /// When the present connection was welcomed, from the start of the run.
    welcomed: Duration,
    /// What was posted over the present connection.
    sent_here: Vec<ClientId>,
    sent_ever: HashSet<ClientId>,
}

impl Page {
    /// Loads the page for the first time, until it is there.
    pub(super) async fn open(mut browser: Browser, who: String, room: RoomName) -> Self {
        let boot = browser.load(&room).await.boot;
        let (author, drawn) = (boot.session.as_str().to_owned(), boot.now);
        let ledger = RichLedger { who, room, author, posted: vec![], runs: vec![], reached: 0, trouble: vec![] };
        let mut page = Self {
            browser,
            client: Client::new(boot),
            line: None,
            ledger,
            recording: false,
            online: false,
            asked: false,
            welcomed: Duration::ZERO,
            sent_here: Vec::new(),
            sent_ever: HashSet::new(),
        };
        page.begin(drawn);
        page
    }

    /// Loads the page anew: all is forgotten but for what the browser has kept.
    pub(super) async fn reload(&mut self) {
        self.line = None;
        self.online = false;
        let room = self.ledger.room.clone();
        let boot = self.browser.load(&room).await.boot;
        if boot.session.as_str() != self.ledger.author {
            self.ledger.trouble.push("a reload made somebody else of it".to_owned());
        }
        let drawn = boot.now;
        self.client = Client::new(boot);
        self.begin(drawn);
    }

    fn begin(&mut self, drawn: UnixMillis) {
        self.recording = false;
        let kept = self.browser.kept.values().filter_map(|text| wire::kept(text)).collect();
        let (remembered, name) = (self.browser.remembered.clone(), self.browser.name.clone());
        self.input(|client, at| {
            client.start(remembered, client.locale(), drawn, at);
            client.inherit(kept, at);
            client.visible(true, at);
            if client.name().is_none() {
                client.claim(&name);
            }
        });
    }

    /// Lets something happen to the state, notes what it knows now, and does what follows.
    pub(super) fn input<T>(&mut self, happen: impl FnOnce(&mut Client, Moment) -> T) -> T {
        let at = self.browser.moment();
        let result = happen(&mut self.client, at);
        self.record();
        for effect in self.client.take_effects() {
            self.perform(effect);
        }
        result
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Connect => {
                self.online = false;
                self.sent_here.clear();
                self.line = Some(Line::rich(self.browser.proxy, self.browser.secret.as_deref()));
            }
            Effect::Drop => {
                self.online = false;
                self.line = None;
            }
            Effect::Send(message) => {
                if let ClientMessage::Post { client_id, .. } = &message
                    && self.line.is_some()
                {
                    self.sent_here.push(client_id.clone());
                    if !self.sent_ever.insert(client_id.clone()) {
                        self.browser.counts.resent.one();
                    }
                }
                self.send(&message);
            }
            Effect::Keep(kept) => {
                self.browser.kept.insert(kept.written.client_id.clone(), wire::kept_text(&kept));
            }
            Effect::Forget(client_id) => {
                self.browser.kept.remove(&client_id);
            }
            Effect::RememberName(name) => self.browser.remembered = name,
            Effect::Reload(_) => self.ledger.trouble.push("the page was told of another build".to_owned()),
            // Nobody looks at this page, listens to it or goes anywhere.
            Effect::Speak(_)
            | Effect::Visit(_)
            | Effect::ReplaceAddress(_)
            | Effect::Notify(_)
            | Effect::Withdraw { .. }
            | Effect::RememberIgnored(_)
            | Effect::StartAnew
            | Effect::RememberVolume(_)
            | Effect::Replicate(_)
            | Effect::ForgetRoom(_)
            // Its drafts end with it: nobody types here.
            | Effect::KeepDraft { .. }
            | Effect::ForgetDraft { .. } => {}
        }
    }

    fn send(&mut self, message: &ClientMessage) {
        self.asked |= matches!(message, ClientMessage::Page { .. });
        if let Some(line) = &self.line {
            line.send(wire::client_text(message));
        }
    }

    /// Notes what has come into the timeline.
    fn record(&mut self) {
        self.record_run(Timeline::end);
    }

    fn record_run(&mut self, run: impl Fn(&Timeline) -> &Run) {
        let timeline = self.client.timeline();
        if !self.recording {
            self.ledger.runs.push(Vec::new());
        }
        let held = run(timeline);
        let Some(run) = self.ledger.runs.last_mut() else { return };
        let known = run.last().map_or(0, |(seq, _)| *seq);
        let from = run.len();
        let new = held.said().iter().rev().take_while(|said| said.seq > known);
        run.extend(new.map(|said| (said.seq, Print::of(said.author.name.as_str(), said.text()))));
        run[from..].reverse();
        if self.recording {
            self.browser.counts.deliveries.add((run.len() - from) as u64);
        }
        self.recording = true;
        self.ledger.reached = timeline.cursor().seq;
    }

    /// What happens to the socket next; never, if there is none.
    pub(super) async fn next(&mut self) -> SocketEvent {
        match &mut self.line {
            Some(line) => line.next().await,
            None => std::future::pending().await,
        }
    }

    /// Something happened to the socket.
    pub(super) fn happened(&mut self, event: SocketEvent) {
        match event {
            SocketEvent::Opened => {
                self.browser.counts.connections.one();
                self.input(Client::opened);
            }
            SocketEvent::Closed(code) => {
                self.browser.counts.closed(code);
                if !code.comes_back() {
                    self.ledger.trouble.push(format!("closed for good, with {}", code.0));
                }
                self.lost(code);
            }
            SocketEvent::Text(text) => match wire::server_message(&text) {
                Some(message) => self.received(message),
                None => self.ledger.trouble.push(format!("can't be read: {text}")),
            },
        }
    }

    fn lost(&mut self, code: CloseCode) {
        (self.online, self.asked, self.line) = (false, false, None);
        self.input(|client, at| client.closed(code, at));
    }

    fn received(&mut self, message: ServerMessage) {
        // The page is in the lobby, too; what is looked at here is the room that it shows.
        let here = self.client.room().clone();
        match &message {
            ServerMessage::Welcome { .. } => {
                self.online = true;
                self.welcomed = self.browser.begin.elapsed();
            }
            ServerMessage::Reset { room, .. } if *room == here && self.client.timeline().cursor().seq > 0 => {
                self.ledger.trouble.push("the server did not know the log that it had shown".to_owned());
            }
            ServerMessage::Snapshot { room, .. } if *room == here => self.recording = false,
            ServerMessage::Page { room, .. } if *room == here => self.asked = false,
            ServerMessage::Event { room, event, .. } if *room == here => self.time(event),
            ServerMessage::Ack { client_id, seq, .. } => self.acked(client_id, *seq),
            ServerMessage::Nack { error, .. } => self.browser.counts.refused(error.code),
            _ => {}
        }
        self.input(|client, at| client.received(message, at));
    }

    fn acked(&mut self, client_id: &ClientId, seq: u64) {
        let Some(posted) = self.ledger.posted.iter_mut().rfind(|posted| posted.client_id == client_id.as_str()) else {
            self.ledger.trouble.push(format!("{} was acknowledged and never written", client_id.as_str()));
            return;
        };
        match posted.acked.replace(seq) {
            None => self.browser.counts.acked.one(),
            Some(before) if before != seq => {
                let text = &posted.text;
                self.ledger.trouble.push(format!("acknowledged at {before} and again at {seq}: {text}"));
            }
            Some(_) => {}
        }
    }

    fn time(&self, event: &parlor::Event) {
        if let parlor::EventKind::Posted { author, body: Some(body), .. } = &event.kind
            && author.id.as_str() != self.ledger.author
            && let Some(stamp) = Stamp::of(body.as_str())
            && stamp.at_once
            && stamp.at > self.welcomed
        {
            self.browser.counts.latencies.add(self.browser.begin.elapsed().saturating_sub(stamp.at));
        }
    }

    /// When the state wants to be told that time has passed.
    pub(super) fn deadline(&mut self) -> Instant {
        let at = self.browser.moment();
        let tick = self.client.deadline(at).unwrap_or(at.tick + 60_000);
        self.browser.begin + Duration::from_millis(tick)
    }
}

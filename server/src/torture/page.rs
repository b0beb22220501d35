//! A page without a browser: the page's own state, its effects done with a real socket and a store in memory. This is
//! the one file that knows how the page is driven; it does what `frontend/` does.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parlor::{ClientId, ClientMessage, CloseCode, ErrorCode, RoomName, ServerMessage, UnixMillis};
use parlor_app::state::Moment;
use parlor_app::state::calendar::Zone;
use parlor_app::state::client::{Client, Effect};
use parlor_app::state::outbox::Step;
use parlor_app::wire;

use super::counts::Counts;
use super::ledger::{Posted, Print, RichLedger, Stamp};
use super::schedule::Dice;
use super::socket::{Line, SocketEvent};
use super::visit::visit;

/// The longest that a reader's clock is wrong, in milliseconds, in either direction.
const WRONG_CLOCK_MS: f64 = 300_000.0;

/// Who opens pages, and what their browser has kept.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) proxy: SocketAddr,
    /// When the run began.
    pub(super) begin: Instant,
    pub(super) counts: Arc<Counts>,
    name: String,
    dice: Dice,
    clock_error: i64,
    secret: Option<String>,
    remembered: Option<String>,
    /// Unsent messages. A browser lists them by their keys, not by when they came.
    kept: BTreeMap<ClientId, String>,
}

impl Browser {
    pub(super) fn new(proxy: SocketAddr, begin: Instant, counts: Arc<Counts>, name: String, mut dice: Dice) -> Self {
        let clock_error = dice.between(-WRONG_CLOCK_MS, WRONG_CLOCK_MS) as i64;
        Self { proxy, begin, counts, name, dice, clock_error, secret: None, remembered: None, kept: BTreeMap::new() }
    }

    fn moment(&mut self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        let wall = (wall + self.clock_error).max(0) as u64;
        Moment { tick: self.begin.elapsed().as_millis() as u64, wall, random: self.dice.fraction() }
    }
}

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
        let (client, author, drawn) = load(&mut browser, &room).await;
        let ledger = RichLedger { who, room, author, posted: vec![], runs: vec![], reached: 0, trouble: vec![] };
        let mut page = Self {
            browser,
            client,
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
        let (client, author, drawn) = load(&mut self.browser, &room).await;
        if author != self.ledger.author {
            self.ledger.trouble.push(format!("a reload made {author} of {}", self.ledger.author));
        }
        self.client = client;
        self.begin(drawn);
    }

    fn begin(&mut self, drawn: UnixMillis) {
        self.recording = false;
        let kept = self.browser.kept.values().filter_map(|text| wire::kept(text)).collect();
        let (remembered, name) = (self.browser.remembered.clone(), self.browser.name.clone());
        self.input(|client, at| {
            client.start(remembered, kept, Zone(0), drawn, at);
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
                self.browser.kept.insert(kept.client_id.clone(), wire::kept_text(&kept));
            }
            Effect::Forget(client_id) => {
                self.browser.kept.remove(&client_id);
            }
            Effect::RememberName(name) => self.browser.remembered = name,
            Effect::Reload(_) => self.ledger.trouble.push("the page was told of another build".to_owned()),
            Effect::Speak(_) => {}
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
        let timeline = self.client.timeline();
        if !self.recording {
            self.ledger.runs.push(Vec::new());
        }
        let Some(run) = self.ledger.runs.last_mut() else { return };
        let known = run.last().map_or(0, |(seq, _)| *seq);
        let from = run.len();
        let new = timeline.said().iter().rev().take_while(|said| said.seq > known);
        run.extend(new.map(|said| (said.seq, Print::of(said.author.name.as_str(), said.body.as_str()))));
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
        match &message {
            ServerMessage::Welcome { .. } => {
                self.online = true;
                self.welcomed = self.browser.begin.elapsed();
            }
            ServerMessage::Reset { .. } if self.client.timeline().cursor().seq > 0 => {
                self.ledger.trouble.push("the server did not know the log that it had shown".to_owned());
            }
            ServerMessage::Snapshot { .. } => self.recording = false,
            ServerMessage::Page { .. } => self.asked = false,
            ServerMessage::Event { event, .. } => self.time(event),
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
        if let parlor::EventKind::Posted { author, body, .. } = &event.kind
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

    /// Writes messages, if it has a name to write under.
    pub(super) fn say(&mut self, count: usize, bytes: usize) {
        for _ in 0..count {
            let Some(name) = self.client.name().map(ToString::to_string) else { return };
            let at_once = self.online && self.client.outbox().items().is_empty();
            let stamp = Stamp { at: self.browser.begin.elapsed(), at_once };
            let text = stamp.text(&self.ledger.who, self.ledger.posted.len(), bytes);
            let random = self.browser.dice.bits();
            let posting = self.input(|client, at| {
                let client_id = ClientId::new(at.wall, random);
                let id = client_id.as_str().to_owned();
                client.post(&text, client_id, at).map(|()| id)
            });
            match posting {
                Ok(client_id) => {
                    let posted = Posted { client_id, name, text, discarded: false, acked: None };
                    self.ledger.posted.push(posted);
                    self.browser.counts.posted.one();
                }
                Err(ErrorCode::NotNamed) => return,
                Err(code) => self.ledger.trouble.push(format!("the page refused a message: {code}")),
            }
        }
    }

    /// Sends something again that was sent over this connection, behind the page's back.
    pub(super) fn double(&mut self) {
        let recent = self.sent_here.len().saturating_sub(8);
        if self.sent_here.is_empty() {
            return;
        }
        let pick = recent + self.browser.dice.one_of(self.sent_here.len() - recent);
        let client_id = self.sent_here[pick].clone();
        let posted = self.ledger.posted.iter().rfind(|posted| posted.client_id == client_id.as_str());
        if let Some(posted) = posted.filter(|posted| !posted.discarded) {
            let (room, body) = (self.ledger.room.clone(), posted.text.clone());
            self.send(&ClientMessage::Post { room, client_id, body });
            self.browser.counts.doubles.one();
        }
    }

    /// Gives up the first message that was refused for now.
    pub(super) fn discard(&mut self) {
        let items = self.client.outbox().items();
        let Some(held) = items.iter().find(|item| matches!(item.step, Step::Held(_))) else { return };
        let client_id = held.said.client_id.clone();
        if self.input(|client, at| client.discard(&client_id, at)).is_some()
            && let Some(posted) = self.ledger.posted.iter_mut().rfind(|posted| posted.client_id == client_id.as_str())
        {
            posted.discarded = true;
            self.browser.counts.discarded.one();
        }
    }

    /// Leaves the connection behind, as a device does that changes its network.
    pub(super) fn renew(&mut self) {
        if self.line.is_some() {
            self.lost(CloseCode::ABNORMAL);
        }
    }

    /// Scrolls away from the end and asks for older messages, or goes back to the end.
    pub(super) fn scroll(&mut self) {
        self.input(|client, _| {
            if client.is_live() {
                client.read();
                client.older();
            } else {
                client.follow();
            }
        });
    }

    /// Scrolls up by one step. False at the beginning of the log.
    pub(super) fn scroll_up(&mut self) -> bool {
        self.input(|client, _| {
            client.older();
            client.has_older()
        })
    }

    /// Whether an older part of the log is on its way.
    pub(super) fn asks(&self) -> bool {
        self.asked
    }

    /// What is counted.
    pub(super) fn counts(&self) -> Arc<Counts> {
        self.browser.counts.clone()
    }

    /// The place of the oldest message in the timeline.
    pub(super) fn oldest(&self) -> u64 {
        self.client.timeline().first()
    }

    /// Notes the whole timeline as it is now.
    pub(super) fn record_all(&mut self) {
        self.recording = false;
        self.record();
    }

    /// Why the page is not at rest: everything sent, and connected.
    pub(super) fn unrest(&self) -> Option<String> {
        let items = self.client.outbox().items();
        if let Some(first) = items.first() {
            return Some(format!("{} unsent, the first {:?}: {}", items.len(), first.step, first.said.body.as_str()));
        }
        (!self.online).then(|| "not connected".to_owned())
    }
}

/// Loads the page as often as it takes. Tells whose it is, and when the server drew it.
async fn load(browser: &mut Browser, room: &RoomName) -> (Client, String, UnixMillis) {
    loop {
        if let Some(visit) = visit(browser.proxy, room.as_str(), browser.secret.as_deref()).await {
            browser.secret = visit.secret.or(browser.secret.take());
            let author = visit.boot.session.as_str().to_owned();
            let drawn = visit.boot.now;
            return (Client::new(visit.boot), author, drawn);
        }
        tokio::time::sleep(browser.dice.seconds(0.2, 1.0)).await;
    }
}

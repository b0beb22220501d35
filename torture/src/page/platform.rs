//! The [`Platform`] of a simulated page: a real WebSocket, a timer, and the browser's store in memory.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use parlor::{ClientId, ClientMessage};
use parlor_app::platform::Platform;
use parlor_app::state::Moment;
use parlor_app::state::effect::Effect;
use parlor_app::unsent_store::ItemStore;
use parlor_app::wire;
use tokio::time::Instant;

use crate::browser::Browser;
use crate::socket::{Socket, SocketEvent};

/// The longest time between two timer ticks.
const MAX_TIMER: Duration = Duration::from_secs(60);

/// The clock, timer, store and connection of one page.
pub(crate) struct SimulatedPlatform {
    pub(super) browser: Browser,
    socket: RefCell<Option<Socket>>,
    /// When the next timer tick is due, as a [`Moment::tick`].
    timer: Cell<Option<u64>>,
    /// Whether the server has welcomed the current connection.
    pub(super) online: Cell<bool>,
    /// Whether a requested history page has yet to arrive on the current connection.
    pub(super) awaits_history_page: Cell<bool>,
    /// The messages that were posted over the current connection.
    sent_on_connection: RefCell<Vec<ClientId>>,
    /// All messages that were ever posted.
    sent: RefCell<HashSet<ClientId>>,
    /// When each message was sent and answered, in milliseconds from the start of the run.
    trails: RefCell<HashMap<ClientId, String>>,
    /// Number of connections so far.
    connections: Cell<usize>,
    /// Effects that must not occur.
    pub(super) problems: RefCell<Vec<String>>,
}

impl SimulatedPlatform {
    pub(super) fn new(browser: Browser) -> Self {
        Self {
            browser,
            socket: RefCell::default(),
            timer: Cell::default(),
            online: Cell::default(),
            awaits_history_page: Cell::default(),
            sent_on_connection: RefCell::default(),
            sent: RefCell::default(),
            trails: RefCell::default(),
            connections: Cell::default(),
            problems: RefCell::default(),
        }
    }

    /// When the timer expires.
    pub(super) fn timer_deadline(&self) -> Instant {
        let after_start = |tick| self.browser.start + Duration::from_millis(tick);
        self.timer.get().map_or_else(|| Instant::now() + MAX_TIMER, after_start)
    }

    /// Whether there is a connection, open or being opened.
    pub(super) fn has_socket(&self) -> bool {
        self.socket.borrow().is_some()
    }

    /// Returns up to `count` messages that were posted over the current connection, newest first.
    pub(super) fn recently_sent(&self, count: usize) -> Vec<ClientId> {
        self.sent_on_connection.borrow().iter().rev().take(count).cloned().collect()
    }

    /// Sends a message that the page knows nothing of.
    pub(super) fn send_unrecorded(&self, message: &ClientMessage) {
        if let Some(socket) = &*self.socket.borrow() {
            socket.send(wire::client_message_text(message));
        }
    }

    /// Waits for the next event of the connection; forever if there is none. Cancel safe.
    pub(super) async fn next_event(&mut self) -> SocketEvent {
        match self.socket.get_mut() {
            Some(socket) => socket.next().await,
            None => std::future::pending().await,
        }
    }

    /// Adds something that happened to a message to its trail.
    pub(super) fn record_step(&self, client_id: &ClientId, step: &str) {
        let (at, connection) = (self.browser.start.elapsed().as_millis(), self.connections.get());
        let mut trails = self.trails.borrow_mut();
        let trail = trails.entry(client_id.clone()).or_default();
        trail.push_str(&format!(" {step} at {at} (connection {connection})"));
    }

    /// What happened to a message.
    pub(super) fn trail(&self, client_id: &str) -> String {
        let trails = self.trails.borrow();
        trails.iter().find(|(id, _)| id.as_str() == client_id).map(|(_, trail)| trail.clone()).unwrap_or_default()
    }

    fn record_post(&self, client_id: ClientId) {
        self.record_step(&client_id, "sent");
        if !self.sent.borrow_mut().insert(client_id.clone()) {
            self.browser.counters.resent.increment();
        }
        self.sent_on_connection.borrow_mut().push(client_id);
    }
}

impl Platform for SimulatedPlatform {
    fn now(&self) -> Moment {
        self.browser.moment()
    }

    fn connect(&self) {
        self.disconnect();
        self.connections.update(|connections| connections + 1);
        let socket = Socket::connect_rich(self.browser.proxy, self.browser.secret.as_deref());
        self.socket.replace(Some(socket));
    }

    fn disconnect(&self) {
        self.socket.replace(None);
        self.online.set(false);
        self.awaits_history_page.set(false);
        self.sent_on_connection.borrow_mut().clear();
    }

    fn send(&self, text: String) {
        let socket = self.socket.borrow();
        let Some(socket) = &*socket else { return };
        match serde_json::from_str(&text) {
            Ok(ClientMessage::Post { client_id, .. }) => self.record_post(client_id),
            Ok(ClientMessage::Page { .. }) => self.awaits_history_page.set(true),
            Ok(_) => {}
            Err(error) => self.problems.borrow_mut().push(format!("the page sent {text}: {error}")),
        }
        socket.send(text);
    }

    fn set_timer(&self, tick: Option<u64>) {
        self.timer.set(tick);
    }

    fn items(&self) -> &dyn ItemStore {
        &self.browser.items
    }

    fn set_at_risk(&self, at_risk: bool) {
        if at_risk {
            self.problems.borrow_mut().push("the page found no room for unsent work".to_owned());
        }
    }

    fn perform(&self, effect: Effect) {
        match effect {
            Effect::StoreName(name) => drop(self.browser.stored_name.replace(name)),
            Effect::Reload(_) => self.problems.borrow_mut().push("the server reported another build".to_owned()),
            // The simulated user neither looks at the page nor navigates. The controller performs the other effects.
            _ => {}
        }
    }
}

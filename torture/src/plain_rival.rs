//! A client of the plain dialect that competes for a few names. Its name ends with its connection.

use std::time::Duration;

use parlor::RoomName;
use parlor::plain::PlainFrame;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use crate::fault_plan::Cut;
use crate::name_history::{RivalHistory, unix_millis};
use crate::phase::Phase;
use crate::proxy::Proxy;
use crate::rng::Rng;
use crate::socket::{Socket, SocketEvent};

/// How long the server may take to accept or refuse a name.
const JOIN_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest time that it stays connected, in seconds: longer than a paused server keeps its lease.
const LONGEST_STAY: f64 = 25.0;

/// A simulated client that competes for names with the plain dialect.
pub(crate) struct PlainRival {
    room: RoomName,
    /// The names that it claims.
    names: Vec<String>,
    proxy: Proxy,
    rng: Rng,
    history: RivalHistory,
}

impl PlainRival {
    pub(crate) fn new(label: String, room: RoomName, names: Vec<String>, proxy: Proxy, rng: Rng) -> Self {
        Self { room, names, proxy, rng, history: RivalHistory { label, ..RivalHistory::default() } }
    }

    /// Competes until the faults end.
    pub(crate) async fn run(mut self, mut phase: watch::Receiver<Phase>) -> RivalHistory {
        while matches!(*phase.borrow_and_update(), Phase::Faults) {
            // Cancel safe: a message that was sent may be in the log or not.
            tokio::select! {
                () = self.connect_and_compete() => {}
                _ = phase.changed() => {}
            }
        }
        self.history
    }

    /// Holds a name on one connection, if it gets one.
    async fn connect_and_compete(&mut self) {
        let mut socket = Socket::connect_plain(self.proxy.address, self.room.as_str());
        let name = self.rng.choose(self.names.iter().cloned()).unwrap_or_default();
        if self.join(&mut socket, &name).await.is_some() {
            // Most stays are short, so that the name changes hands. In a long one its server may be paused.
            let longest = if self.rng.one_in(4) { LONGEST_STAY } else { 2.0 };
            let end = Instant::now() + self.rng.seconds(0.2, longest);
            let _ = self.post(&mut socket, end).await;
            match self.rng.index(3) {
                0 => drop(self.proxy.cut(Cut::Reset)),
                1 => socket.close(),
                _ => {}
            }
        }
        drop(socket);
        sleep(self.rng.seconds(0.1, 1.0)).await;
    }

    /// Claims the name. `None` if the server refuses it, or the connection is lost.
    async fn join(&mut self, socket: &mut Socket, name: &str) -> Option<()> {
        let deadline = Instant::now() + JOIN_TIMEOUT;
        let SocketEvent::Opened = timeout_at(deadline, socket.next()).await.ok()? else { return None };
        let requested_at = unix_millis();
        socket.send(name.to_owned());
        loop {
            let SocketEvent::Text(text) = timeout_at(deadline, socket.next()).await.ok()? else { return None };
            match serde_json::from_str(&text) {
                Ok(PlainFrame::Message { username, message })
                    if username == name && message == format!("{name} has joined the chat") =>
                {
                    self.history.begin_hold(name.to_owned(), requested_at);
                    return Some(());
                }
                Ok(PlainFrame::Message { .. }) => {}
                Ok(PlainFrame::Error { .. }) => {
                    self.history.taken += 1;
                    return None;
                }
                Err(error) => self.history.problems.push(format!("can't parse a frame ({error}): {text}")),
            }
        }
    }

    /// Posts messages until a time, or until the connection is lost.
    async fn post(&mut self, socket: &mut Socket, end: Instant) -> Option<()> {
        while Instant::now() < end {
            let text = self.history.next_text();
            self.history.add_post(text.clone(), String::new());
            socket.send(text);
            let next = Instant::now() + self.rng.seconds(0.05, 0.4);
            while let Ok(event) = timeout_at(next, socket.next()).await {
                if matches!(event, SocketEvent::Closed(_)) {
                    return None;
                }
            }
        }
        Some(())
    }
}

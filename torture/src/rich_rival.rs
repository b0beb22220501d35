//! A rich client that competes for a few names: it claims one, posts, releases it or loses it, and claims again.

use std::time::Duration;

use parlor::message::{Request, RoomAt};
use parlor::{ClientId, ClientMessage, ErrorCode, RoomName, ServerMessage, Token};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use crate::fault_plan::Cut;
use crate::name_history::{RivalHistory, unix_millis};
use crate::phase::Phase;
use crate::proxy::Proxy;
use crate::rng::Rng;
use crate::socket::{Socket, SocketEvent};

/// How long the server may take to reply before the rival connects anew.
const REPLY_TIMEOUT: Duration = Duration::from_secs(5);

/// A simulated client that competes for names with the rich dialect.
pub(crate) struct RichRival {
    room: RoomName,
    /// The names that it claims.
    names: Vec<String>,
    proxy: Proxy,
    rng: Rng,
    history: RivalHistory,
    token: Option<Token>,
    /// Whether it holds a name on the current connection.
    named: bool,
    /// Messages without a reply on the current connection.
    unanswered: usize,
}

impl RichRival {
    pub(crate) fn new(label: String, room: RoomName, names: Vec<String>, proxy: Proxy, rng: Rng) -> Self {
        let history = RivalHistory { label, ..RivalHistory::default() };
        Self { room, names, proxy, rng, history, token: None, named: false, unanswered: 0 }
    }

    /// Competes until the faults end.
    pub(crate) async fn run(mut self, mut phase: watch::Receiver<Phase>) -> RivalHistory {
        while matches!(*phase.borrow_and_update(), Phase::Faults) {
            // Cancel safe: a message whose reply is lost may be in the log or not.
            tokio::select! {
                () = self.connect_and_compete() => {}
                _ = phase.changed() => {}
            }
        }
        self.history
    }

    /// Holds names on one connection until it is lost.
    async fn connect_and_compete(&mut self) {
        (self.named, self.unanswered) = (false, 0);
        let mut socket = Socket::connect_rich(self.proxy.address, None);
        let _ = self.compete(&mut socket).await;
        drop(socket);
        if self.rng.one_in(6) {
            // Another account: the server keeps the name of this one for some time.
            self.token = None;
        }
        sleep(self.rng.seconds(0.05, 0.6)).await;
    }

    /// Returns `None` when the connection is lost or without reply.
    async fn compete(&mut self, socket: &mut Socket) -> Option<()> {
        let deadline = Instant::now() + REPLY_TIMEOUT;
        let SocketEvent::Opened = timeout_at(deadline, socket.next()).await.ok()? else { return None };
        let requested_at = unix_millis();
        let rooms = vec![RoomAt { room: self.room.clone(), cursor: None }];
        send(socket, &ClientMessage::Hello { token: self.token.clone(), rooms });
        let welcome = |message: &ServerMessage| matches!(message, ServerMessage::Welcome { .. });
        if let ServerMessage::Welcome { token, name, .. } = self.receive(socket, welcome).await? {
            self.token = token.or(self.token.take());
            if let Some(name) = name {
                self.named = true;
                self.history.begin_hold(name.to_string(), requested_at);
            }
        }
        loop {
            if self.named || self.claim(socket).await? {
                self.post(socket).await?;
                self.end_hold(socket).await?;
            } else {
                self.pause(socket, 0.1, 0.5).await?;
            }
        }
    }

    /// Claims a name. Returns whether it was granted.
    async fn claim(&mut self, socket: &mut Socket) -> Option<bool> {
        let name = self.rng.choose(self.names.iter().cloned()).unwrap_or_default();
        let requested_at = unix_millis();
        send(socket, &ClientMessage::Claim { name });
        let answer = |message: &ServerMessage| {
            matches!(message, ServerMessage::Claimed { .. } | ServerMessage::Refused { to: Some(Request::Claim), .. })
        };
        match self.receive(socket, answer).await? {
            ServerMessage::Claimed { name } => {
                self.named = true;
                self.history.begin_hold(name.to_string(), requested_at);
                Some(true)
            }
            ServerMessage::Refused { error, .. } => {
                self.history.taken += u64::from(error.code == ErrorCode::NameTaken);
                Some(false)
            }
            _ => Some(false),
        }
    }

    /// Posts some messages. Now and then it waits for their acknowledgements.
    async fn post(&mut self, socket: &mut Socket) -> Option<()> {
        for _ in 0..1 + self.rng.index(6) {
            if !self.named {
                break;
            }
            let (text, client_id) = (self.history.next_text(), ClientId::from_random(self.rng.bits()));
            self.history.add_post(text.clone(), client_id.as_str().to_owned());
            send(socket, &ClientMessage::post(self.room.clone(), client_id, text));
            self.unanswered += 1;
            self.pause(socket, 0.0, 0.25).await?;
        }
        if !self.rng.one_in(3) {
            let deadline = Instant::now() + REPLY_TIMEOUT;
            while self.unanswered > 0 {
                self.next_message(socket, deadline).await?;
            }
        }
        Some(())
    }

    /// Releases the name, claims another one in its place, or keeps it. Loses the connection now and then.
    async fn end_hold(&mut self, socket: &mut Socket) -> Option<()> {
        match self.rng.index(8) {
            0..=3 if self.named => {
                send(socket, &ClientMessage::Leave);
                self.receive(socket, |message| matches!(message, ServerMessage::Unnamed)).await.map(drop)
            }
            4..=5 => self.claim(socket).await.map(drop),
            6 => {
                self.proxy.cut(if self.rng.one_in(2) { Cut::Reset } else { Cut::Fin });
                None
            }
            _ => Some(()),
        }
    }

    /// Waits, and handles what arrives meanwhile.
    async fn pause(&mut self, socket: &mut Socket, low: f64, high: f64) -> Option<()> {
        let until = Instant::now() + self.rng.seconds(low, high);
        loop {
            match timeout_at(until, socket.next()).await {
                Ok(event) => drop(self.on_event(socket, event)?),
                Err(_) => return Some(()),
            }
        }
    }

    /// Waits for a message of a kind, and handles the others.
    async fn receive(
        &mut self,
        socket: &mut Socket,
        is_wanted: impl Fn(&ServerMessage) -> bool,
    ) -> Option<ServerMessage> {
        let deadline = Instant::now() + REPLY_TIMEOUT;
        loop {
            let message = self.next_message(socket, deadline).await?;
            if is_wanted(&message) {
                return Some(message);
            }
        }
    }

    async fn next_message(&mut self, socket: &mut Socket, deadline: Instant) -> Option<ServerMessage> {
        let event = timeout_at(deadline, socket.next()).await.ok()?;
        self.on_event(socket, event)
    }

    /// Handles an event. Returns `None` if the connection is lost.
    fn on_event(&mut self, socket: &Socket, event: SocketEvent) -> Option<ServerMessage> {
        let SocketEvent::Text(text) = event else { return None };
        let message = match serde_json::from_str(&text) {
            Ok(message) => message,
            Err(error) => {
                self.history.problems.push(format!("{error} in: {text}"));
                return None;
            }
        };
        match &message {
            ServerMessage::Unnamed => self.named = false,
            ServerMessage::Ack { client_id, seq, .. } => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.history.on_ack(client_id.as_str(), *seq);
            }
            ServerMessage::Nack { client_id, error, .. } => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.named &= error.code != ErrorCode::NotNamed;
                if error.code.is_retryable() {
                    send(socket, &ClientMessage::Discard { room: self.room.clone(), client_id: client_id.clone() });
                }
            }
            _ => {}
        }
        Some(message)
    }
}

fn send(socket: &Socket, message: &ClientMessage) {
    if let Ok(text) = serde_json::to_string(message) {
        socket.send(text);
    }
}

//! An editor: a rich client that edits, deletes, reacts, replies and sets the topic in a room where others do so too.
//!
//! It sends each request again, under the same client id, until the server replies. Now and then it also repeats
//! requests that were answered. It records all events of the room's log that it receives; they must equal the log.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use parlor::message::RoomAt;
use parlor::{ClientId, ClientMessage, Cursor, Event, EventKind, ServerMessage, Token};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::counters::Counters;
use crate::editor_history::{EditRequest, EditorHistory};
use crate::fault_plan::Cut;
use crate::phase::{Phase, SettleGuard};
use crate::proxy::Proxy;
use crate::request_generator::RequestGenerator;
use crate::rng::Rng;
use crate::socket::{Socket, SocketEvent};

/// How long the server may take to reply before the editor connects anew.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the rest of the log may take to arrive after all faults.
const LOG_END_TIMEOUT: Duration = Duration::from_secs(30);

/// A simulated client that changes messages.
pub(crate) struct Editor {
    requests: RequestGenerator,
    proxy: Proxy,
    rng: Rng,
    counters: Arc<Counters>,
    history: EditorHistory,
    socket: Option<Socket>,
    token: Option<Token>,
    cursor: Option<Cursor>,
    /// Whether it has received everything that the log contained when it connected.
    caught_up: bool,
    /// Whether it holds its name on the current connection.
    named: bool,
    /// Whether it has sent nothing new since it became ready on the current connection.
    reconnected: bool,
    /// When it acts next.
    next_action: Instant,
    /// When it gives up waiting for the connection or a reply.
    reply_deadline: Instant,
}

impl Editor {
    pub(crate) fn new(requests: RequestGenerator, proxy: Proxy, rng: Rng, counters: Arc<Counters>) -> Self {
        let (label, room, now) = (requests.name.clone(), requests.room.clone(), Instant::now());
        Self {
            requests,
            proxy,
            rng,
            counters,
            history: EditorHistory { label, room, ..EditorHistory::default() },
            socket: None,
            token: None,
            cursor: None,
            caught_up: false,
            named: false,
            reconnected: false,
            next_action: now,
            reply_deadline: now,
        }
    }

    /// Acts until the end of the run.
    pub(crate) async fn run(mut self, mut phase: watch::Receiver<Phase>, guard: SettleGuard) -> EditorHistory {
        while matches!(*phase.borrow_and_update(), Phase::Faults) {
            self.step(&mut phase, true).await;
        }
        self.proxy.heal();
        let mut guard = Some(guard);
        while matches!(*phase.borrow_and_update(), Phase::Settle) {
            if self.is_settled() {
                guard = None;
            }
            self.step(&mut phase, false).await;
        }
        if guard.is_some() && !self.is_settled() {
            let open: Vec<_> = self.history.unanswered().map(|(_, request)| request.message.clone()).collect();
            self.history.problems.push(format!("it did not settle: {open:?}"));
        }
        let last_seq = match &*phase.borrow() {
            Phase::Finish(last_seqs) => last_seqs.get(&self.requests.room).copied().unwrap_or(0),
            _ => 0,
        };
        let deadline = Instant::now() + LOG_END_TIMEOUT;
        while (self.history.events.len() as u64) < last_seq && Instant::now() < deadline {
            self.step(&mut phase, false).await;
        }
        self.history
    }

    /// Whether it can send requests: it has the whole log and its name.
    fn is_ready(&self) -> bool {
        self.caught_up && self.named
    }

    fn is_settled(&self) -> bool {
        self.is_ready() && self.history.is_settled()
    }

    fn disconnect(&mut self) {
        (self.socket, self.caught_up, self.named) = (None, false, false);
        self.history.on_disconnect();
    }

    /// Waits for the next event or action and handles it.
    async fn step(&mut self, phase: &mut watch::Receiver<Phase>, may_start_requests: bool) {
        let next_action = self.next_action;
        let event = async {
            match &mut self.socket {
                Some(socket) => socket.next().await,
                None => std::future::pending().await,
            }
        };
        // Cancel safe: an event that has been taken is handled.
        tokio::select! {
            event = event => self.on_socket_event(event),
            () = sleep_until(next_action) => self.act(may_start_requests),
            _ = phase.changed() => {}
        }
    }

    /// Connects, gives up a connection without replies, or injects faults and sends requests.
    fn act(&mut self, may_start_requests: bool) {
        let now = Instant::now();
        self.next_action = now + self.rng.seconds(0.02, 0.3);
        if self.socket.is_none() {
            self.socket = Some(Socket::connect_rich(self.proxy.address, None));
            self.reply_deadline = now + REPLY_TIMEOUT;
        } else if now > self.reply_deadline && !self.is_settled() {
            // The other end may have gone without closing the connection.
            self.disconnect();
        } else if self.is_settled() && may_start_requests {
            if self.rng.one_in(12) {
                let cut = if self.rng.one_in(2) { Cut::Reset } else { Cut::Fin };
                self.counters.cuts.add(u64::from(self.proxy.cut(cut)));
            } else if self.rng.one_in(40) {
                self.counters.stalls.add(u64::from(self.proxy.stall(self.rng.seconds(0.5, 12.0))));
            }
            self.send_requests(now);
        }
    }

    /// Sends a new request, or repeats earlier ones.
    fn send_requests(&mut self, now: Instant) {
        self.reply_deadline = now + REPLY_TIMEOUT;
        let reconnected = mem::take(&mut self.reconnected) && self.rng.one_in(2);
        if reconnected || self.rng.one_in(self.requests.repeat_one_in()) {
            let count = if reconnected || self.rng.one_in(4) { 2 + self.rng.index(7) } else { 1 };
            (0..count).for_each(|_| self.repeat());
            return;
        }
        let client_id = ClientId::from_random(self.rng.bits());
        let message = self.requests.next_request(&mut self.rng, &self.history, client_id.clone());
        self.history.add_request(client_id, message);
        self.counters.edits.increment();
        let copies = if self.rng.one_in(10) { 2 } else { 1 };
        (0..copies).for_each(|_| self.send_copy(self.history.requests.len() - 1));
    }

    /// Repeats an earlier request: half of the time any one, otherwise one of the last eight.
    fn repeat(&mut self) {
        let count = self.history.requests.len();
        if count == 0 {
            return;
        }
        self.counters.repeats.increment();
        let recent = if self.rng.one_in(2) { count } else { count.min(8) };
        let index = count - 1 - self.rng.index(recent);
        let EditRequest { client_id, reply, .. } = &self.history.requests[index];
        if matches!(reply, Some(Ok(_))) && self.rng.one_in(8) {
            // After a request was accepted, the server must reply the same to any other request with its client id.
            let other = self.requests.next_request(&mut self.rng, &self.history, client_id.clone());
            self.history.requests[index].in_flight += 1;
            self.send(&other);
        } else {
            self.send_copy(index);
        }
    }

    fn send_copy(&mut self, index: usize) {
        let request = &mut self.history.requests[index];
        request.in_flight += 1;
        let message = request.message.clone();
        self.send(&message);
    }

    fn send(&self, message: &ClientMessage) {
        if let (Some(socket), Ok(text)) = (&self.socket, serde_json::to_string(message)) {
            socket.send(text);
        }
    }

    fn on_socket_event(&mut self, event: SocketEvent) {
        match event {
            SocketEvent::Opened => {
                self.counters.connections.increment();
                let rooms = vec![RoomAt { room: self.requests.room.clone(), cursor: self.cursor.clone() }];
                self.send(&ClientMessage::Hello { token: self.token.clone(), rooms });
                self.send(&ClientMessage::Claim { name: self.requests.name.clone() });
            }
            SocketEvent::Closed(code) => {
                self.counters.count_close(code);
                self.disconnect();
                self.next_action = Instant::now() + self.rng.seconds(0.05, 1.0);
            }
            SocketEvent::Text(text) => match serde_json::from_str(&text) {
                Ok(message) => self.on_message(message),
                Err(error) => self.history.problems.push(format!("{error} in: {text}")),
            },
        }
    }

    fn on_message(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Welcome { session, token, .. } => {
                self.history.author_id = session.as_str().to_owned();
                self.token = token.or(self.token.take());
            }
            ServerMessage::Claimed { .. } => {
                self.named = true;
                self.resend_unanswered();
            }
            ServerMessage::Unnamed => {
                self.named = false;
                self.send(&ClientMessage::Claim { name: self.requests.name.clone() });
            }
            // It tries again on another connection.
            ServerMessage::Refused { .. } => self.reply_deadline = Instant::now() + self.rng.seconds(0.2, 1.5),
            ServerMessage::Reset { .. } if !self.history.events.is_empty() => {
                self.history.problems.push("the server did not recognise a log that it had sent before".to_owned());
            }
            ServerMessage::Snapshot { as_of, .. } => {
                // The editor needs the whole log, not only its end.
                let cursor = Cursor::start(as_of.epoch);
                self.cursor = Some(cursor.clone());
                self.send(&ClientMessage::Join(RoomAt { room: self.requests.room.clone(), cursor: Some(cursor) }));
            }
            ServerMessage::Missed { events, roster, .. } => {
                events.into_iter().for_each(|event| self.record_event(event));
                if roster.is_some() {
                    self.caught_up = true;
                    self.resend_unanswered();
                }
            }
            // Live events that arrive before the whole log has arrived are contained in it.
            ServerMessage::Event { event, .. } if self.caught_up => self.record_event(event),
            ServerMessage::Ack { client_id, seq, .. } => self.history.on_reply(&client_id, Ok(seq)),
            ServerMessage::Nack { client_id, error, .. } => {
                self.counters.count_refusal(error.code);
                if error.code.is_retryable() {
                    self.history.on_retryable_refusal(&client_id);
                    self.send(&ClientMessage::Discard { room: self.requests.room.clone(), client_id });
                    self.reply_deadline = Instant::now() + self.rng.seconds(0.2, 1.5);
                } else {
                    self.history.on_reply(&client_id, Err(error.code));
                }
            }
            _ => {}
        }
    }

    /// Sends again what was not answered on an earlier connection, once the editor is ready.
    fn resend_unanswered(&mut self) {
        self.reply_deadline = Instant::now() + REPLY_TIMEOUT;
        if !self.is_ready() {
            return;
        }
        self.reconnected = true;
        let unanswered: Vec<_> = self.history.unanswered().map(|(index, _)| index).collect();
        for index in unanswered {
            self.counters.resent.increment();
            self.send_copy(index);
        }
    }

    /// Appends an event to the received log, if it is the next one.
    fn record_event(&mut self, event: Event) {
        let expected = self.history.events.len() as u64 + 1;
        if event.seq != expected {
            self.history.problems.push(format!("it received #{} where #{expected} should be", event.seq));
            return;
        }
        if matches!(event.kind, EventKind::Unknown) {
            self.history.problems.push(format!("#{expected} has an unknown kind"));
        }
        if let Some(cursor) = &mut self.cursor {
            (cursor.seq, cursor.hash) = (event.seq, event.hash.clone());
        }
        self.history.events.push(event);
    }
}

//! The state machine of the page's connection: when to connect, ping, give up and reconnect, and which problem to show.

use parlor::CloseCode;

use super::Moment;

/// Upper bound of the first reconnection delay. It doubles with each failure.
const MIN_BACKOFF_MS: u64 = 500;
/// Upper bound of all reconnection delays.
const MAX_BACKOFF_MS: u64 = 30_000;
/// A connection that was online for this long resets the reconnection delay.
const STABLE_AFTER_MS: u64 = 10_000;
/// The clients of a restarting server reconnect within this time.
const RESTART_SPREAD_MS: u64 = 2_000;
/// Timeout for opening a connection, for the `welcome`, and for the answer to a ping.
const TIMEOUT_MS: u64 = 10_000;
/// A problem is shown after this time: most are over earlier.
const SHOW_PROBLEM_AFTER_MS: u64 = 5_000;
/// A connection that was silent for this long is pinged when the reader returns to the page.
const STALE_AFTER_MS: u64 = 3_000;
/// Silence after which a connection is pinged while the device reports that it has no network.
const OFFLINE_PING_AFTER_MS: u64 = 2_000;
/// Timeout for the answer to a ping once the device reports a network again.
const BACK_ONLINE_TIMEOUT_MS: u64 = 4_000;

/// What the owner of the connection has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionAction {
    /// Nothing.
    Nothing,
    /// Open a connection, in place of one that is open.
    Connect,
    /// Send a ping.
    Ping,
    /// Close the connection without waiting for the server. The state machine reconnects by itself.
    Disconnect,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The page has just been opened.
    Starting,
    /// The connection broke, timed out, or could not be opened.
    Lost,
    /// The server announced its restart.
    Restarting,
    /// The server closed the connection with a code after which clients do not reconnect.
    Refused,
    /// The server does not support the subprotocol of this page.
    WrongProtocol,
}

/// The problem to show the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionProblem {
    /// The device reports that it has no network.
    Offline,
    /// There is no connection, for this reason.
    Disconnected(DisconnectReason),
}

/// A problem of the connection, with the time until the next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionStatus {
    /// The problem.
    pub problem: ConnectionProblem,
    /// Whole seconds until the next attempt, while the page waits for it.
    pub retry_in_s: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Connecting { since: u64 },
    // The socket is open, and the `welcome` has not come.
    Greeting { since: u64 },
    Online { since: u64 },
    Waiting { until: u64 },
    Stopped,
}

/// The state of the page's one connection. Times are ticks of [`Moment`], in milliseconds.
#[derive(Clone, Debug)]
pub struct PageConnection {
    phase: Phase,
    failures: u32,
    // Problems are not shown before this.
    show_problem_at: u64,
    reason: DisconnectReason,
    // The device reports that it has no network. It may be wrong.
    device_offline: bool,
    last_received: u64,
    // Since when an open connection has been silent while the device reports no network.
    doubtful_since: Option<u64>,
    // When the answer to a ping is overdue.
    pong_due_at: Option<u64>,
    heartbeat_ms: u64,
}

impl Default for PageConnection {
    fn default() -> Self {
        Self {
            phase: Phase::Idle,
            failures: 0,
            show_problem_at: 0,
            reason: DisconnectReason::Starting,
            device_offline: false,
            last_received: 0,
            doubtful_since: None,
            pong_due_at: None,
            heartbeat_ms: TIMEOUT_MS,
        }
    }
}

impl PageConnection {
    /// Starts to connect. A problem shows at once if the page comes from the browser's store (`opened_offline`), as no
    /// server has answered.
    pub fn start(&mut self, opened_offline: bool, at: Moment) -> ConnectionAction {
        self.show_problem_at = at.tick + if opened_offline { 0 } else { SHOW_PROBLEM_AFTER_MS };
        self.connect(at)
    }

    /// The socket is open.
    pub fn on_connected(&mut self, at: Moment) {
        self.phase = Phase::Greeting { since: at.tick };
        self.last_received = at.tick;
    }

    /// The `welcome` has come. `heartbeat_ms` is the silence after which the server pings.
    pub fn on_welcome(&mut self, heartbeat_ms: u64, at: Moment) {
        self.phase = Phase::Online { since: at.tick };
        self.reason = DisconnectReason::Lost;
        self.heartbeat_ms = heartbeat_ms.max(1_000);
        self.on_message(at);
    }

    /// A message has come from the server.
    pub fn on_message(&mut self, at: Moment) {
        self.last_received = at.tick;
        self.pong_due_at = None;
        // The connection works, whatever the device reports.
        self.doubtful_since = self.device_offline.then_some(at.tick);
    }

    /// The connection is closed, or could not be opened.
    pub fn on_disconnected(&mut self, code: CloseCode, at: Moment) {
        let restarting = matches!(code, CloseCode::SHUTTING_DOWN | CloseCode(1012));
        let reason = if restarting { DisconnectReason::Restarting } else { DisconnectReason::Lost };
        if code.should_reconnect() {
            self.wait(reason, if restarting { RESTART_SPREAD_MS } else { 0 }, at);
        } else {
            self.stop(DisconnectReason::Refused, at);
        }
    }

    /// The server does not support the subprotocol of this page.
    pub fn on_wrong_protocol(&mut self, at: Moment) {
        self.stop(DisconnectReason::WrongProtocol, at);
    }

    /// The device reports whether it has a network.
    pub fn on_network_change(&mut self, online: bool, at: Moment) -> ConnectionAction {
        let was_offline = std::mem::replace(&mut self.device_offline, !online);
        match self.phase {
            // The device may be wrong: it may not know of a tunnel, or of a server on the same machine.
            Phase::Online { .. } if !online => {
                if !was_offline {
                    self.doubtful_since = Some(at.tick);
                }
                self.ping(TIMEOUT_MS, at)
            }
            Phase::Online { .. } if self.doubtful_since.is_some() => self.ping(BACK_ONLINE_TIMEOUT_MS, at),
            _ if online => self.wake(at),
            _ => ConnectionAction::Nothing,
        }
    }

    /// The reader has returned to the page: connects without delay, and pings a connection that was silent.
    pub fn wake(&mut self, at: Moment) -> ConnectionAction {
        match self.phase {
            Phase::Waiting { .. } => self.connect(at),
            Phase::Online { .. } if self.pong_due_at.is_none() && at.tick >= self.last_received + STALE_AFTER_MS => {
                self.ping(TIMEOUT_MS, at)
            }
            _ => ConnectionAction::Nothing,
        }
    }

    /// The reader asks to retry now: connects even if the server has refused, and replaces a doubtful connection.
    pub fn retry(&mut self, at: Moment) -> ConnectionAction {
        match self.phase {
            Phase::Stopped => self.connect(at),
            Phase::Online { .. } if !self.is_certain() => {
                self.record_problem(DisconnectReason::Lost, at);
                self.connect(at)
            }
            _ => self.wake(at),
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, at: Moment) -> ConnectionAction {
        match self.phase {
            Phase::Waiting { until } if at.tick >= until => self.connect(at),
            Phase::Connecting { since } | Phase::Greeting { since } if at.tick >= since + TIMEOUT_MS => {
                self.disconnect(at)
            }
            Phase::Online { .. } => match self.pong_due_at {
                Some(due) if at.tick >= due => self.disconnect(at),
                None if at.tick >= self.next_ping_at() => self.ping(TIMEOUT_MS, at),
                _ => ConnectionAction::Nothing,
            },
            _ => ConnectionAction::Nothing,
        }
    }

    /// Closes the connection and reconnects after a delay.
    pub fn disconnect(&mut self, at: Moment) -> ConnectionAction {
        self.wait(DisconnectReason::Lost, 0, at);
        ConnectionAction::Disconnect
    }

    /// Whether the `welcome` has come.
    pub fn is_online(&self) -> bool {
        matches!(self.phase, Phase::Online { .. })
    }

    /// Whether the connection is online and nothing suggests that the server does not hear this page.
    pub fn is_certain(&self) -> bool {
        self.is_online() && self.doubtful_since.is_none_or(|since| since == self.last_received)
    }

    /// Whether messages can be sent: `hello` at least.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Greeting { .. } | Phase::Online { .. })
    }

    /// The tick at which [`tick`](Self::tick) or a changed [`status`](Self::status) is due.
    pub fn deadline(&self, tick: u64) -> Option<u64> {
        let show_at = self.show_problem_at;
        match self.phase {
            Phase::Idle | Phase::Stopped => None,
            Phase::Waiting { until } if tick < show_at => Some(until.min(show_at)),
            // The shown number changes at each whole second before the attempt.
            Phase::Waiting { until } => Some(until - until.saturating_sub(tick + 1) / 1_000 * 1_000),
            Phase::Connecting { since } | Phase::Greeting { since } if tick < show_at => {
                Some((since + TIMEOUT_MS).min(show_at))
            }
            Phase::Connecting { since } | Phase::Greeting { since } => Some(since + TIMEOUT_MS),
            Phase::Online { .. } => {
                let next = self.pong_due_at.unwrap_or_else(|| self.next_ping_at());
                let shown = self.doubtful_since.map(|since| since + SHOW_PROBLEM_AFTER_MS);
                Some(shown.filter(|shown| tick < *shown).map_or(next, |shown| shown.min(next)))
            }
        }
    }

    /// The problem to show at the moment, if there is one.
    pub fn status(&self, tick: u64) -> Option<ConnectionStatus> {
        let retry_in_s = match self.phase {
            Phase::Idle => return None,
            // The connection may be dead: the device reports no network, and nothing comes.
            Phase::Online { .. } if self.doubtful_since.is_none_or(|since| tick < since + SHOW_PROBLEM_AFTER_MS) => {
                return None;
            }
            Phase::Online { .. } | Phase::Stopped => None,
            _ if tick < self.show_problem_at => return None,
            Phase::Waiting { until } => Some(until.saturating_sub(tick).div_ceil(1_000)),
            Phase::Connecting { .. } | Phase::Greeting { .. } => None,
        };
        Some(ConnectionStatus { problem: self.problem(), retry_in_s })
    }

    fn problem(&self) -> ConnectionProblem {
        match self.reason {
            reason @ (DisconnectReason::Refused | DisconnectReason::WrongProtocol) => {
                ConnectionProblem::Disconnected(reason)
            }
            _ if self.device_offline => ConnectionProblem::Offline,
            reason => ConnectionProblem::Disconnected(reason),
        }
    }

    fn next_ping_at(&self) -> u64 {
        let silence =
            if self.device_offline { OFFLINE_PING_AFTER_MS.min(self.heartbeat_ms) } else { self.heartbeat_ms };
        self.last_received + silence
    }

    fn connect(&mut self, at: Moment) -> ConnectionAction {
        self.phase = Phase::Connecting { since: at.tick };
        self.pong_due_at = None;
        ConnectionAction::Connect
    }

    fn ping(&mut self, timeout_ms: u64, at: Moment) -> ConnectionAction {
        self.pong_due_at = Some(at.tick + timeout_ms);
        ConnectionAction::Ping
    }

    fn wait(&mut self, reason: DisconnectReason, spread_ms: u64, at: Moment) {
        self.record_problem(reason, at);
        // Full jitter: clients that lost their connections together do not come back together.
        let most =
            MIN_BACKOFF_MS.saturating_mul(1 << self.failures.min(10)).clamp(spread_ms, MAX_BACKOFF_MS.max(spread_ms));
        self.failures += 1;
        self.phase = Phase::Waiting { until: at.tick + (most as f64 * at.random.clamp(0.0, 1.0)) as u64 };
    }

    fn stop(&mut self, reason: DisconnectReason, at: Moment) {
        self.record_problem(reason, at);
        self.phase = Phase::Stopped;
    }

    fn record_problem(&mut self, reason: DisconnectReason, at: Moment) {
        if let Phase::Online { since } = self.phase {
            // A problem that is already shown stays shown.
            self.show_problem_at = self.doubtful_since.unwrap_or(at.tick) + SHOW_PROBLEM_AFTER_MS;
            if at.tick >= since + STABLE_AFTER_MS {
                self.failures = 0;
            }
        }
        self.reason = reason;
        self.pong_due_at = None;
        self.doubtful_since = None;
    }
}

#[cfg(test)]
mod tests;

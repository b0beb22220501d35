//! The connection's life: when to connect, when to ask for a sign of life, when to give up, and what people are told.

use parlor::CloseCode;

use super::Moment;

mod banner;

pub use banner::Banner;

/// The first wait before connecting again; it doubles with each failure.
const BACKOFF_MS: u64 = 500;
/// The longest wait before connecting again.
const BACKOFF_MOST_MS: u64 = 30_000;
/// A connection that lasted this long was a good one: the next wait starts from the shortest again.
const GOOD_AFTER_MS: u64 = 10_000;
/// A server that restarts gets its clients back spread over this time.
const SPREAD_MS: u64 = 2_000;
/// How long an opening, a welcome or an answer to a ping may take.
const PATIENCE_MS: u64 = 10_000;
/// How long trouble stays unmentioned: most of it is over before anyone would have noticed.
const QUIET_MS: u64 = 5_000;
/// Someone who returns to the page after this much silence gets a connection that was looked at.
const STALE_MS: u64 = 3_000;
/// While the device says that it has no network, a connection that has been silent for this long is asked.
const PROBE_MS: u64 = 2_000;
/// How long a connection that was silent without a network may take to answer once there is one again.
const RETURN_MS: u64 = 4_000;

/// What the driver of the connection has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Do {
    /// Nothing.
    Nothing,
    /// Open a connection.
    Connect,
    /// Send a ping.
    Ping,
    /// Drop the connection: it is dead. The link waits and connects again by itself.
    Drop,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The page has just been opened.
    First,
    /// It broke, or could not be opened.
    Lost,
    /// The server said that it restarts.
    Restarting,
    /// The server refused for good.
    Refused,
    /// What answers is no server of this page.
    Foreign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Connecting { since: u64 },
    Greeting { since: u64 },
    Online { since: u64 },
    Waiting { until: u64 },
    Stopped,
}

/// The state of the one connection.
#[derive(Clone, Debug)]
pub struct Link {
    phase: Phase,
    failures: u32,
    // Trouble is not mentioned before this.
    speaks_at: u64,
    why: Why,
    offline: bool,
    heard: u64,
    // Since when a connection is silent that the device says it can't have.
    doubted: Option<u64>,
    // When the answer to a ping is late.
    answer_by: Option<u64>,
    heartbeat_ms: u64,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            phase: Phase::Idle,
            failures: 0,
            speaks_at: 0,
            why: Why::First,
            offline: false,
            heard: 0,
            doubted: None,
            answer_by: None,
            heartbeat_ms: PATIENCE_MS,
        }
    }
}

impl Link {
    /// The page has come to life; `alone` is one that came from no server, so that there is trouble already.
    pub fn start(&mut self, alone: bool, at: Moment) -> Do {
        self.speaks_at = at.tick + if alone { 0 } else { QUIET_MS };
        self.connect(at)
    }

    /// The connection is open; the welcome is still to come.
    pub fn opened(&mut self, at: Moment) {
        self.phase = Phase::Greeting { since: at.tick };
        self.heard = at.tick;
    }

    /// The server has said welcome, and how often it wants to be heard.
    pub fn welcomed(&mut self, heartbeat_ms: u64, at: Moment) {
        self.phase = Phase::Online { since: at.tick };
        self.why = Why::Lost;
        self.heartbeat_ms = heartbeat_ms.max(1_000);
        self.heard(at);
    }

    /// Something came from the server.
    pub fn heard(&mut self, at: Moment) {
        self.heard = at.tick;
        self.answer_by = None;
        // Whatever the device says: something came.
        self.doubted = self.offline.then_some(at.tick);
    }

    /// The connection is gone, or never came to be.
    pub fn closed(&mut self, code: CloseCode, at: Moment) {
        let restarting = matches!(code, CloseCode::SHUTTING_DOWN | CloseCode(1012));
        let why = if restarting { Why::Restarting } else { Why::Lost };
        if code.comes_back() {
            self.wait(why, if restarting { SPREAD_MS } else { 0 }, at);
        } else {
            self.stop(Why::Refused, at);
        }
    }

    /// What answered does not speak the page's protocol.
    pub fn foreign(&mut self, at: Moment) {
        self.stop(Why::Foreign, at);
    }

    /// The device says whether it has a network.
    pub fn network(&mut self, online: bool, at: Moment) -> Do {
        let was_offline = std::mem::replace(&mut self.offline, !online);
        match self.phase {
            // The device may be wrong, as it may know nothing of a tunnel, or of a server on this machine.
            Phase::Online { .. } if !online => {
                if !was_offline {
                    self.doubted = Some(at.tick);
                }
                self.ping(PATIENCE_MS, at)
            }
            Phase::Online { .. } if self.doubted.is_some() => self.ping(RETURN_MS, at),
            _ if online => self.wake(at),
            _ => Do::Nothing,
        }
    }

    /// The person is back, or asks for it: no waiting now, and a silent connection has to show that it lives.
    pub fn wake(&mut self, at: Moment) -> Do {
        match self.phase {
            Phase::Waiting { .. } => self.connect(at),
            Phase::Online { .. } if self.answer_by.is_none() && at.tick >= self.heard + STALE_MS => {
                self.ping(PATIENCE_MS, at)
            }
            _ => Do::Nothing,
        }
    }

    /// "Retry now": also where the server had refused for good, and instead of a connection that is in doubt.
    pub fn retry(&mut self, at: Moment) -> Do {
        match self.phase {
            Phase::Stopped => self.connect(at),
            Phase::Online { .. } if !self.is_sure() => {
                self.trouble(Why::Lost, at);
                self.connect(at)
            }
            _ => self.wake(at),
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, at: Moment) -> Do {
        match self.phase {
            Phase::Waiting { until } if at.tick >= until => self.connect(at),
            Phase::Connecting { since } | Phase::Greeting { since } if at.tick >= since + PATIENCE_MS => self.dead(at),
            Phase::Online { .. } => match self.answer_by {
                Some(late) if at.tick >= late => self.dead(at),
                None if at.tick >= self.ping_at() => self.ping(PATIENCE_MS, at),
                _ => Do::Nothing,
            },
            _ => Do::Nothing,
        }
    }

    /// The connection is of no use any more: drop it, wait, connect again.
    pub fn dead(&mut self, at: Moment) -> Do {
        self.wait(Why::Lost, 0, at);
        Do::Drop
    }

    /// Whether the server has said welcome.
    pub fn is_online(&self) -> bool {
        matches!(self.phase, Phase::Online { .. })
    }

    /// Whether the server has said welcome, and nothing speaks against it that it still hears this page.
    pub fn is_sure(&self) -> bool {
        self.is_online() && self.doubted.is_none_or(|since| since == self.heard)
    }

    /// Whether what is said reaches the server.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Greeting { .. } | Phase::Online { .. })
    }

    /// When to call [`tick`](Self::tick) next; for the banner's count of seconds too.
    pub fn deadline(&self, tick: u64) -> Option<u64> {
        let speaks_at = self.speaks_at;
        match self.phase {
            Phase::Idle | Phase::Stopped => None,
            Phase::Waiting { until } if tick < speaks_at => Some(until.min(speaks_at)),
            // The shown number falls when a whole second is left.
            Phase::Waiting { until } => Some(until - until.saturating_sub(tick + 1) / 1_000 * 1_000),
            Phase::Connecting { since } | Phase::Greeting { since } if tick < speaks_at => {
                Some((since + PATIENCE_MS).min(speaks_at))
            }
            Phase::Connecting { since } | Phase::Greeting { since } => Some(since + PATIENCE_MS),
            Phase::Online { .. } => {
                let next = self.answer_by.unwrap_or_else(|| self.ping_at());
                let told = self.doubted.map(|since| since + QUIET_MS).filter(|told| tick < *told);
                Some(told.map_or(next, |told| told.min(next)))
            }
        }
    }

    // When a connection that is silent is asked for a sign of life.
    fn ping_at(&self) -> u64 {
        self.heard + if self.offline { PROBE_MS.min(self.heartbeat_ms) } else { self.heartbeat_ms }
    }

    fn connect(&mut self, at: Moment) -> Do {
        self.phase = Phase::Connecting { since: at.tick };
        self.answer_by = None;
        Do::Connect
    }

    fn ping(&mut self, patience_ms: u64, at: Moment) -> Do {
        self.answer_by = Some(at.tick + patience_ms);
        Do::Ping
    }

    fn wait(&mut self, why: Why, spread_ms: u64, at: Moment) {
        self.trouble(why, at);
        // Full jitter: clients that fell together do not come back together.
        let most =
            BACKOFF_MS.saturating_mul(1 << self.failures.min(10)).clamp(spread_ms, BACKOFF_MOST_MS.max(spread_ms));
        self.failures += 1;
        self.phase = Phase::Waiting { until: at.tick + (most as f64 * at.random.clamp(0.0, 1.0)) as u64 };
    }

    fn stop(&mut self, why: Why, at: Moment) {
        self.trouble(why, at);
        self.phase = Phase::Stopped;
    }

    fn trouble(&mut self, why: Why, at: Moment) {
        if let Phase::Online { since } = self.phase {
            // What has been said stays said.
            self.speaks_at = self.doubted.unwrap_or(at.tick) + QUIET_MS;
            if at.tick >= since + GOOD_AFTER_MS {
                self.failures = 0;
            }
        }
        self.why = why;
        self.answer_by = None;
        self.doubted = None;
    }
}

#[cfg(test)]
mod tests;

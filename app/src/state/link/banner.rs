//! What people are told about the connection.

use super::{Link, Phase, QUIET_MS, Why};

/// What is said about the connection while there is something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    /// What is the matter and what it means.
    pub text: &'static str,
    /// Whole seconds until the next attempt, while one is waited for.
    pub next_in: Option<u64>,
}

impl Link {
    /// What to say at the moment, if anything.
    pub fn banner(&self, tick: u64) -> Option<Banner> {
        let quiet = tick < self.trouble_since + QUIET_MS;
        let next_in = match self.phase {
            Phase::Idle | Phase::Online { .. } => return None,
            Phase::Stopped => None,
            _ if quiet => return None,
            Phase::Waiting { until } => Some(until.saturating_sub(tick).div_ceil(1_000)),
            Phase::Connecting { .. } | Phase::Greeting { .. } => None,
        };
        Some(Banner { text: self.text(), next_in })
    }

    fn text(&self) -> &'static str {
        match self.why {
            Why::Refused => "The server has ended this connection and does not want it back. What you write is kept.",
            Why::Foreign => "What answers at this address is not this chat. What you write is kept.",
            _ if self.offline => "This device is offline. What you write is kept and will be sent.",
            Why::First => "No connection yet. What you write is kept and will be sent.",
            Why::Lost => "Connection lost. What you write is kept and will be sent.",
            Why::Restarting => "The server is restarting. What you write is kept and will be sent.",
        }
    }
}

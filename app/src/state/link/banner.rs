//! What people are told about the connection.

use super::{Link, Phase, QUIET_MS, Why};
use crate::words::Words;

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
    pub fn banner(&self, tick: u64, words: &Words) -> Option<Banner> {
        let quiet = tick < self.speaks_at;
        let next_in = match self.phase {
            Phase::Idle => return None,
            // It may be gone without a word: the device says that there is no network, and nothing comes.
            Phase::Online { .. } if self.doubted.is_none_or(|since| tick < since + QUIET_MS) => return None,
            Phase::Online { .. } => None,
            Phase::Stopped => None,
            _ if quiet => return None,
            Phase::Waiting { until } => Some(until.saturating_sub(tick).div_ceil(1_000)),
            Phase::Connecting { .. } | Phase::Greeting { .. } => None,
        };
        Some(Banner { text: self.text(words), next_in })
    }

    fn text(&self, words: &Words) -> &'static str {
        match self.why {
            Why::Refused => words.link_refused(),
            Why::Foreign => words.link_foreign(),
            _ if self.offline => words.link_offline(),
            Why::First => words.link_first(),
            Why::Lost => words.link_lost(),
            Why::Restarting => words.link_restarting(),
        }
    }
}

//! Logs failures to get a connection. While the database is away, or more people come than it can serve, there are many.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::connection::ConnectError;

/// Minimum interval between two lines.
const INTERVAL: Duration = Duration::from_secs(1);

/// The failures since the last line.
#[derive(Debug, Default)]
pub(super) struct FailureLog(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    logged: Option<Instant>,
    omitted: u64,
}

impl FailureLog {
    /// Logs a failure, unless another was logged within [`INTERVAL`]. Those in between are counted.
    pub(super) fn failed(&self, error: &ConnectError) {
        if let Some(omitted) = self.0.lock().take_omitted(Instant::now()) {
            tracing::error!(%error, omitted, "there is no connection to the database");
        }
    }
}

impl State {
    /// The number of failures that were not logged; `None` if this one is not logged either.
    fn take_omitted(&mut self, now: Instant) -> Option<u64> {
        if self.logged.is_some_and(|logged| now.saturating_duration_since(logged) < INTERVAL) {
            self.omitted += 1;
            return None;
        }
        self.logged = Some(now);
        Some(std::mem::take(&mut self.omitted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_a_second_is_logged_with_the_number_of_the_others() {
        let (mut state, now) = (State::default(), Instant::now());
        assert_eq!(state.take_omitted(now), Some(0));
        assert_eq!(state.take_omitted(now), None);
        assert_eq!(state.take_omitted(now + INTERVAL / 2), None);
        assert_eq!(state.take_omitted(now + INTERVAL), Some(2));
        assert_eq!(state.take_omitted(now + 2 * INTERVAL), Some(0));
    }
}

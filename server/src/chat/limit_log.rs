//! Logs which client address has reached which limit, at most once a minute per address.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::ClientAddress;

/// Minimum interval between two log lines about the same address.
const INTERVAL: Duration = Duration::from_secs(60);

/// Maximum number of addresses logged per [`INTERVAL`]. Further addresses are not logged until it has passed.
const MAX_ADDRESSES: usize = 1_024;

/// The time of the last log line of each address.
#[derive(Debug, Default)]
pub struct LimitLog(Mutex<HashMap<ClientAddress, Instant>>);

impl LimitLog {
    /// Logs that a client has reached `limit`, the name of a constant in [`limits`](parlor::limits). A request was
    /// refused, or an older entry of the same address was removed.
    pub fn reached(&self, address: ClientAddress, limit: &'static str) {
        if self.is_due(address, Instant::now()) {
            tracing::warn!(%address, limit, "a client has reached a limit (nothing more is logged about it for a minute)");
        }
    }

    fn is_due(&self, address: ClientAddress, now: Instant) -> bool {
        let mut logged = self.0.lock();
        let has_passed = |at: &Instant| now.saturating_duration_since(*at) >= INTERVAL;
        if logged.len() >= MAX_ADDRESSES {
            logged.retain(|_, at| !has_passed(at));
        }
        let due = match logged.get(&address) {
            Some(at) => has_passed(at),
            None => logged.len() < MAX_ADDRESSES,
        };
        if due {
            logged.insert(address, now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn an_address_is_logged_once_a_minute_and_the_number_of_addresses_is_bounded() {
        let (log, now) = (LimitLog::default(), Instant::now());
        let address = |i: u32| ClientAddress::from(IpAddr::from(i.to_be_bytes()));
        assert!(log.is_due(address(0), now));
        assert!(!log.is_due(address(0), now + INTERVAL - Duration::from_secs(1)));
        assert!(log.is_due(address(0), now + INTERVAL));
        for i in 1..2 * MAX_ADDRESSES as u32 {
            log.is_due(address(i), now + INTERVAL);
        }
        assert_eq!(log.0.lock().len(), MAX_ADDRESSES);
        assert!(log.is_due(address(u32::MAX), now + 2 * INTERVAL));
    }
}

//! Tells the host which limit holds for whom, at most once a minute for each address.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::ClientAddress;

/// How long nothing more is logged about an address.
const PAUSE: Duration = Duration::from_secs(60);

/// Addresses that are remembered; while there are as many, others are not logged.
const ADDRESSES: usize = 1_024;

/// When which address was last logged.
#[derive(Debug, Default)]
pub struct LimitLog(Mutex<HashMap<ClientAddress, Instant>>);

impl LimitLog {
    /// Logs that a client has reached a limit, named by its constant in [`limits`](parlor::limits): something was
    /// refused, or something older of the same address had to give way.
    pub fn reached(&self, address: ClientAddress, limit: &'static str) {
        if self.is_due(address, Instant::now()) {
            tracing::warn!(%address, limit, "a client has reached a limit (nothing more is logged about it for a minute)");
        }
    }

    fn is_due(&self, address: ClientAddress, now: Instant) -> bool {
        let mut logged = self.0.lock();
        let is_past = |at: &Instant| now.saturating_duration_since(*at) >= PAUSE;
        if logged.len() >= ADDRESSES {
            logged.retain(|_, at| !is_past(at));
        }
        let due = match logged.get(&address) {
            Some(at) => is_past(at),
            None => logged.len() < ADDRESSES,
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
    fn an_address_is_logged_once_a_minute_and_few_are_remembered() {
        let (log, now) = (LimitLog::default(), Instant::now());
        let address = |i: u32| ClientAddress::from(IpAddr::from(i.to_be_bytes()));
        assert!(log.is_due(address(0), now));
        assert!(!log.is_due(address(0), now + PAUSE - Duration::from_secs(1)));
        assert!(log.is_due(address(0), now + PAUSE));
        for i in 1..2 * ADDRESSES as u32 {
            log.is_due(address(i), now + PAUSE);
        }
        assert_eq!(log.0.lock().len(), ADDRESSES);
        assert!(log.is_due(address(u32::MAX), now + 2 * PAUSE));
    }
}

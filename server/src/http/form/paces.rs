//! How fast forms may come from one address. What a connection is to the others, an address is here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::limits;

use crate::chat::Pace;

/// Paces by address; those that have rested are forgotten.
#[derive(Clone, Debug)]
pub(crate) struct Paces {
    limits_on: bool,
    known: Arc<Mutex<HashMap<IpAddr, (Pace, Instant)>>>,
}

/// After so long a pace is what it was at the beginning.
const RESTED: Duration = Duration::from_secs((limits::POST_BURST / limits::POSTS_PER_SECOND) as u64 + 1);

/// Addresses that are known before those are forgotten that have rested.
const KNOWN: usize = 1_024;

impl Paces {
    /// No pace is held where limits are off.
    pub(crate) fn new(limits_on: bool) -> Self {
        Self { limits_on, known: Arc::default() }
    }

    /// Lets a form of this address through.
    ///
    /// # Errors
    /// How long to wait, if it comes too fast.
    pub(super) fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        if !self.limits_on {
            return Ok(());
        }
        let mut known = self.known.lock();
        if known.len() >= KNOWN {
            known.retain(|_, (_, last)| now.saturating_duration_since(*last) < RESTED);
        }
        let fresh = || (Pace::new(limits::POST_BURST, limits::POSTS_PER_SECOND, now), now);
        let (pace, last) = known.entry(address).or_insert_with(fresh);
        *last = now;
        pace.take(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_own_pace_and_is_forgotten_when_it_has_rested() {
        let (paces, now) = (Paces::new(true), Instant::now());
        let address = |i: usize| IpAddr::from((i as u128).to_be_bytes());
        let passed = (0..100).filter(|_| paces.take(address(0), now).is_ok()).count();
        assert_eq!(passed, limits::POST_BURST as usize);
        (1..KNOWN).for_each(|i| assert!(paces.take(address(i), now).is_ok()));
        assert!(paces.take(address(KNOWN), now + RESTED).is_ok());
        assert_eq!(paces.known.lock().len(), 1);
    }
}

//! A token bucket for each of many keys: addresses, sessions.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::Pace;

/// Keys that are remembered. Above it the one that was used the longest time ago is forgotten.
const KEYS: usize = 4_096;

/// Token buckets by key. One that has been full again is forgotten when there are many.
#[derive(Debug)]
pub struct RateLimiter<K> {
    /// What a key has that is not known.
    full: Pace,
    buckets: Mutex<HashMap<K, (Pace, Instant)>>,
}

impl<K: Clone + Eq + Hash> RateLimiter<K> {
    /// A limiter whose keys each begin with this bucket.
    pub fn new(full: Pace) -> Self {
        Self { full, buckets: Mutex::default() }
    }

    /// Takes a token of this key.
    ///
    /// # Errors
    /// How long it takes until there is one, if there is none.
    pub fn take(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock();
        if buckets.len() >= KEYS && !buckets.contains_key(key) {
            let rest = self.full.time_to_fill();
            buckets.retain(|_, (_, used)| now.saturating_duration_since(*used) < rest);
            if buckets.len() >= KEYS
                && let Some(oldest) = buckets.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone())
            {
                buckets.remove(&oldest);
            }
        }
        let (bucket, used) = buckets.entry(key.clone()).or_insert_with(|| (self.full.full_at(now), now));
        *used = now;
        bucket.take(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_bucket_of_its_own_and_is_forgotten_when_it_is_full_again() {
        let now = Instant::now();
        let limiter = RateLimiter::new(Pace::new(40, 10, now));
        assert_eq!((0..100).filter(|_| limiter.take(&0, now).is_ok()).count(), 40);
        (1..KEYS).for_each(|key| assert!(limiter.take(&key, now).is_ok()));
        assert!(limiter.take(&KEYS, now + Duration::from_secs(5)).is_ok());
        assert_eq!(limiter.buckets.lock().len(), 1);
    }

    #[test]
    fn the_key_used_the_longest_time_ago_gives_way() {
        let start = Instant::now();
        let limiter = RateLimiter::new(Pace::per_hour(1, 1, start));
        let at = |key: usize| start + Duration::from_millis(key as u64);
        (0..=KEYS).for_each(|key| assert!(limiter.take(&key, at(key)).is_ok()));
        assert_eq!(limiter.buckets.lock().len(), KEYS);
        assert!(limiter.take(&KEYS, at(KEYS)).is_err(), "it is remembered");
        assert!(limiter.take(&0, at(KEYS)).is_ok(), "it was forgotten");
    }

    #[test]
    fn an_unlimited_bucket_never_runs_dry() {
        let now = Instant::now();
        let limiter = RateLimiter::new(Pace::unlimited(now));
        assert!((0..1_000).all(|_| limiter.take(&0, now).is_ok()));
    }
}

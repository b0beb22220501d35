//! Rate limits by key, such as a client address or a session: a token bucket for each key.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::TokenBucket;

/// Maximum number of keys. Above it, the least recently used key is removed.
const MAX_KEYS: usize = 4_096;

/// Token buckets by key. At [`MAX_KEYS`] keys, buckets that are full again are removed first.
#[derive(Debug)]
pub struct RateLimiter<K> {
    /// The bucket of a new key.
    full: TokenBucket,
    buckets: Mutex<HashMap<K, (TokenBucket, Instant)>>,
}

impl<K: Clone + Eq + Hash> RateLimiter<K> {
    /// A limiter in which each key starts with the bucket `full`.
    pub fn new(full: TokenBucket) -> Self {
        Self { full, buckets: Mutex::default() }
    }

    /// Takes a token from the bucket of `key`.
    ///
    /// # Errors
    /// The time until the next token is available.
    pub fn take(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock();
        if buckets.len() >= MAX_KEYS && !buckets.contains_key(key) {
            let rest = self.full.time_to_fill();
            buckets.retain(|_, (_, used)| now.saturating_duration_since(*used) < rest);
            if buckets.len() >= MAX_KEYS
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
    fn each_key_has_its_own_bucket_which_is_removed_when_it_is_full_again() {
        let now = Instant::now();
        let limiter = RateLimiter::new(TokenBucket::new(40, 10, now));
        assert_eq!((0..100).filter(|_| limiter.take(&0, now).is_ok()).count(), 40);
        (1..MAX_KEYS).for_each(|key| assert!(limiter.take(&key, now).is_ok()));
        assert!(limiter.take(&MAX_KEYS, now + Duration::from_secs(5)).is_ok());
        assert_eq!(limiter.buckets.lock().len(), 1);
    }

    #[test]
    fn the_least_recently_used_key_is_removed() {
        let start = Instant::now();
        let limiter = RateLimiter::new(TokenBucket::per_hour(1, 1, start));
        let at = |key: usize| start + Duration::from_millis(key as u64);
        (0..=MAX_KEYS).for_each(|key| assert!(limiter.take(&key, at(key)).is_ok()));
        assert_eq!(limiter.buckets.lock().len(), MAX_KEYS);
        assert!(limiter.take(&MAX_KEYS, at(MAX_KEYS)).is_err(), "the newest key is kept");
        assert!(limiter.take(&0, at(MAX_KEYS)).is_ok(), "the oldest key was removed");
    }

    #[test]
    fn an_unlimited_bucket_is_never_empty() {
        let now = Instant::now();
        let limiter = RateLimiter::new(TokenBucket::unlimited(now));
        assert!((0..1_000).all(|_| limiter.take(&0, now).is_ok()));
    }
}

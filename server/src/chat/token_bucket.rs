//! A token bucket: limits the rate of messages, requests or reads.

use std::time::{Duration, Instant};

/// A bucket that holds up to `burst` tokens and gains `per_second` tokens each second.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    tokens: f32,
    burst: f32,
    per_second: f32,
    /// When `tokens` was last calculated.
    updated: Instant,
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(burst: u32, per_second: u32, now: Instant) -> Self {
        let burst = burst as f32;
        Self { tokens: burst, burst, per_second: per_second as f32, updated: now }
    }

    /// A full bucket that gains `per_hour` tokens each hour.
    pub fn per_hour(burst: u32, per_hour: u32, now: Instant) -> Self {
        Self { per_second: per_hour as f32 / 3_600.0, ..Self::new(burst, 0, now) }
    }

    /// A bucket that is never empty.
    pub fn unlimited(now: Instant) -> Self {
        Self { tokens: f32::INFINITY, burst: f32::INFINITY, per_second: 0.0, updated: now }
    }

    /// This bucket if limits are on, otherwise an unlimited one.
    pub fn if_limited(self, limits_on: bool) -> Self {
        if limits_on { self } else { Self::unlimited(self.updated) }
    }

    /// A full bucket with the same size and rate.
    pub fn full_at(self, now: Instant) -> Self {
        Self { tokens: self.burst, updated: now, ..self }
    }

    /// The time in which an empty bucket becomes full. Zero if it never does.
    pub fn time_to_fill(&self) -> Duration {
        Duration::try_from_secs_f32(self.burst / self.per_second).unwrap_or_default()
    }

    /// Takes a token.
    ///
    /// # Errors
    /// The time until the next token is available.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.refill(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f32((1.0 - self.tokens) / self.per_second))
    }

    /// Takes `count` tokens, even if the bucket has fewer. Returns the time until the missing tokens are available.
    pub fn charge(&mut self, count: u32, now: Instant) -> Duration {
        self.refill(now);
        self.tokens -= count as f32;
        if self.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f32(-self.tokens / self.per_second) }
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.updated).as_secs_f32();
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.burst);
        self.updated = now;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn burst_and_rate_bound_the_tokens_taken(waits in prop::collection::vec(0u64..400, 1..300)) {
            let start = Instant::now();
            let mut bucket = TokenBucket::new(5, 10, start);
            let (mut now, mut passed) = (start, 0);
            for wait in waits {
                now += Duration::from_millis(wait);
                passed += u32::from(bucket.take(now).is_ok());
                let allowed = 5.0 + 10.0 * now.duration_since(start).as_secs_f32();
                prop_assert!(passed as f32 <= allowed + 0.01);
            }
        }

        #[test]
        fn missing_tokens_are_refilled_at_the_rate(count in 0u32..2_000) {
            let now = Instant::now();
            let mut bucket = TokenBucket::new(50, 100, now);
            let wait = bucket.charge(count, now);
            let expected = count.saturating_sub(50) as f32 / 100.0;
            prop_assert!((wait.as_secs_f32() - expected).abs() < 0.001);
            prop_assert_eq!(bucket.charge(0, now + wait + Duration::from_millis(1)), Duration::ZERO);
        }

        #[test]
        fn a_token_is_available_after_the_returned_time(burst in 1u32..50, rate in 1u32..50) {
            let mut now = Instant::now();
            let mut bucket = TokenBucket::new(burst, rate, now);
            for _ in 0..200 {
                if let Err(wait) = bucket.take(now) {
                    now += wait + Duration::from_micros(100);
                    prop_assert_eq!(bucket.take(now), Ok(()));
                }
            }
        }
    }
}

//! How fast a connection may talk: a token bucket.

use std::time::{Duration, Instant};

/// A bucket that holds `burst` tokens and gains `per_second` of them each second.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    tokens: f32,
    burst: f32,
    per_second: f32,
    counted: Instant,
}

impl Pace {
    /// A full bucket.
    pub fn new(burst: u32, per_second: u32, now: Instant) -> Self {
        let burst = burst as f32;
        Self { tokens: burst, burst, per_second: per_second as f32, counted: now }
    }

    /// A bucket that never runs dry.
    pub fn unlimited(now: Instant) -> Self {
        Self { tokens: f32::INFINITY, burst: f32::INFINITY, per_second: 0.0, counted: now }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// How long it takes until there is one, if there is none.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.counted).as_secs_f32();
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst);
        self.counted = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f32((1.0 - self.tokens) / self.per_second))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_more_passes_than_burst_and_rate_allow(waits in prop::collection::vec(0u64..400, 1..300)) {
            let start = Instant::now();
            let mut pace = Pace::new(5, 10, start);
            let (mut now, mut passed) = (start, 0);
            for wait in waits {
                now += Duration::from_millis(wait);
                passed += u32::from(pace.take(now).is_ok());
                let allowed = 5.0 + 10.0 * now.duration_since(start).as_secs_f32();
                prop_assert!(passed as f32 <= allowed + 0.01);
            }
        }

        #[test]
        fn who_waits_as_told_passes(burst in 1u32..50, rate in 1u32..50) {
            let mut now = Instant::now();
            let mut pace = Pace::new(burst, rate, now);
            for _ in 0..200 {
                if let Err(wait) = pace.take(now) {
                    now += wait + Duration::from_micros(100);
                    prop_assert_eq!(pace.take(now), Ok(()));
                }
            }
        }
    }
}

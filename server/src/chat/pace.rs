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

    /// A full bucket that gains `per_hour` tokens each hour.
    pub fn per_hour(burst: u32, per_hour: u32, now: Instant) -> Self {
        Self { per_second: per_hour as f32 / 3_600.0, ..Self::new(burst, 0, now) }
    }

    /// A bucket that never runs dry.
    pub fn unlimited(now: Instant) -> Self {
        Self { tokens: f32::INFINITY, burst: f32::INFINITY, per_second: 0.0, counted: now }
    }

    /// This bucket where limits are on, one that never runs dry where they are off.
    pub fn unless_off(self, limits_on: bool) -> Self {
        if limits_on { self } else { Self::unlimited(self.counted) }
    }

    /// A bucket of the same size and rate that is full at `now`.
    pub fn full_at(self, now: Instant) -> Self {
        Self { tokens: self.burst, counted: now, ..self }
    }

    /// How long an empty bucket of this kind takes until it is full.
    pub fn time_to_fill(&self) -> Duration {
        Duration::try_from_secs_f32(self.burst / self.per_second).unwrap_or_default()
    }

    /// Takes a token.
    ///
    /// # Errors
    /// How long it takes until there is one, if there is none.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.gain(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f32((1.0 - self.tokens) / self.per_second))
    }

    /// Takes `count` tokens, those that are missing on credit. Returns how long it takes to make up for these.
    pub fn charge(&mut self, count: u32, now: Instant) -> Duration {
        self.gain(now);
        self.tokens -= count as f32;
        if self.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f32(-self.tokens / self.per_second) }
    }

    fn gain(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.counted).as_secs_f32();
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst);
        self.counted = now;
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
        fn credit_is_paid_back_at_the_rate(count in 0u32..2_000) {
            let now = Instant::now();
            let mut pace = Pace::new(50, 100, now);
            let wait = pace.charge(count, now);
            let expected = count.saturating_sub(50) as f32 / 100.0;
            prop_assert!((wait.as_secs_f32() - expected).abs() < 0.001);
            prop_assert_eq!(pace.charge(0, now + wait + Duration::from_millis(1)), Duration::ZERO);
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

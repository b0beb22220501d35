//! A histogram of delivery times with logarithmic buckets.

use std::fmt::{self, Display, Formatter};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Buckets per factor of two, so that a bucket is 9 % wide.
const BUCKETS_PER_OCTAVE: u32 = 8;
/// Factors of two that the buckets cover: from a microsecond to an hour.
const OCTAVES: u32 = 32;

/// Counts delivery times in logarithmic buckets. All clients add to it without a lock.
#[derive(Debug)]
pub(crate) struct LatencyHistogram {
    buckets: Vec<AtomicU64>,
    max_micros: AtomicU64,
}

impl Default for LatencyHistogram {
    fn default() -> Self {
        let buckets = (0..BUCKETS_PER_OCTAVE * OCTAVES).map(|_| AtomicU64::new(0)).collect();
        Self { buckets, max_micros: AtomicU64::new(0) }
    }
}

impl LatencyHistogram {
    /// Counts one delivery.
    pub(crate) fn add(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.max_micros.fetch_max(micros, Ordering::Relaxed);
        let bucket = ((micros + 1) as f64).log2() * f64::from(BUCKETS_PER_OCTAVE);
        self.buckets[(bucket as usize).min(self.buckets.len() - 1)].fetch_add(1, Ordering::Relaxed);
    }

    fn total(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }

    /// The upper bound of the bucket with this quantile, from 0 to 1; at most the maximum.
    fn quantile(&self, quantile: f64) -> Duration {
        let (wanted, mut seen) = ((self.total() as f64 * quantile).ceil() as u64, 0);
        let index = self.buckets.iter().position(|bucket| {
            seen += bucket.load(Ordering::Relaxed);
            seen >= wanted
        });
        let max = self.max_micros.load(Ordering::Relaxed);
        let micros = index.map_or(max, |index| 2_f64.powf((index + 1) as f64 / f64::from(BUCKETS_PER_OCTAVE)) as u64);
        Duration::from_micros(micros.min(max))
    }
}

impl Display for LatencyHistogram {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ms = |latency: Duration| format!("{:.1} ms", latency.as_secs_f64() * 1_000.0);
        let max = Duration::from_micros(self.max_micros.load(Ordering::Relaxed));
        let (p50, p99) = (self.quantile(0.5), self.quantile(0.99));
        write!(f, "{}, {}, {} (of {})", ms(p50), ms(p99), ms(max), self.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_exact_to_a_tenth() {
        let latencies = LatencyHistogram::default();
        (1..=1_000).for_each(|ms| latencies.add(Duration::from_millis(ms)));
        let p50 = latencies.quantile(0.5).as_secs_f64();
        let p99 = latencies.quantile(0.99).as_secs_f64();
        assert!((0.45..0.56).contains(&p50), "{p50}");
        assert!((0.9..=1.0).contains(&p99), "{p99}");
        assert_eq!(latencies.quantile(1.0), Duration::from_secs(1));
    }
}

//! What is counted while it goes on, and how it is told.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use parlor::{CloseCode, ErrorCode};

/// A number that everyone adds to.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn one(&self) {
        self.add(1);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) connections: Count,
    pub(super) cuts: Count,
    pub(super) stalls: Count,
    pub(super) delays: Count,
    pub(super) slow: Count,
    pub(super) moves: Count,
    pub(super) reloads: Count,
    pub(super) kills: Count,
    pub(super) posted: Count,
    pub(super) acked: Count,
    pub(super) resent: Count,
    pub(super) doubles: Count,
    pub(super) changes: Count,
    /// Requests of changers that were accepted and made no event.
    pub(super) no_ops: Count,
    /// Copies of earlier requests that changers sent.
    pub(super) repeats: Count,
    pub(super) discarded: Count,
    pub(super) said_plainly: Count,
    pub(super) deliveries: Count,
    pub(super) refusals: Mutex<BTreeMap<String, u64>>,
    pub(super) closes: Mutex<BTreeMap<u16, u64>>,
    pub(super) latencies: Latencies,
}

impl Counts {
    /// A post was refused.
    pub(super) fn refused(&self, code: ErrorCode) {
        let name = serde_json::to_value(code).ok().and_then(|name| name.as_str().map(str::to_owned));
        *self.refusals.lock().entry(name.unwrap_or_else(|| code.to_string())).or_default() += 1;
    }

    /// A connection was closed, or broke.
    pub(super) fn closed(&self, code: CloseCode) {
        *self.closes.lock().entry(code.0).or_default() += 1;
    }

    /// One line on how it goes.
    pub(super) fn status(&self) -> String {
        format!(
            "{} posted, {} acknowledged, {} said plainly, {} deliveries; {} connections, {} cuts, {} stalls, {} reloads, \
             {} kills",
            self.posted.get(),
            self.acked.get(),
            self.said_plainly.get(),
            self.deliveries.get(),
            self.connections.get(),
            self.cuts.get(),
            self.stalls.get(),
            self.reloads.get(),
            self.kills.get(),
        )
    }
}

impl Display for Counts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let refusals = self.refusals.lock();
        let refused: Vec<_> = refusals.iter().map(|(code, count)| format!("{count} {code}")).collect();
        let refused = if refused.is_empty() { "none".to_owned() } else { refused.join(", ") };
        let closed: Vec<_> = self.closes.lock().iter().map(|(code, count)| format!("{count} with {code}")).collect();
        let rows: [(&str, String); 15] = [
            ("connections made", self.connections.get().to_string()),
            ("closed or broken", closed.join(", ")),
            ("kills of the server", self.kills.get().to_string()),
            ("cuts, stalls, delays", format!("{}, {}, {}", self.cuts.get(), self.stalls.get(), self.delays.get())),
            ("slow readers, moves", format!("{}, {}", self.slow.get(), self.moves.get())),
            ("reloads, rejoins", self.reloads.get().to_string()),
            ("posted, given up", format!("{}, {}", self.posted.get(), self.discarded.get())),
            ("acknowledged", self.acked.get().to_string()),
            ("refused for now", refused),
            ("sent again, doubled", format!("{}, {}", self.resent.get(), self.doubles.get())),
            ("edits, reactions, …", self.changes.get().to_string()),
            ("no-ops, repeats", format!("{}, {}", self.no_ops.get(), self.repeats.get())),
            ("said plainly", self.said_plainly.get().to_string()),
            ("deliveries", self.deliveries.get().to_string()),
            ("delivery p50, p99, max", self.latencies.to_string()),
        ];
        rows.iter().try_for_each(|(name, value)| writeln!(f, "{name:<24}{value}"))
    }
}

/// Parts of an octave that are told apart: an eighth of it is 9 %.
const PARTS: u32 = 8;
/// From a microsecond to an hour.
const OCTAVES: u32 = 32;

/// How long deliveries took: how many, by length.
#[derive(Debug)]
pub(super) struct Latencies {
    buckets: Vec<Count>,
    longest: AtomicU64,
}

impl Default for Latencies {
    fn default() -> Self {
        let buckets = (0..PARTS * OCTAVES).map(|_| Count::default()).collect();
        Self { buckets, longest: AtomicU64::new(0) }
    }
}

impl Latencies {
    pub(super) fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.longest.fetch_max(micros, Ordering::Relaxed);
        let octaves = ((micros + 1) as f64).log2() * f64::from(PARTS);
        self.buckets[(octaves as usize).min(self.buckets.len() - 1)].one();
    }

    fn total(&self) -> u64 {
        self.buckets.iter().map(Count::get).sum()
    }

    /// The length that this share of all did not exceed.
    fn percentile(&self, share: f64) -> Duration {
        let (wanted, mut seen) = ((self.total() as f64 * share).ceil() as u64, 0);
        let within = self.buckets.iter().position(|bucket| {
            seen += bucket.get();
            seen >= wanted
        });
        let longest = self.longest.load(Ordering::Relaxed);
        let micros = within.map_or(longest, |index| 2_f64.powf((index + 1) as f64 / f64::from(PARTS)) as u64);
        Duration::from_micros(micros.min(longest))
    }
}

impl Display for Latencies {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ms = |took: Duration| format!("{:.1} ms", took.as_secs_f64() * 1_000.0);
        let longest = Duration::from_micros(self.longest.load(Ordering::Relaxed));
        let (half, most) = (self.percentile(0.5), self.percentile(0.99));
        write!(f, "{}, {}, {} (of {})", ms(half), ms(most), ms(longest), self.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_a_tenth() {
        let latencies = Latencies::default();
        (1..=1_000).for_each(|ms| latencies.add(Duration::from_millis(ms)));
        let half = latencies.percentile(0.5).as_secs_f64();
        let most = latencies.percentile(0.99).as_secs_f64();
        assert!((0.45..0.56).contains(&half), "{half}");
        assert!((0.9..=1.0).contains(&most), "{most}");
        assert_eq!(latencies.percentile(1.0), Duration::from_secs(1));
    }
}

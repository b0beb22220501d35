//! The seeded random number generator of each actor.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// A seeded random number generator. Each actor has its own, so that the numbers one actor draws do not change those of
/// the others.
#[derive(Clone, Debug)]
pub(crate) struct Rng(fastrand::Rng);

impl Rng {
    /// The generator for one actor, seeded with a hash of the run's seed and the actor's label.
    pub(crate) fn for_actor(seed: u64, actor: &str) -> Self {
        let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(actor).finalize();
        let actor_seed = hash.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        Self(fastrand::Rng::with_seed(actor_seed))
    }

    /// A number from `low` to `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.0.f64() * (high - low)
    }

    /// A duration from `low` to `high` seconds, in whole milliseconds.
    pub(crate) fn seconds(&mut self, low: f64, high: f64) -> Duration {
        Duration::from_millis((1_000.0 * self.between(low, high)) as u64)
    }

    /// An index below `count`; 0 if `count` is 0.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        self.0.usize(..count.max(1))
    }

    /// True with a probability of 1 in `count`.
    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.index(count) == 0
    }

    /// A random item; `None` if there is none.
    pub(crate) fn choose<T>(&mut self, items: impl Iterator<Item = T>) -> Option<T> {
        let mut items: Vec<T> = items.collect();
        (!items.is_empty()).then(|| items.swap_remove(self.index(items.len())))
    }

    /// A number in [0, 1).
    pub(crate) fn fraction(&mut self) -> f64 {
        self.0.f64()
    }

    /// 128 random bits.
    pub(crate) fn bits(&mut self) -> u128 {
        self.0.u128(..)
    }
}

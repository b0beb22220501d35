//! What the tasks that inject faults have in common.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::counters::Counters;

/// The times and the counters of a run, for a task that injects faults.
#[derive(Clone, Debug)]
pub(crate) struct FaultContext {
    /// The start of the run.
    pub(crate) start: Instant,
    /// Cancelled by a signal: the faults end early.
    pub(crate) stop: CancellationToken,
    pub(crate) counters: Arc<Counters>,
}

impl FaultContext {
    /// Waits until a time from the start of the run. Returns false if a signal ends the run before.
    pub(crate) async fn wait_until(&self, at: Duration) -> bool {
        // Cancel safe: no branch loses anything.
        tokio::select! {
            () = sleep_until(self.start + at) => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Waits for the length of a fault, or until a signal ends the run.
    pub(crate) async fn wait(&self, duration: Duration) {
        // Cancel safe: no branch loses anything.
        tokio::select! {
            () = sleep(duration) => {}
            () = self.stop.cancelled() => {}
        }
    }
}

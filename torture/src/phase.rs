//! The phases of a test run, and how the run waits until all clients have settled.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parlor::RoomName;
use tokio::sync::mpsc;

/// The current phase of a test run.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// Clients perform their plans, and faults occur.
    Faults,
    /// Clients write nothing new and no fault occurs; outstanding messages are delivered.
    Settle,
    /// Each room has its last message, at this seq. Clients read up to it and end.
    Finish(Arc<HashMap<RoomName, u64>>),
}

/// Held by a client until it has settled: everything that it wrote is acknowledged, and it is connected.
#[derive(Clone, Debug)]
pub(crate) struct SettleGuard(#[expect(dead_code, reason = "only dropping it matters")] mpsc::Sender<()>);

/// Waits until every [`SettleGuard`] has been dropped.
#[derive(Debug)]
pub(crate) struct SettleWaiter(mpsc::Receiver<()>);

impl SettleGuard {
    /// Creates a guard, to be cloned for each client, and its waiter.
    pub(crate) fn new() -> (Self, SettleWaiter) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), SettleWaiter(receiver))
    }
}

impl SettleWaiter {
    /// Waits until all clients have settled or the timeout has elapsed. Clients that have not settled by then report it
    /// as a problem themselves.
    pub(crate) async fn wait(mut self, timeout: Duration) {
        let _ = tokio::time::timeout(timeout, self.0.recv()).await;
    }
}

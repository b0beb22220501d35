//! How far the run is, and who is still to be waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parlor::RoomName;
use tokio::sync::mpsc;

/// How far the run is.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Everything happens as planned.
    Torture,
    /// Nothing new is written and nothing breaks any more.
    Settle,
    /// Each room has its last message, at this place.
    Finish(Arc<HashMap<RoomName, u64>>),
}

/// Held by somebody who has not come to rest yet.
#[derive(Clone, Debug)]
pub(super) struct Rest(#[expect(dead_code, reason = "only its end matters")] mpsc::Sender<()>);

/// Waits for all [`Rest`]s.
#[derive(Debug)]
pub(super) struct AllAtRest(mpsc::Receiver<()>);

impl Rest {
    /// One to be handed to everyone, and the end where they are waited for.
    pub(super) fn new() -> (Self, AllAtRest) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), AllAtRest(receiver))
    }
}

impl AllAtRest {
    /// Waits until everyone is at rest, but no longer than that.
    pub(super) async fn within(mut self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.0.recv()).await;
    }
}

//! Waits until everything is delivered here that was told before.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::super::Fence;
use super::publisher::Publisher;

/// How long is waited at most: longer only if notifications are lost.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The fences that are under way.
#[derive(Debug, Default)]
pub(super) struct Fences(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: u64,
    waiting: HashMap<u64, Fence>,
}

impl Fences {
    /// Waits until everything is delivered that was told before.
    pub(super) async fn wait(&self, publisher: &Publisher) {
        let (fence, passed) = oneshot::channel();
        let number = {
            let mut state = self.0.lock();
            state.next += 1;
            let number = state.next;
            state.waiting.insert(number, Arc::new(fence));
            number
        };
        publisher.fence(number);
        // It is dropped when it is delivered.
        let _ = tokio::time::timeout(TIMEOUT, passed).await;
        self.0.lock().waiting.remove(&number);
    }

    /// The fence with this number, when this node is told of it.
    pub(super) fn take(&self, number: u64) -> Option<Fence> {
        self.0.lock().waiting.remove(&number)
    }
}

//! Whether there are other nodes, and whether this one hears of them.

use std::sync::atomic::{AtomicBool, Ordering};

/// What this node knows of the other nodes as a whole.
#[derive(Debug, Default)]
pub(super) struct OtherNodes {
    present: AtomicBool,
    listening: AtomicBool,
}

impl OtherNodes {
    /// Records whether there are other nodes.
    pub(super) fn set_present(&self, present: bool) {
        self.present.store(present, Ordering::Relaxed);
    }

    /// Records whether this node receives notifications.
    pub(super) fn set_listening(&self, listening: bool) {
        self.listening.store(listening, Ordering::Relaxed);
    }

    /// Whether what happens here has to be shown in order with what happens at other nodes, as the notifications have it.
    pub(super) fn share_order(&self) -> bool {
        self.present.load(Ordering::Relaxed) && self.listening.load(Ordering::Relaxed)
    }
}

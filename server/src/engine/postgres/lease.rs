//! The lease of this node, as this node knows it.

use std::time::Instant;

use parking_lot::Mutex;

use super::super::NodeId;
use super::nodes::{LEASE, LEASE_MARGIN};

/// The lease of this node. While it is not valid, this node writes nothing and shows nothing new.
#[derive(Debug)]
pub(super) struct Lease(Mutex<State>);

#[derive(Debug)]
struct State {
    node: NodeId,
    /// The deadline by the monotonic clock of this machine.
    valid_until: Instant,
}

impl Lease {
    /// A lease whose last renewal was sent at a time.
    pub(super) fn new(node: NodeId, sent: Instant) -> Self {
        Self(Mutex::new(State { node, valid_until: sent + LEASE - LEASE_MARGIN }))
    }

    /// The node; `None` while its lease is not valid.
    pub(super) fn node(&self) -> Option<NodeId> {
        let state = self.0.lock();
        (Instant::now() < state.valid_until).then_some(state.node)
    }

    /// The node, even if its lease has ended.
    pub(super) fn last_node(&self) -> NodeId {
        self.0.lock().node
    }

    /// Since when the lease is not valid; `None` while it is.
    pub(super) fn ended_at(&self) -> Option<Instant> {
        let valid_until = self.0.lock().valid_until;
        (Instant::now() >= valid_until).then_some(valid_until)
    }

    /// Records a renewal that was sent at a time, of this node or of the one that replaces it.
    pub(super) fn renewed(&self, node: NodeId, sent: Instant) {
        *self.0.lock() = State { node, valid_until: sent + LEASE - LEASE_MARGIN };
    }

    /// Ends the lease, at the end of the process.
    pub(super) fn end(&self) {
        self.0.lock().valid_until = Instant::now();
    }
}

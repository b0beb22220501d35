//! Limits the open connections of each client address.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::OwnedSemaphorePermit;

use crate::chat::ClientAddress;

/// Counts open connections per client address, and requests per client behind a trusted proxy. Clones share the counts.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimiter {
    max_per_address: usize,
    open: Arc<Mutex<HashMap<ClientAddress, usize>>>,
}

/// Counts one connection or request for an address until it is dropped.
#[derive(Debug)]
pub(crate) struct AddressPermit {
    address: ClientAddress,
    open: Arc<Mutex<HashMap<ClientAddress, usize>>>,
}

/// Permits that an open socket holds until it is closed.
///
/// The extensions of an upgrade request carry it into the WebSocket, which outlives the HTTP connection.
#[derive(Clone, Debug)]
pub(crate) struct SocketPermit {
    /// One of all sockets, and one of the peer's address unless the peer is a trusted proxy.
    _connection: Arc<(OwnedSemaphorePermit, Option<AddressPermit>)>,
    /// One of the client's address, if the peer is a trusted proxy.
    pub(crate) client: Option<Arc<AddressPermit>>,
}

impl SocketPermit {
    /// The permits of a new connection.
    pub(crate) fn new(all: OwnedSemaphorePermit, peer: Option<AddressPermit>) -> Self {
        Self { _connection: Arc::new((all, peer)), client: None }
    }
}

impl ConnectionLimiter {
    /// Allows each address `max_per_address` connections or requests at the same time.
    pub(crate) fn new(max_per_address: usize) -> Self {
        Self { max_per_address, open: Arc::default() }
    }

    /// Counts one more for an address; `None` if it has reached its maximum.
    pub(crate) fn acquire(&self, address: ClientAddress) -> Option<AddressPermit> {
        let mut open = self.open.lock();
        let count = open.entry(address).or_default();
        if *count >= self.max_per_address {
            return None;
        }
        *count += 1;
        Some(AddressPermit { address, open: self.open.clone() })
    }
}

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let mut open = self.open.lock();
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn an_address_gets_no_more_permits_than_its_maximum() {
        let limiter = ConnectionLimiter::new(2);
        let address = |last| ClientAddress::from(IpAddr::from([127, 0, 0, last]));
        let first = limiter.acquire(address(1));
        let second = limiter.acquire(address(1));
        assert!(first.is_some() && second.is_some());
        assert!(limiter.acquire(address(1)).is_none());
        assert!(limiter.acquire(address(2)).is_some(), "other addresses have their own count");
        drop(first);
        assert!(limiter.acquire(address(1)).is_some());
        drop(second);
        assert!(limiter.open.lock().is_empty(), "addresses without connections are removed");
    }
}

//! How many sockets an address has, and whether it may have one more.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::OwnedSemaphorePermit;

use crate::chat::ClientAddress;

/// Counts sockets by where their clients are, and requests of clients behind a trusted proxy.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimiter {
    at_most: usize,
    open: Arc<Mutex<HashMap<ClientAddress, usize>>>,
}

/// Something that is counted for an address, until this is dropped.
#[derive(Debug)]
pub(crate) struct AddressPermit {
    address: ClientAddress,
    open: Arc<Mutex<HashMap<ClientAddress, usize>>>,
}

/// What a socket is counted for, for as long as it is open: the request's extensions carry it into the WebSocket, which
/// outlives the HTTP connection.
#[derive(Clone, Debug)]
pub(crate) struct SocketPermit {
    /// For the connection: among all sockets, and among those of its peer unless that is a trusted proxy.
    _connection: Arc<(OwnedSemaphorePermit, Option<AddressPermit>)>,
    /// For the request: among those of its client, if the peer is one.
    pub(crate) client: Option<Arc<AddressPermit>>,
}

impl SocketPermit {
    /// A permit for a connection that is counted so.
    pub(crate) fn new(all: OwnedSemaphorePermit, peer: Option<AddressPermit>) -> Self {
        Self { _connection: Arc::new((all, peer)), client: None }
    }
}

impl ConnectionLimiter {
    /// Lets each address have `at_most`.
    pub(crate) fn new(at_most: usize) -> Self {
        Self { at_most, open: Arc::default() }
    }

    /// Counts one more; `None` if that would be too many.
    pub(crate) fn acquire(&self, address: ClientAddress) -> Option<AddressPermit> {
        let mut open = self.open.lock();
        let count = open.entry(address).or_default();
        if *count >= self.at_most {
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
    fn an_address_has_so_many_and_not_one_more() {
        let limiter = ConnectionLimiter::new(2);
        let address = |last| ClientAddress::from(IpAddr::from([127, 0, 0, last]));
        let first = limiter.acquire(address(1));
        let second = limiter.acquire(address(1));
        assert!(first.is_some() && second.is_some());
        assert!(limiter.acquire(address(1)).is_none());
        assert!(limiter.acquire(address(2)).is_some(), "others are not counted with it");
        drop(first);
        assert!(limiter.acquire(address(1)).is_some());
        drop(second);
        assert!(limiter.open.lock().is_empty(), "nobody is remembered who is not there");
    }
}

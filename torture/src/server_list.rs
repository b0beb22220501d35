//! The servers that the connections of one client are spread over.

use std::net::SocketAddr;

use tokio::sync::watch;

/// The addresses of all servers, each of which changes when its server starts and stops.
///
/// Every connection of a client goes to another server than the one before: as behind a load balancer without sticky
/// sessions, so that a client whose connection is lost or refused finds another server.
#[derive(Clone, Debug)]
pub(crate) struct ServerList {
    addresses: Vec<watch::Receiver<Option<SocketAddr>>>,
    next: usize,
}

impl ServerList {
    pub(crate) fn new(addresses: Vec<watch::Receiver<Option<SocketAddr>>>) -> Self {
        Self { addresses, next: 0 }
    }

    /// The same servers, of which this one comes first.
    pub(crate) fn starting_at(&self, number: usize) -> Self {
        Self { addresses: self.addresses.clone(), next: number }
    }

    /// Whether there are several servers.
    pub(crate) fn has_several(&self) -> bool {
        self.addresses.len() > 1
    }

    /// The address for the next connection; `None` if that server is down.
    pub(crate) fn next(&mut self) -> Option<SocketAddr> {
        let address = self.addresses.get(self.next % self.addresses.len().max(1));
        self.next = self.next.wrapping_add(1);
        address.and_then(|address| *address.borrow())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_go_round_the_servers_and_to_none_that_is_down() {
        let address = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
        let (_first, down) = (watch::Sender::new(address(1)), watch::Sender::new(None));
        let mut servers = ServerList::new(vec![_first.subscribe(), down.subscribe()]).starting_at(3);
        assert_eq!([servers.next(), servers.next(), servers.next()], [None, address(1), None]);
        down.send_replace(address(2));
        assert_eq!([servers.next(), servers.next()], [address(1), address(2)]);
    }
}

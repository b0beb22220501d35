//! How many connections an address has, and whether it may have one more.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

/// Counts connections by where they come from.
#[derive(Clone, Debug)]
pub(crate) struct Admissions {
    at_most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A connection that is counted, until this is dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    address: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Admissions {
    /// Lets each address have `at_most` connections.
    pub(crate) fn new(at_most: usize) -> Self {
        Self { at_most, open: Arc::default() }
    }

    /// Counts one more connection; `None` if that would be too many. It is counted from its handshake on, so that many
    /// at once can't slip in.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Admitted> {
        let mut open = self.open.lock();
        let count = open.entry(address).or_default();
        if *count >= self.at_most {
            return None;
        }
        *count += 1;
        Some(Admitted { address, open: self.open.clone() })
    }
}

impl Drop for Admitted {
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
    use super::*;

    #[test]
    fn an_address_has_so_many_and_not_one_more() {
        let admissions = Admissions::new(2);
        let (here, there) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let first = admissions.admit(here);
        let second = admissions.admit(here);
        assert!(first.is_some() && second.is_some());
        assert!(admissions.admit(here).is_none());
        assert!(admissions.admit(there).is_some(), "others are not counted with it");
        drop(first);
        assert!(admissions.admit(here).is_some());
        drop(second);
        assert!(admissions.open.lock().is_empty(), "nobody is remembered who is not there");
    }
}

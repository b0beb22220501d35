//! Counts entries, such as held names, per client address and compares the count with a limit.

use std::collections::HashMap;
use std::hash::Hash;

use super::ClientAddress;

/// Entries by the address of the client that created them.
#[derive(Debug)]
pub struct AddressQuota<K> {
    limit: usize,
    addresses: HashMap<K, ClientAddress>,
    counts: HashMap<ClientAddress, usize>,
}

impl<K: Clone + Eq + Hash> AddressQuota<K> {
    /// A quota of `limit` entries per address. The caller removes an entry if an address [`is_full`](Self::is_full)
    /// before it inserts one.
    pub fn new(limit: usize) -> Self {
        Self { limit, addresses: HashMap::new(), counts: HashMap::new() }
    }

    /// Whether an address has reached the limit.
    pub fn is_full(&self, address: ClientAddress) -> bool {
        self.counts.get(&address).is_some_and(|count| *count >= self.limit)
    }

    /// Counts an entry for an address. If the entry was counted for another address, it is moved.
    pub fn insert(&mut self, key: K, address: ClientAddress) {
        self.remove(&key);
        self.addresses.insert(key, address);
        *self.counts.entry(address).or_default() += 1;
    }

    /// Removes an entry from the count.
    pub fn remove(&mut self, key: &K) {
        let Some(address) = self.addresses.remove(key) else { return };
        if let Some(count) = self.counts.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&address);
            }
        }
    }

    /// The entries of an address, in arbitrary order.
    pub fn of(&self, address: ClientAddress) -> impl Iterator<Item = &K> {
        self.addresses.iter().filter(move |(_, of)| **of == address).map(|(key, _)| key)
    }

    /// All entries, in arbitrary order.
    pub fn all(&self) -> impl Iterator<Item = &K> {
        self.addresses.keys()
    }

    /// Number of entries of all addresses.
    pub fn count(&self) -> usize {
        self.addresses.len()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn each_address_has_its_own_count_and_is_removed_with_its_last_entry() {
        let address = |i: u32| ClientAddress::from(IpAddr::from(i.to_be_bytes()));
        let mut quota = AddressQuota::new(2);
        quota.insert("a", address(1));
        quota.insert("b", address(1));
        assert!(quota.is_full(address(1)) && !quota.is_full(address(2)));
        quota.insert("a", address(2));
        assert!(!quota.is_full(address(1)));
        assert_eq!(quota.of(address(2)).collect::<Vec<_>>(), [&"a"]);
        quota.remove(&"a");
        quota.remove(&"b");
        assert!(quota.count() == 0 && quota.counts.is_empty());
    }
}

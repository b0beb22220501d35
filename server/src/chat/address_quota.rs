//! How many entries of a kind the clients of one address have.

use std::collections::HashMap;
use std::hash::Hash;

use super::ClientAddress;

/// Entries by the address of the client that made them.
#[derive(Debug)]
pub struct AddressQuota<K> {
    at_most: usize,
    addresses: HashMap<K, ClientAddress>,
    counts: HashMap<ClientAddress, usize>,
}

impl<K: Clone + Eq + Hash> AddressQuota<K> {
    /// Lets each address have `at_most` entries; the caller removes one where [`is_full`](Self::is_full).
    pub fn new(at_most: usize) -> Self {
        Self { at_most, addresses: HashMap::new(), counts: HashMap::new() }
    }

    /// Whether an address has as many as it may have.
    pub fn is_full(&self, address: ClientAddress) -> bool {
        self.counts.get(&address).is_some_and(|count| *count >= self.at_most)
    }

    /// Counts an entry for an address, and no longer for another one that it had before.
    pub fn insert(&mut self, key: K, address: ClientAddress) {
        self.remove(&key);
        self.addresses.insert(key, address);
        *self.counts.entry(address).or_default() += 1;
    }

    /// Counts an entry no longer.
    pub fn remove(&mut self, key: &K) {
        let Some(address) = self.addresses.remove(key) else { return };
        if let Some(count) = self.counts.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&address);
            }
        }
    }

    /// The entries of an address, in no order.
    pub fn of(&self, address: ClientAddress) -> impl Iterator<Item = &K> {
        self.addresses.iter().filter(move |(_, of)| **of == address).map(|(key, _)| key)
    }

    /// All entries, in no order.
    pub fn all(&self) -> impl Iterator<Item = &K> {
        self.addresses.keys()
    }

    /// How many entries there are.
    pub fn count(&self) -> usize {
        self.addresses.len()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn each_address_has_a_count_of_its_own_and_none_is_remembered_without_entries() {
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

//! An item store in memory, for simulated browsers and tests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{ItemStore, StoredIn};

/// Texts by key. Like a browser's store it lists them by key, not in the order of writing.
#[derive(Debug, Default)]
pub struct MemoryItems(Mutex<BTreeMap<String, String>>);

impl MemoryItems {
    /// An empty store.
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn items(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ItemStore for MemoryItems {
    fn get(&self, key: &str) -> Option<String> {
        self.items().get(key).cloned()
    }

    fn set(&self, key: &str, value: &str) -> StoredIn {
        self.items().insert(key.to_owned(), value.to_owned());
        StoredIn::Browser
    }

    fn remove(&self, key: &str) {
        self.items().remove(key);
    }

    fn keys(&self) -> Vec<String> {
        self.items().keys().cloned().collect()
    }
}

//! The store of a simulated browser, in memory. It outlives a reload of the page.

use std::cell::RefCell;
use std::collections::BTreeMap;

use parlor_app::unsent_store::{ItemStore, StoredIn};

/// Texts by key. Like a browser's store it lists them by key, not in the order of writing.
#[derive(Debug, Default)]
pub(crate) struct MemoryItems(RefCell<BTreeMap<String, String>>);

impl ItemStore for MemoryItems {
    fn get(&self, key: &str) -> Option<String> {
        self.0.borrow().get(key).cloned()
    }

    fn set(&self, key: &str, value: &str) -> StoredIn {
        self.0.borrow_mut().insert(key.to_owned(), value.to_owned());
        StoredIn::Browser
    }

    fn remove(&self, key: &str) {
        self.0.borrow_mut().remove(key);
    }

    fn keys(&self) -> Vec<String> {
        self.0.borrow().keys().cloned().collect()
    }
}

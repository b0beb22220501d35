//! The browser's store of texts: `localStorage`, and the tab's `sessionStorage` where that is full.
//!
//! The browser may deny both. Then nothing is stored, and everything else works.

use leptos::prelude::window;
use parlor_app::unsent_store::{ItemStore, StoredIn};
use web_sys::Storage;

/// The item store of this browser.
pub struct BrowserItems;

impl ItemStore for BrowserItems {
    fn get(&self, key: &str) -> Option<String> {
        let get_from = |store: Storage| store.get_item(key).ok().flatten();
        browser_store().and_then(get_from).or_else(|| tab_store().and_then(get_from))
    }

    fn set(&self, key: &str, value: &str) -> StoredIn {
        if set(key, Some(value)) {
            StoredIn::Browser
        } else if tab_store().is_some_and(|store| store.set_item(key, value).is_ok()) {
            StoredIn::Tab
        } else {
            StoredIn::Nowhere
        }
    }

    fn remove(&self, key: &str) {
        set(key, None);
    }

    fn keys(&self) -> Vec<String> {
        let keys_of =
            |store: Storage| (0..store.length().unwrap_or(0)).filter_map(move |index| store.key(index).ok().flatten());
        browser_store().into_iter().chain(tab_store()).flat_map(keys_of).collect()
    }
}

/// The value of a key.
pub fn get(key: &str) -> Option<String> {
    BrowserItems.get(key)
}

/// Sets or removes a key in the browser's store. Returns whether a value was set.
pub fn set(key: &str, value: Option<&str>) -> bool {
    let stored = value.is_some_and(|value| browser_store().is_some_and(|store| store.set_item(key, value).is_ok()));
    if !stored && let Some(store) = browser_store() {
        // A value that does not fit must not leave an older one behind.
        let _ = store.remove_item(key);
    }
    if let Some(store) = tab_store() {
        let _ = store.remove_item(key);
    }
    stored
}

/// Deletes everything in both stores.
pub fn clear() {
    for store in browser_store().into_iter().chain(tab_store()) {
        let _ = store.clear();
    }
}

/// The tab's `sessionStorage`.
pub fn tab_store() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn browser_store() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

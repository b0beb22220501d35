//! What the browser keeps over reloads and crashes. Any of it may be denied: then it is not kept, and all else works.

use leptos::prelude::window;
use parlor::ClientId;
use parlor_app::{state::client::Kept, wire};
use web_sys::Storage;

const NAME: &str = "name";
const OUTBOX: &str = "outbox/";
const DRAFT: &str = "draft/";
const RELOADED: &str = "reloaded";

/// The name to come back with.
pub fn name() -> Option<String> {
    get(NAME)
}

/// Remembers it, or forgets it.
pub fn remember_name(name: Option<&str>) {
    set(NAME, name);
}

/// The messages that were not acknowledged, in no order.
pub fn outbox() -> Vec<Kept> {
    let Some(store) = store() else { return Vec::new() };
    let keys = (0..store.length().unwrap_or(0)).filter_map(|index| store.key(index).ok().flatten());
    keys.filter(|key| key.starts_with(OUTBOX)).filter_map(|key| wire::kept(&store.get_item(&key).ok()??)).collect()
}

/// Keeps a message, each under a key of its own: another tab's messages are not touched.
pub fn keep(kept: &Kept) {
    set(&outbox_key(&kept.client_id), Some(&wire::kept_text(kept)));
}

/// Lets a message go.
pub fn forget(client_id: &ClientId) {
    set(&outbox_key(client_id), None);
}

/// Keeps what stands in the composer.
pub fn keep_draft(room: &str, text: &str) {
    set(&format!("{DRAFT}{room}"), (!text.is_empty()).then_some(text));
}

/// What stood in the composer.
pub fn draft(room: &str) -> Option<String> {
    get(&format!("{DRAFT}{room}"))
}

/// Whether the page has not been loaded anew for this build before. Where that can't be kept, it never is.
pub fn first_reload_for(build: &str) -> bool {
    if get(RELOADED).as_deref() == Some(build) {
        return false;
    }
    set(RELOADED, Some(build));
    get(RELOADED).as_deref() == Some(build)
}

fn outbox_key(client_id: &ClientId) -> String {
    format!("{OUTBOX}{}", client_id.as_str())
}

fn get(key: &str) -> Option<String> {
    store()?.get_item(key).ok().flatten()
}

fn set(key: &str, value: Option<&str>) {
    if let Some(store) = store() {
        let _ = match value {
            Some(value) => store.set_item(key, value),
            None => store.remove_item(key),
        };
    }
}

fn store() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

//! What the browser stores of the reader besides unsent work: preferences, the present page of the tab, and notes about
//! replicas. Cookies tell the server what it needs for rendering.

use leptos::prelude::document;
use parlor::AuthorId;
use parlor_app::unsent_store::ItemStore as _;
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::item_store::{BrowserItems, get, set, tab_store};

// The keys never change: browsers have stored them.
const SESSION: &str = "session";
const NAME: &str = "name";
/// In the tab's store: the id of its page, and whether that page has been left.
const TAB: &str = "tab";
const TAB_LEFT: &str = "left";
const RELOADED: &str = "reloaded";
const IGNORED: &str = "ignored";
const NOTIFICATION_SETTINGS: &str = "volume";
/// The updates of a room's replica that an ending page could not write to the database.
const UPDATES: &str = "replica/";
const DELETING_REPLICAS: &str = "forgetting";

/// Largest size of a room's stored updates, in bytes. Larger ones are dropped: they would be the whole room, which the
/// server has.
const MAX_UPDATES_BYTES: usize = 128 * 1024;
/// Separates the updates of a room.
const SEPARATOR: &str = "\n\n";

/// Lifetime of cookies, in seconds: a year.
const COOKIE_MAX_AGE_S: u32 = 365 * 24 * 60 * 60;

/// Sets a cookie that the server reads when it renders the page. The value must not contain cookie syntax.
pub fn set_cookie(name: &str, value: &str) {
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        let _ = document.set_cookie(&format!("{name}={value}; path=/; max-age={COOKIE_MAX_AGE_S}; SameSite=Lax"));
    }
}

/// The value of a cookie.
pub fn cookie(name: &str) -> Option<String> {
    let cookies = document().dyn_ref::<HtmlDocument>()?.cookie().ok()?;
    let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// The name to claim.
pub fn name() -> Option<String> {
    get(NAME)
}

/// Stores or removes the name to claim.
pub fn store_name(name: Option<&str>) {
    set(NAME, name);
}

/// The author id of the reader to whom everything stored belongs.
pub fn session() -> Option<AuthorId> {
    get(SESSION).map(|id| AuthorId(id.into()))
}

/// Stores the author id of the reader.
pub fn store_session(id: &AuthorId) {
    set(SESSION, Some(id.as_str()));
}

/// The id of the page that the tab shows or showed last, and whether that page has been left.
pub fn page_of_tab() -> Option<(String, bool)> {
    let store = tab_store()?;
    let item = |key| store.get_item(key).ok().flatten();
    Some((item(TAB)?, item(TAB_LEFT).is_some()))
}

/// Makes this page the one that the tab shows.
pub fn enter_tab(page_id: &str) {
    if let Some(store) = tab_store() {
        let _ = store.set_item(TAB, page_id);
        let _ = store.remove_item(TAB_LEFT);
    }
}

/// The page is being left. It may come back.
pub fn leave_tab() {
    if let Some(store) = tab_store() {
        let _ = store.set_item(TAB_LEFT, "true");
    }
}

/// The ignored authors. Ids contain no blanks.
pub fn ignored() -> Vec<AuthorId> {
    let ids = get(IGNORED).unwrap_or_default();
    ids.split_whitespace().map(|id| AuthorId(id.into())).collect()
}

/// Stores the ignored authors.
pub fn store_ignored(ignored: &[AuthorId]) {
    let ids: Vec<_> = ignored.iter().map(AuthorId::as_str).collect();
    set(IGNORED, (!ids.is_empty()).then(|| ids.join(" ")).as_deref());
}

/// The notification settings as text.
pub fn notification_settings() -> String {
    get(NOTIFICATION_SETTINGS).unwrap_or_default()
}

/// Stores the notification settings.
pub fn store_notification_settings(settings: &str) {
    set(NOTIFICATION_SETTINGS, (!settings.is_empty()).then_some(settings));
}

/// Whether the page has not been reloaded for this build before. False if that cannot be stored.
pub fn first_reload_for(build: &str) -> bool {
    if get(RELOADED).as_deref() == Some(build) {
        return false;
    }
    set(RELOADED, Some(build));
    get(RELOADED).as_deref() == Some(build)
}

/// Leaves an update of a room's replica for the next page, after those that are there.
pub fn leave_replica_update(room: &str, update: &str) {
    let key = format!("{UPDATES}{room}");
    let all = get(&key).map_or_else(|| update.to_owned(), |before| format!("{before}{SEPARATOR}{update}"));
    set(&key, (all.len() <= MAX_UPDATES_BYTES).then_some(&all));
}

/// Takes the updates that pages have left, those of a room in order.
pub fn take_replica_updates() -> Vec<String> {
    let mut updates = Vec::new();
    for key in BrowserItems.keys().iter().filter(|key| key.starts_with(UPDATES)) {
        updates.extend(get(key).unwrap_or_default().split(SEPARATOR).map(str::to_owned));
        set(key, None);
    }
    updates
}

/// Deletes the updates that were left of a room.
pub fn delete_replica_updates(room: &str) {
    set(&format!("{UPDATES}{room}"), None);
}

/// Whether a page has ended before it deleted all replicas.
pub fn is_deleting_replicas() -> bool {
    get(DELETING_REPLICAS).is_some()
}

/// Notes that all replicas are to be deleted, or that they are.
pub fn set_deleting_replicas(deleting: bool) {
    set(DELETING_REPLICAS, deleting.then_some("yes"));
}

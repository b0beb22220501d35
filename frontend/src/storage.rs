//! What the browser keeps over reloads and crashes. Any of it may be denied: then it is not kept, and all else works.

use leptos::prelude::{document, window};
use parlor::{AuthorId, ClientId, RoomName};
use parlor_app::{
    session::Unfinished,
    state::{client::Kept, drafts::StoredDraft},
    wire,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, Storage};

const SESSION: &str = "session";
const NAME: &str = "name";
const OUTBOX: &str = "outbox/";
/// The form of drafts has a version: what a newer one is stored under is not touched.
const DRAFT: &str = "draft/2/";
const OLD_DRAFT: &str = "draft/";
/// Of the session of one tab: the id of its page, and whether that has left.
const TAB: &str = "tab";
const TAB_LEFT: &str = "left";
const RELOADED: &str = "reloaded";
const IGNORED: &str = "ignored";
const VOLUME: &str = "volume";
/// Updates of a room's replica that a page left which went away.
const UPDATES: &str = "replica/";
const FORGETTING: &str = "forgetting";

/// Bytes of a room's updates that a page leaves at most. More would be the room as a whole, which the server has, too.
const UPDATES_BYTES: usize = 128 * 1024;
/// Stands between the updates of a room.
const NEXT: &str = "\n\n";

/// How long cookies are kept, in seconds: a year.
const COOKIE_S: u32 = 365 * 24 * 60 * 60;

/// Keeps something that the server is to know when it draws the page. No text of a cookie's own syntax may be in it.
pub fn set_cookie(name: &str, value: &str) {
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        let _ = document.set_cookie(&format!("{name}={value}; path=/; max-age={COOKIE_S}; SameSite=Lax"));
    }
}

/// What is kept so.
pub fn cookie(name: &str) -> Option<String> {
    let cookies = document().dyn_ref::<HtmlDocument>()?.cookie().ok()?;
    let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// The name to come back with.
pub fn name() -> Option<String> {
    get(NAME)
}

/// Remembers it, or forgets it.
pub fn remember_name(name: Option<&str>) {
    set(NAME, name);
}

/// The public id of whoever all this is of.
pub fn session() -> Option<AuthorId> {
    get(SESSION).map(|id| AuthorId(id.into()))
}

/// Remembers it.
pub fn remember_session(id: &AuthorId) {
    set(SESSION, Some(id.as_str()));
}

/// The tabs that have stored messages or drafts. What older builds stored belongs to the tab without an id.
pub fn tabs() -> Vec<String> {
    let mut tabs: Vec<String> = Vec::new();
    for key in keys() {
        if let Some(tab) = tab_of(&key).filter(|tab| tabs.iter().all(|known| known != tab)) {
            tabs.push(tab.to_owned());
        }
    }
    tabs
}

/// The tab that a key of the store belongs to, if it is that of a message or a draft.
pub fn tab_of(key: &str) -> Option<&str> {
    if let Some(key) = key.strip_prefix(OUTBOX).or_else(|| key.strip_prefix(DRAFT)) {
        return Some(key.split_once('/')?.0);
    }
    old_draft(key).map(|_| "")
}

/// The messages of a tab that can be read, in no order. What can't be read, a newer page may have kept.
pub fn outbox(tab: &str) -> Vec<Kept> {
    let keys = keys().into_iter().filter(|key| key.starts_with(OUTBOX) && tab_of(key) == Some(tab));
    keys.filter_map(|key| wire::kept(&get(&key)?)).collect()
}

/// Where something unsent could be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredIn {
    /// In the browser: it outlives the tab.
    Browser,
    /// In the session of the tab, as there was no place in the browser's store: it outlives the page.
    Tab,
    /// There is no place for it.
    Nowhere,
}

/// Keeps a message of a tab, each under a key of its own.
pub fn keep(tab: &str, kept: &Kept) -> StoredIn {
    set_unsent(&outbox_key(tab, &kept.written.client_id), &wire::kept_text(kept))
}

/// Lets a message go.
pub fn forget(tab: &str, client_id: &ClientId) {
    set(&outbox_key(tab, client_id), None);
}

/// Stores a draft of a tab.
pub fn keep_draft(tab: &str, id: u64, draft: &StoredDraft) -> StoredIn {
    set_unsent(&draft_key(tab, id), &wire::draft_text(draft))
}

/// Removes a draft of a tab.
pub fn forget_draft(tab: &str, id: u64) {
    set(&draft_key(tab, id), None);
}

/// The drafts of a tab that can be read, with their keys.
pub fn drafts(tab: &str) -> Vec<(String, StoredDraft)> {
    let read = |key: String| {
        let text = get(&key)?;
        let draft = match old_draft(&key) {
            Some(room) => StoredDraft { room, composing: None, text, at: 0, offered: false },
            None => wire::draft(&text)?,
        };
        Some((key, draft))
    };
    keys().into_iter().filter(|key| !key.starts_with(OUTBOX) && tab_of(key) == Some(tab)).filter_map(read).collect()
}

/// Removes drafts that a tab has taken over, as far as it has been able to store them.
pub fn forget_moved(left: Vec<(String, StoredDraft)>, to: &str) {
    let stored = drafts(to);
    for (key, draft) in left {
        if stored.iter().any(|(_, moved)| moved.room == draft.room && moved.text == draft.text) {
            set(&key, None);
        }
    }
}

/// The page that the browser's tab shows, or showed last, and whether that has left.
pub fn page_of_tab() -> Option<(String, bool)> {
    let store = tab_store()?;
    let item = |key| store.get_item(key).ok().flatten();
    Some((item(TAB)?, item(TAB_LEFT).is_some()))
}

/// Makes this the page that the browser's tab shows.
pub fn enter_tab(page: &str) {
    if let Some(store) = tab_store() {
        let _ = store.set_item(TAB, page);
        let _ = store.remove_item(TAB_LEFT);
    }
}

/// The page leaves, and may come back.
pub fn leave_tab() {
    if let Some(store) = tab_store() {
        let _ = store.set_item(TAB_LEFT, "true");
    }
}

fn tab_store() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// What is kept of messages that have not been acknowledged, and of drafts, of all tabs.
pub fn unfinished() -> Unfinished {
    let keys = keys();
    Unfinished {
        messages: keys.iter().filter(|key| key.starts_with(OUTBOX)).count(),
        drafts: keys.iter().any(|key| key.starts_with(DRAFT) || old_draft(key).is_some()),
    }
}

/// Whom the reader wants to hear nothing of. Ids have no blanks.
pub fn ignored() -> Vec<AuthorId> {
    let ids = get(IGNORED).unwrap_or_default();
    ids.split_whitespace().map(|id| AuthorId(id.into())).collect()
}

/// Remembers them.
pub fn remember_ignored(ignored: &[AuthorId]) {
    let ids: Vec<_> = ignored.iter().map(AuthorId::as_str).collect();
    set(IGNORED, (!ids.is_empty()).then(|| ids.join(" ")).as_deref());
}

/// How loud the reader wants which room.
pub fn volume() -> String {
    get(VOLUME).unwrap_or_default()
}

/// Remembers it.
pub fn remember_volume(volume: &str) {
    set(VOLUME, (!volume.is_empty()).then_some(volume));
}

/// Lets all of it go.
pub fn forget_everything() {
    for store in store().into_iter().chain(tab_store()) {
        let _ = store.clear();
    }
}

/// Whether the page has not been loaded anew for this build before. Where that can't be kept, it never is.
pub fn first_reload_for(build: &str) -> bool {
    if get(RELOADED).as_deref() == Some(build) {
        return false;
    }
    set(RELOADED, Some(build));
    get(RELOADED).as_deref() == Some(build)
}

/// Leaves an update of a room's replica for the next page, after those that have been left already.
pub fn leave_update(room: &str, update: &str) {
    let key = format!("{UPDATES}{room}");
    let all = get(&key).map_or_else(|| update.to_owned(), |before| format!("{before}{NEXT}{update}"));
    set(&key, (all.len() <= UPDATES_BYTES).then_some(&all));
}

/// The updates that pages have left, for each room in order. They are taken: nobody else gets them.
pub fn take_updates() -> Vec<String> {
    let mut updates = Vec::new();
    for key in keys().iter().filter(|key| key.starts_with(UPDATES)) {
        updates.extend(get(key).unwrap_or_default().split(NEXT).map(str::to_owned));
        set(key, None);
    }
    updates
}

/// Drops the updates that were left of a room.
pub fn forget_updates(room: &str) {
    set(&format!("{UPDATES}{room}"), None);
}

/// Whether the replicas are to be deleted, and a page has not lived to see it done.
pub fn is_forgetting() -> bool {
    get(FORGETTING).is_some()
}

/// Notes that they are to be deleted, or that they are.
pub fn set_forgetting(forgetting: bool) {
    set(FORGETTING, forgetting.then_some("yes"));
}

fn keys() -> Vec<String> {
    let keys_of =
        |store: Storage| (0..store.length().unwrap_or(0)).filter_map(move |index| store.key(index).ok().flatten());
    store().into_iter().chain(tab_store()).flat_map(keys_of).collect()
}

// The room of a draft as older builds stored it: one of all tabs, as bare text. No name of a room has a slash.
fn old_draft(key: &str) -> Option<RoomName> {
    RoomName::parse(key.strip_prefix(OLD_DRAFT)?).ok()
}

fn draft_key(tab: &str, id: u64) -> String {
    format!("{DRAFT}{tab}/{id}")
}

fn outbox_key(tab: &str, client_id: &ClientId) -> String {
    format!("{OUTBOX}{tab}/{}", client_id.as_str())
}

fn get(key: &str) -> Option<String> {
    let get_of = |store: Storage| store.get_item(key).ok().flatten();
    store().and_then(get_of).or_else(|| tab_store().and_then(get_of))
}

// False if it could not be done.
fn set(key: &str, value: Option<&str>) -> bool {
    let stored = value.is_some_and(|value| store().is_some_and(|store| store.set_item(key, value).is_ok()));
    if !stored && let Some(store) = store() {
        // A value that has no place must not leave an older one behind.
        let _ = store.remove_item(key);
    }
    if let Some(store) = tab_store() {
        let _ = store.remove_item(key);
    }
    stored
}

fn set_unsent(key: &str, value: &str) -> StoredIn {
    if set(key, Some(value)) {
        StoredIn::Browser
    } else if tab_store().is_some_and(|store| store.set_item(key, value).is_ok()) {
        StoredIn::Tab
    } else {
        StoredIn::Nowhere
    }
}

fn store() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

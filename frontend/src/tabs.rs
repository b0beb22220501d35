//! Which page owns stored submissions and drafts, and which page adopts what a closed tab left.
//!
//! Every page stores unsent work under an id of its own, and holds a lock of that name for as long as it lives
//! ([Web Locks](https://w3c.github.io/web-locks/)), crashes included. Adopting means moving entries to its own id.
//!
//! **A reloaded tab** finds the id of its previous page in `sessionStorage`, and adopts that page's entries at once,
//! before anything is rendered. A page that is left marks its id there. The mark distinguishes the same tab from a
//! duplicated one, which has a copy of the id: the original has not been left. Without a mark the page before has
//! crashed, or this tab is a duplicate: the lock tells, as a crash releases it.
//!
//! **Other tabs** wait for the lock of each page that has entries. When they get it, the owner is gone or about to come
//! back: so they release it and wait for [`RETURN_MS`]. Then they adopt what is still there, one at a time under the
//! lock. A hidden tab adopts submissions only if it is connected and can send them, and drafts never: the reader would
//! not see them, while the tab that they look at has nothing. It asks again when it is shown.
//!
//! The races:
//!
//! - *The owner takes longer than [`RETURN_MS`] to come back.* Its entries have moved to a tab that is visible, or has
//!   sent them.
//! - *Both move the same entries at the same moment*, as the returning owner needs no lock: both have them. Submissions
//!   have ids, and the server performs each once; a draft exists twice.
//! - *Two tabs close at once*, or the browser: their entries wait for the next page. Pages that are restored together
//!   give one another [`RESTORE_MS`].
//! - *A tab is duplicated after its page was left for another site, and both go back*: the first adopts, the second
//!   finds nothing.
//! - *The page comes back from the back/forward cache.* If another page of this origin was in the tab meanwhile, that
//!   one has adopted the entries, and this page's memory is outdated: it is reloaded. Otherwise it continues and
//!   requests its lock again, which the browser may have released. Submissions that another tab adopted are sent twice
//!   under their ids.
//! - *The page ends between storing an entry and removing the old one*: the entry exists twice, see above.
//!
//! Without locks, as in a page over plain HTTP from another machine, no page knows which others live: every page adopts
//! all submissions, and all drafts when it loads.

use std::{cell::Cell, cell::RefCell, rc::Rc, time::Duration};

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::*;
use parlor_app::{
    ChatHandle,
    state::drafts::Origin,
    task::{ignore, spawn},
    unsent_store,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::StorageEvent;

use crate::{clock, item_store::BrowserItems, page_activity::is_visible, storage};

/// How long other tabs wait for the return of a page whose lock they got, in milliseconds. Most reloads take less.
const RETURN_MS: u64 = 3_000;
/// How long a new page waits for pages that were closed before it loaded, in milliseconds.
const RESTORE_MS: u64 = 1_000;

thread_local! {
    static PAGE_ID: String = format!("{:x}", clock::random_bits());
    // Other pages with entries, for whose locks this page waits.
    static AWAITED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    // Those of them that ended while this page was hidden.
    static POSTPONED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    // Throws in browsers without locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request(name: &str, options: &JsValue, granted: &JsValue) -> Result<Promise, JsValue>;
}

/// How to request a lock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LockRequest {
    /// Wait until the owner is gone.
    Wait,
    /// Test whether the owner is gone.
    Test,
    /// Hold it exclusively, unless somebody has it.
    Exclusive,
}

/// The answer to a lock request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LockAnswer {
    Granted,
    Held,
    /// This page is being left: WebKit rejects waiting requests then. It says nothing about the owner.
    Leaving,
    /// The browser has no locks.
    Unsupported,
}

impl LockAnswer {
    /// Whether the owner is gone, or cannot be told from one that is.
    fn allows_adoption(self) -> bool {
        matches!(self, Self::Granted | Self::Unsupported)
    }
}

/// The id of this page.
pub fn page_id() -> String {
    PAGE_ID.with(Clone::clone)
}

/// Adopts what the page before left, and what other pages leave, now and whenever one of them ends.
pub fn adopt_pages(chat: ChatHandle) {
    hold_own_lock();
    let before = storage::page_of_tab();
    storage::enter_tab(&page_id());
    match before {
        Some((before, true)) => adopt(chat, &before, Origin::SameTab, true),
        Some((before, false)) => request_lock(&before.clone(), LockRequest::Test, move |answer| {
            if answer.allows_adoption() {
                adopt(chat, &before, Origin::SameTab, true);
            }
        }),
        None => {}
    }
    unsent_store::tabs(&BrowserItems).iter().for_each(|tab| wait_for(chat, tab, true));
    window_event_listener_untyped("storage", move |event| {
        let key = event.dyn_into::<StorageEvent>().ok().and_then(|event| event.key());
        if let Some(tab) = key.as_deref().and_then(unsent_store::tab_of).filter(|tab| !tab.is_empty()) {
            wait_for(chat, tab, false);
        }
    });
    window_event_listener_untyped("visibilitychange", move |_| {
        if is_visible() {
            POSTPONED.take().into_iter().for_each(|tab| try_to_adopt(chat, tab));
        }
    });
    window_event_listener_untyped("pagehide", |_| storage::leave_tab());
    window_event_listener_untyped("pageshow", move |event| {
        if Reflect::get(&event, &"persisted".into()).is_ok_and(|persisted| persisted.is_truthy()) {
            if storage::page_of_tab().is_some_and(|(page, _)| page != page_id()) {
                chat.forget_unsent();
                let _ = window().location().reload();
            } else {
                storage::enter_tab(&page_id());
                hold_own_lock();
                unsent_store::tabs(&BrowserItems).iter().for_each(|tab| wait_for(chat, tab, false));
            }
        }
    });
}

// Holds the lock of this page until it ends.
fn hold_own_lock() {
    let for_life = Closure::once_into_js(|| Promise::new(&mut |_, _| {}));
    if let Ok(held) = request(&lock(&page_id()), &Object::new(), &for_life) {
        // If it is rejected, other pages see no lock.
        ignore(held);
    }
}

fn wait_for(chat: ChatHandle, tab: &str, loading: bool) {
    if tab == page_id() || AWAITED.with_borrow(|awaited| awaited.iter().any(|other| other == tab)) {
        return;
    }
    AWAITED.with_borrow_mut(|awaited| awaited.push(tab.to_owned()));
    let (tab, asked) = (tab.to_owned(), clock::now().tick);
    request_lock(&tab.clone(), LockRequest::Wait, move |answer| match answer {
        LockAnswer::Unsupported => adopt(chat, &tab, Origin::ClosedTab, loading),
        LockAnswer::Leaving => stop_waiting(&tab),
        LockAnswer::Granted | LockAnswer::Held => {
            let grace = match clock::now().tick {
                // Entries of older builds belong to no page that could come back.
                _ if tab.is_empty() => 0,
                now if now < asked + RESTORE_MS => RESTORE_MS,
                _ => RETURN_MS,
            };
            // Later in any case, when this lock is released: it could not be held exclusively before.
            set_timeout(move || try_to_adopt(chat, tab), Duration::from_millis(grace));
        }
    });
}

// Adopts a page whose owner has not come back.
fn try_to_adopt(chat: ChatHandle, tab: String) {
    if !is_visible() && !chat.input(|client, _| client.is_online()) {
        // It is adopted when the page is connected or visible.
        POSTPONED.with_borrow_mut(|postponed| postponed.push(tab.clone()));
        let again = move || {
            let found = POSTPONED.with_borrow_mut(|postponed| {
                let index = postponed.iter().position(|other| *other == tab)?;
                Some(postponed.swap_remove(index))
            });
            found.into_iter().for_each(|tab| try_to_adopt(chat, tab));
        };
        return set_timeout(again, Duration::from_millis(RETURN_MS));
    }
    request_lock(&tab.clone(), LockRequest::Exclusive, move |answer| {
        if answer.allows_adoption() {
            adopt(chat, &tab, Origin::ClosedTab, is_visible());
        } else {
            // It has come back, or another page is adopting it.
            stop_waiting(&tab);
        }
        if answer != LockAnswer::Leaving && unsent_store::tabs(&BrowserItems).contains(&tab) {
            if answer == LockAnswer::Held {
                wait_for(chat, &tab, false);
            } else if !is_visible() {
                AWAITED.with_borrow_mut(|awaited| awaited.push(tab.clone()));
                POSTPONED.with_borrow_mut(|postponed| postponed.push(tab));
            }
        }
    });
}

fn adopt(chat: ChatHandle, tab: &str, origin: Origin, drafts: bool) {
    chat.adopt_page(tab, origin, drafts);
    stop_waiting(tab);
}

fn stop_waiting(tab: &str) {
    AWAITED.with_borrow_mut(|awaited| awaited.retain(|other| other != tab));
}

fn lock(tab: &str) -> String {
    format!("parlor-tab/{tab}")
}

// Calls `act` once, while the lock is held if it is granted.
fn request_lock(tab: &str, how: LockRequest, act: impl FnOnce(LockAnswer) + 'static) {
    let act: Box<dyn FnOnce(LockAnswer)> = Box::new(act);
    let act = Rc::new(Cell::new(Some(act)));
    let answered = act.clone();
    let granted = Closure::once_into_js(move |lock: JsValue| {
        if let Some(act) = answered.take() {
            act(if lock.is_null() { LockAnswer::Held } else { LockAnswer::Granted });
        }
    });
    let options = Object::new();
    // Several pages may wait at the same time; owners hold their lock exclusively.
    let mode = if how == LockRequest::Exclusive { "exclusive" } else { "shared" };
    let _ = Reflect::set(&options, &"mode".into(), &mode.into());
    let _ = Reflect::set(&options, &"ifAvailable".into(), &(how != LockRequest::Wait).into());
    let asked = request(&lock(tab), &options, &granted);
    spawn(async move {
        let refused = match asked {
            Ok(asked) => JsFuture::from(asked).await.err(),
            Err(error) => Some(error),
        };
        if let (Some(error), Some(act)) = (refused, act.take()) {
            let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
            act(if name.is_some_and(|name| name == "AbortError") {
                LockAnswer::Leaving
            } else {
                LockAnswer::Unsupported
            });
        }
    });
}

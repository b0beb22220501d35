//! Whose unsent messages are whose: each tab sends its own, and what a closed tab left goes to exactly one of the others.
//!
//! A tab holds a lock of its name for as long as it lives ([Web Locks](https://w3c.github.io/web-locks/)), a crash
//! included. Who sees messages of another tab asks for its lock; when that is granted the other tab is gone, and the
//! first to get it takes them over.

use std::cell::RefCell;

use js_sys::Promise;
use leptos::prelude::*;
use parlor_app::Session;
use wasm_bindgen::prelude::*;
use web_sys::StorageEvent;

use crate::{clock, storage};

thread_local! {
    static TAB: String = format!("{:x}", clock::random_bits());
    // Other tabs whose end is waited for.
    static AWAITED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    // Fails where there are no locks: in a page that came by plain HTTP from elsewhere than this machine.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request(name: &str, granted: &JsValue) -> Result<JsValue, JsValue>;
}

/// The name of this tab.
pub fn this() -> String {
    TAB.with(Clone::clone)
}

/// Takes over what other tabs left, now and whenever one of them ends.
pub fn inherit(session: Session) {
    let for_life = Closure::once_into_js(|| Promise::new(&mut |_, _| {}));
    let _ = request(&lock(&this()), &for_life);
    storage::tabs_with_messages().iter().for_each(|tab| wait_for(session, tab));
    window_event_listener_untyped("storage", move |event| {
        let key = event.dyn_into::<StorageEvent>().ok().and_then(|event| event.key());
        if let Some(tab) = key.as_deref().and_then(storage::tab_of) {
            wait_for(session, tab);
        }
    });
}

fn wait_for(session: Session, tab: &str) {
    if tab == this() || AWAITED.with_borrow(|awaited| awaited.iter().any(|other| other == tab)) {
        return;
    }
    AWAITED.with_borrow_mut(|awaited| awaited.push(tab.to_owned()));
    let left = tab.to_owned();
    let gone = Closure::once_into_js(move || take_over(session, &left));
    // Without locks nobody knows who is alive: all take everything, and the server makes one message of each.
    if request(&lock(tab), &gone).is_err() {
        take_over(session, tab);
    }
}

fn take_over(session: Session, tab: &str) {
    let left = storage::move_outbox(tab, &this());
    AWAITED.with_borrow_mut(|awaited| awaited.retain(|other| other != tab));
    session.input(|client, at| client.inherit(left, at));
}

fn lock(tab: &str) -> String {
    format!("parlor-tab/{tab}")
}

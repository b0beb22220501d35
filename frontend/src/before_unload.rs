//! What happens before the page ends: everything unsent is stored again, and the browser asks before it closes a page
//! with unsent work that does not fit into its store.

use js_sys::Reflect;
use leptos::prelude::*;
use parlor_app::ChatHandle;
use wasm_bindgen::prelude::*;
use web_sys::{Event, StorageEvent};

use crate::page_activity::is_visible;

thread_local! {
    // It is set only while it is needed: browsers may not keep a page with it in the back/forward cache.
    static QUESTION: Closure<dyn FnMut(Event)> = Closure::new(|event: Event| {
        event.prevent_default();
        // Older browsers need this (HTML, "The BeforeUnloadEvent interface").
        let _ = Reflect::set(&event, &"returnValue".into(), &true.into());
    });
}

/// Sets whether the browser asks before it closes the page.
pub fn set(asks: bool) {
    QUESTION.with(|question| window().set_onbeforeunload(asks.then(|| question.as_ref().unchecked_ref())));
}

/// Stores everything unsent again when the page ends or is hidden: the reader, an extension or the browser may have
/// deleted what was stored.
pub fn watch(chat: ChatHandle) {
    window_event_listener_untyped("pagehide", move |_| chat.store_all());
    window_event_listener_untyped("visibilitychange", move |_| {
        if !is_visible() {
            chat.store_all();
        }
    });
    // An event without a key: another tab has deleted everything, as when its reader signs out.
    window_event_listener_untyped("storage", move |event| {
        if event.dyn_into::<StorageEvent>().is_ok_and(|event| event.key().is_none()) {
            chat.on_cleared_elsewhere();
        }
    });
}

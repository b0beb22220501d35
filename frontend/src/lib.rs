//! Parlor's page in the browser: hydrates the server's HTML, and is the platform of the page: socket, stores, clock.
//!
//! The rules of the chat are in `parlor_app::state`; this crate performs their effects.
//!
//! - The first render: [`first_render`], [`carry_over`], [`offline`].
//! - The platform: [`browser`]; its WebSocket: [`socket`]; its clock and time zone: [`clock`].
//! - What the browser stores: [`item_store`] and [`storage`] (localStorage and cookies), [`replicas`] (IndexedDB),
//!   [`tabs`] (whose unsent work belongs to a page that is gone), [`before_unload`] (unsent work that could not be
//!   stored).
//! - The reader: [`page_activity`] (visible, active), [`notifications`], [`address`] (the URL of the room),
//!   [`keyboard`] (on phones), [`worker`] (the service worker).
#![cfg(target_arch = "wasm32")]

pub mod address;
pub mod before_unload;
pub mod browser;
pub mod carry_over;
pub mod clock;
pub mod first_render;
pub mod item_store;
pub mod keyboard;
pub mod notifications;
pub mod offline;
pub mod page_activity;
pub mod replicas;
pub mod socket;
pub mod storage;
pub mod tabs;
pub mod worker;

use js_sys::Function;
use leptos::prelude::*;
use parlor_app::{App, ChatHandle, InitialPage, reactive::on_mount, wire};
use wasm_bindgen::prelude::*;

/// Starts the page on the server's HTML, or in its place if that has been changed. `start.js` calls it.
///
/// `ready` is called when the page is rendered and hydrated. Until then nothing outside of the page's own elements is
/// touched: no socket, timer, store or listener.
///
/// # Errors
/// The document has no initial page that this build can read.
#[wasm_bindgen]
pub fn hydrate(ready: Function) -> Result<(), JsValue> {
    start(ready, true)
}

/// Starts the page by rendering it anew: `start.js` calls it in a second instance when [`hydrate`] has failed. Typed
/// text, selection, focus and scroll positions are carried over from the server's HTML.
///
/// # Errors
/// The document has no initial page that this build can read.
#[wasm_bindgen]
pub fn mount(ready: Function) -> Result<(), JsValue> {
    start(ready, false)
}

fn start(ready: Function, may_hydrate: bool) -> Result<(), JsValue> {
    // Without it a browser reports where the WASM stopped, and not why. A release build leaves it out, which saves 0.4 KiB.
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    let page = initial_page().ok_or("the document has no initial page that this build can read")?;
    // The offline document has no HTML from the server.
    let is_offline = page.state.is_offline_document();
    let page = if is_offline { offline::complete(page) } else { page };
    first_render::render(may_hydrate && !is_offline, move || app(page, ready));
    Ok(())
}

fn app(page: InitialPage, ready: Function) -> impl IntoView {
    let chat = ChatHandle::new(page);
    on_mount(move || {
        browser::attach(chat);
        let _ = ready.call0(&JsValue::NULL);
    });
    view! { <App chat/> }
}

fn initial_page() -> Option<InitialPage> {
    let json = document().get_element_by_id("initial-page")?.text_content()?;
    wire::initial_page(&json)
}

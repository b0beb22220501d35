//! Parlor's page in the browser: what the server drew comes to life, and the state gets a socket, a store and a clock.
//!
//! No rule of the chat is in here: `parlor_app::state` decides, this crate does. To understand how…
//!
//! - the page is drawn first, read [`first_drawing`] and [`carry_over`];
//! - the state's effects are done, read [`browser`]; how messages travel, [`socket`];
//! - drafts and unsent messages are kept, read [`storage`]; where time comes from, [`clock`];
//! - tabs of one browser share what is unsent, read [`tabs`];
//! - the page notices that its reader is back, read [`presence`]; how they are told of what they miss, [`notices`];
//! - the page opens without a network, read [`worker`] and [`offline`]; rooms are kept for that, [`replicas`];
//! - the address follows the room, and the room the address, read [`address`]; the page stays above the keyboard of a phone,
//!   [`keyboard`].
#![cfg(target_arch = "wasm32")]

pub mod address;
pub mod browser;
pub mod carry_over;
pub mod clock;
pub mod first_drawing;
pub mod keyboard;
pub mod notices;
pub mod offline;
pub mod presence;
pub mod replicas;
pub mod socket;
pub mod storage;
pub mod tabs;
pub mod unsent;
pub mod worker;

use js_sys::Function;
use leptos::prelude::*;
use parlor_app::{App, Boot, Session, live::when_drawn, wire};
use wasm_bindgen::prelude::*;

/// Starts the page on the server's HTML, or in its place if it has been changed. `start.js` calls it.
///
/// `ready` is called once the page has been drawn and works. Nothing outside of the page's own elements is touched
/// before the drawing is complete: no socket, timer, store or listener.
///
/// # Errors
/// The document has no first state that this build can read.
#[wasm_bindgen]
pub fn hydrate(ready: Function) -> Result<(), JsValue> {
    start(ready, true)
}

/// The same, without relying on the server's HTML at all: for when [`hydrate`] has failed in another instance.
///
/// # Errors
/// As [`hydrate`].
#[wasm_bindgen]
pub fn mount(ready: Function) -> Result<(), JsValue> {
    start(ready, false)
}

fn start(ready: Function, may_hydrate: bool) -> Result<(), JsValue> {
    console_error_panic_hook::set_once();
    let boot = boot().ok_or("the page has no first state that this build can read")?;
    // The page of no room has no HTML from the server.
    let may_hydrate = may_hydrate && !boot.is_blank();
    let boot = if boot.is_blank() { offline::boot(boot) } else { boot };
    first_drawing::draw(may_hydrate, move || app(boot, ready));
    Ok(())
}

fn app(boot: Boot, ready: Function) -> impl IntoView {
    let session = Session::new(boot);
    when_drawn(move || {
        browser::attach(session);
        let _ = ready.call0(&JsValue::NULL);
    });
    view! { <App session/> }
}

/// The first state, as the server put it into the page.
fn boot() -> Option<Boot> {
    let state = document().get_element_by_id("boot")?.text_content()?;
    wire::boot(&state)
}

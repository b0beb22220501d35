//! Parlor's page in the browser: what the server drew comes to life, and the state gets a socket, a store and a clock.
//!
//! No rule of the chat is in here: `parlor_app::state` decides, this crate does. To understand how…
//!
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
pub mod clock;
pub mod keyboard;
pub mod notices;
pub mod offline;
pub mod presence;
pub mod replicas;
pub mod socket;
pub mod storage;
pub mod tabs;
pub mod worker;

use leptos::prelude::*;
use parlor_app::{App, Boot, Session, live::when_drawn, wire};
use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the page to life. The script that the server put into the page calls it.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let Some(boot) = boot() else { return };
    if boot.is_blank() {
        // Nobody has drawn this page: there is nothing to bring to life.
        let boot = offline::boot(boot);
        leptos::mount::mount_to_body(move || app(boot));
    } else {
        leptos::mount::hydrate_body(move || app(boot));
    }
}

fn app(boot: Boot) -> impl IntoView {
    let session = Session::new(boot);
    // After the first drawing, which has to be the server's to the letter.
    when_drawn(move || browser::attach(session));
    view! { <App session/> }
}

/// The first state, as the server put it into the page.
fn boot() -> Option<Boot> {
    let state = document().get_element_by_id("boot")?.text_content()?;
    wire::boot(&state)
}

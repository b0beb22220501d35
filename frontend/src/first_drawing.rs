//! The first drawing: the server's HTML is hydrated, or replaced where it is not what the server sent.
//!
//! Extensions, proxies and translators change pages before a script of the page runs. Hydration on a changed page panics
//! or binds to the wrong nodes, so it is compared first. A replacement is drawn beside the server's HTML and takes its
//! place when it is complete.

use leptos::{
    mount::{hydrate_from, mount_to},
    prelude::*,
};
use parlor_app::{live::find, structure::fingerprint};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::carry_over::carry_over;

/// The element that the server draws the app in, and what is left of it where only that element itself was removed.
const CONTAINER: &str = "#app, .app";

/// Draws the app: by hydration if that may be and the server's HTML is as the server sent it, otherwise anew.
pub fn draw<N: IntoView>(may_hydrate: bool, app: impl FnOnce() -> N + 'static) {
    match container().filter(|container| may_hydrate && is_unchanged(container)) {
        Some(container) => hydrate_from(container, app).forget(),
        None => mount(app),
    }
}

// What the reader has done on the server's HTML is carried over.
fn mount<N: IntoView>(app: impl FnOnce() -> N + 'static) {
    let Ok(new) = document().create_element("div").map(|new| new.unchecked_into::<HtmlElement>()) else { return };
    mount_to(new.clone(), app).forget();
    let old = container();
    new.set_id("app");
    if let Some(old) = old {
        carry_over(&old, &new);
    } else if let Some(body) = document().body() {
        let _ = body.append_child(&new);
    }
}

fn container() -> Option<HtmlElement> {
    find(CONTAINER)
}

fn is_unchanged(container: &Element) -> bool {
    // Texts that a script has split are one text again.
    container.normalize();
    let sent = container.get_attribute("data-structure");
    sent.is_some_and(|sent| sent == fingerprint(&container.inner_html()).to_string())
}

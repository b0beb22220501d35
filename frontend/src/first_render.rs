//! The first render: hydrates the server's HTML, or replaces it if it is not what the server sent.
//!
//! Extensions, proxies and translators change documents before a script of the page runs. Hydration of changed HTML
//! panics or binds to the wrong nodes, so its structure is compared with the server's first. A replacement is rendered
//! outside of the document and takes the place of the server's HTML when it is complete.

use leptos::{
    mount::{hydrate_from, mount_to},
    prelude::*,
};
use parlor_app::{dom::find, structure::fingerprint};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::carry_over::carry_over;

/// The element that the server renders the app in, or its child if an extension has removed the element itself.
const CONTAINER: &str = "#app, .app";

/// Renders the app: hydrates the server's HTML if `may_hydrate` is set and the HTML is unchanged, else replaces it.
pub fn render<N: IntoView>(may_hydrate: bool, app: impl FnOnce() -> N + 'static) {
    match container().filter(|container| may_hydrate && is_unchanged(container)) {
        Some(container) => hydrate_from(container, app).forget(),
        None => mount(app),
    }
}

// Replaces the server's HTML, and keeps what the reader has done on it.
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
    // Joins text nodes that a script has split.
    container.normalize();
    let sent = container.get_attribute("data-structure");
    sent.is_some_and(|sent| sent == fingerprint(&container.inner_html()).to_string())
}

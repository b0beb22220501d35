//! Markup in a browser: trees and HTML equal those of the server.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use leptos::{
    mount::{hydrate_from, mount_to},
    prelude::*,
};
use parlor_app::components::markup::Markup;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

#[path = "../../markup/tests/generated/mod.rs"]
mod generated;
#[path = "../../app/tests/rendered/mod.rs"]
mod rendered;

wasm_bindgen_test_configure!(run_in_browser);

fn render(text: &str) -> String {
    let container: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    let text = text.to_owned();
    let mounted = mount_to(container.clone(), move || view! { <Markup text/> });
    let html = container.inner_html();
    drop(mounted);
    html
}

#[wasm_bindgen_test]
fn generated_messages_have_the_same_trees_as_on_the_server() {
    assert_eq!(generated::hash_of_trees(), generated::TREES);
}

#[wasm_bindgen_test]
fn generated_messages_have_the_same_html_as_on_the_server() {
    assert_eq!(rendered::hash_of_html(render), rendered::HTML_HASH);
}

#[wasm_bindgen_test]
fn the_servers_html_is_hydrated_unchanged() {
    let container: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    container.set_inner_html(rendered::SAMPLE_HTML);
    let before = container.inner_html();
    let mounted = hydrate_from(container.clone(), || view! { <Markup text=rendered::SAMPLE.to_owned()/> });
    assert_eq!(container.inner_html(), before);
    drop(mounted);
    assert_eq!(container.inner_html(), "", "all nodes are hydrated");
}

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

#[path = "../../app/tests/drawings/mod.rs"]
mod drawings;
#[path = "../../markup/tests/generated/mod.rs"]
mod generated;

wasm_bindgen_test_configure!(run_in_browser);

fn drawn(text: &str) -> String {
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    let text = text.to_owned();
    let mounted = mount_to(place.clone(), move || view! { <Markup text/> });
    let html = place.inner_html();
    drop(mounted);
    html
}

#[wasm_bindgen_test]
fn generated_messages_have_the_same_trees_as_on_the_server() {
    assert_eq!(generated::hash_of_trees(), generated::TREES);
}

#[wasm_bindgen_test]
fn generated_messages_render_as_on_the_server() {
    assert_eq!(drawings::hash_of_drawings(drawn), drawings::DRAWINGS);
}

#[wasm_bindgen_test]
fn what_the_server_drew_comes_to_life_as_it_is() {
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    place.set_inner_html(drawings::SAMPLE_DRAWN);
    let before = place.inner_html();
    let mounted = hydrate_from(place.clone(), || view! { <Markup text=drawings::SAMPLE.to_owned()/> });
    assert_eq!(place.inner_html(), before);
    drop(mounted);
    assert_eq!(place.inner_html(), "", "all of it had been taken over");
}

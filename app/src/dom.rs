//! DOM queries and listeners.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement};

/// Returns the target of an event or its nearest ancestor that matches the selector.
pub fn nearest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Returns the first element of the document that matches the selector.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Returns all descendants of an element that match the selector, in document order.
pub fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Adds one listener for several events to an element or socket, for as long as that exists. Each `on:` of a view would
/// add code of its own.
pub fn listen(target: &EventTarget, events: &[&str], handle: impl Fn(Event) + 'static) {
    // An `Fn`, since a handler that fires another event is called again before it returns.
    let handle: Box<dyn Fn(Event)> = Box::new(handle);
    let handle = Closure::wrap(handle).into_js_value();
    for event in events {
        // Cannot fail: every event and target is valid.
        let _ = target.add_event_listener_with_callback(event, handle.unchecked_ref());
    }
}

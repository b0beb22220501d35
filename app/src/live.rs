//! How components follow the state: what they show, and what they do, when a signal changes.
//!
//! Leptos makes code for each type of closure that it is given: most of a page's WASM is the same few lines, over and
//! over. What goes through here is boxed, so that there is one type for each purpose.

use std::borrow::Cow;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement};

use crate::erase::Erase;

/// Words that follow the signals they are made from: a text, a class or another attribute.
pub type Words = Box<dyn Fn() -> Cow<'static, str> + Send>;

/// Words by how they are made.
pub fn words<T: Into<Cow<'static, str>>>(make: impl Fn() -> T + Send + 'static) -> Words {
    Box::new(move || make().into())
}

/// Something drawn that follows the signals it is made from. What has not changed in it keeps its nodes.
pub fn view(make: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let make: Box<dyn Fn() -> AnyView + Send> = Box::new(make);
    make.erase()
}

/// The element that something happened to, or the nearest around it that the selector names.
pub fn nearest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// The first element of the document that the selector names.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// All elements inside of another one that the selector names, in document order.
pub fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Acts on each of these events at an element, for as long as that is there. One closure for all of them: each `on:` of a
/// view is code of its own.
pub fn listen(element: &Element, events: &[&str], act: impl Fn(Event) + 'static) {
    // Called again within itself, where what it does is an event at once.
    let act: Box<dyn Fn(Event)> = Box::new(act);
    let act = Closure::wrap(act).into_js_value();
    for event in events {
        // Fails for no event and no element.
        let _ = element.add_event_listener_with_callback(event, act.unchecked_ref());
    }
}

/// Acts once the page is drawn.
pub fn when_drawn(act: impl FnOnce() + 'static) {
    let mut act = Some(act);
    run(Box::new(move || {
        if let Some(act) = act.take() {
            untracked(Box::new(act));
        }
    }));
}

/// Acts on what it sees once the page is drawn, and on each change of it. The second argument is what was seen before.
pub fn on_change<T: PartialEq + Clone + 'static>(look: impl Fn() -> T + 'static, act: impl Fn(T, Option<T>) + 'static) {
    let mut before = None;
    run(Box::new(move || {
        let now = look();
        if before.as_ref() != Some(&now) {
            let before = before.replace(now.clone());
            untracked(Box::new(|| act(now, before)));
        }
    }));
}

fn run(effect: Box<dyn FnMut()>) {
    Effect::new(effect);
}

fn untracked(act: Box<dyn FnOnce() + '_>) {
    untrack(act);
}

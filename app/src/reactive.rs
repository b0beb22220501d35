//! Reactive views, texts and effects, with little code in the WASM.
//!
//! Leptos is generic over closures: without care, most of a page's WASM is the same few functions, once for each
//! closure. The functions here box the closures, so that there is one type for each purpose.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::erase::Erase;

/// A text, class or other attribute that is updated when a signal it reads changes.
pub type ReactiveText = Box<dyn Fn() -> Cow<'static, str> + Send>;

/// Makes a reactive text from a function.
pub fn reactive_text<T: Into<Cow<'static, str>>>(make: impl Fn() -> T + Send + 'static) -> ReactiveText {
    Box::new(move || make().into())
}

/// Makes a view that is rendered again when a signal it reads changes. Unchanged nodes are kept.
pub fn reactive_view(make: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let make: Box<dyn Fn() -> AnyView + Send> = Box::new(make);
    make.erase()
}

/// Calls `handle` once, after the first render. It runs in the browser only, and does not track signals.
pub fn on_mount(handle: impl FnOnce() + 'static) {
    let mut handle = Some(handle);
    run_effect(Box::new(move || {
        if let Some(handle) = handle.take() {
            untracked(Box::new(handle));
        }
    }));
}

/// Calls `handle` with the current value after the first render, and again whenever the value changes. `value` tracks
/// signals, `handle` does not. The second argument is the previous value, `None` at the first call.
pub fn on_change<T: PartialEq + Clone + 'static>(
    value: impl Fn() -> T + 'static,
    handle: impl Fn(T, Option<T>) + 'static,
) {
    let mut before = None;
    run_effect(Box::new(move || {
        let now = value();
        if before.as_ref() != Some(&now) {
            let before = before.replace(now.clone());
            untracked(Box::new(|| handle(now, before)));
        }
    }));
}

fn run_effect(effect: Box<dyn FnMut()>) {
    Effect::new(effect);
}

fn untracked(handle: Box<dyn FnOnce() + '_>) {
    untrack(handle);
}

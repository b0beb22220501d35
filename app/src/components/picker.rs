//! A few emoji, to put on a message or into one.

use std::rc::Rc;

use leptos::{html::Div, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::{
    element::{element, referred, text},
    focus::{Focus, Place},
};
use crate::{
    browser_cell::wrap,
    erase::Erase,
    live::{nearest, view},
};

/// What people use most.
const EMOJI: [&str; 10] = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "✅", "🔥"];

/// What it is open for, and where.
#[derive(Clone, Copy)]
pub(super) struct Picker {
    open: RwSignal<Option<SendWrapper<Open>>>,
    focus: Focus,
}

#[derive(Clone)]
struct Open {
    label: &'static str,
    button: Element,
    chosen: Rc<dyn Fn(&str)>,
}

impl Picker {
    /// Closed, and known to the components below.
    pub(super) fn provide() -> Self {
        let picker = Self { open: RwSignal::new(None), focus: Focus::get() };
        provide_context(picker);
        picker
    }

    /// That of this page. A part of it that stands alone has one of its own.
    pub(super) fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Opens beside this button, for what is called so. `chosen` follows once an emoji has been chosen.
    pub(super) fn open(self, label: &'static str, button: &Element, chosen: impl Fn(&str) + 'static) {
        self.open.set(Some(wrap(Open { label, button: button.clone(), chosen: Rc::new(chosen) })));
    }

    /// Whether it is open.
    pub(super) fn is_open(self) -> bool {
        self.open.read_untracked().is_some()
    }

    /// Somebody clicked anywhere on the page: on an emoji, or beside them.
    pub(super) fn clicked(self, event: &Event) {
        let Some(open) = self.open.get_untracked().map(SendWrapper::take) else { return };
        if let Some(emoji) = nearest(event, ".picker button").and_then(|button| button.get_attribute("aria-label")) {
            self.close();
            (open.chosen)(&emoji);
        } else if nearest(event, ".veil").is_some() {
            self.close();
        }
    }

    /// Closes; the focus goes back to the button, or to its message. Returns whether it was open.
    pub(super) fn close(self) -> bool {
        let Some(open) = self.open.get_untracked() else { return false };
        self.open.set(None);
        self.focus.return_to(Place::opener(Some(&open.button)));
        true
    }
}

/// The little window.
#[component]
pub(super) fn EmojiPicker() -> impl IntoView {
    let picker = Picker::get();
    let node = NodeRef::<Div>::new();
    Effect::new(move || {
        if let (Some(open), Some(node)) = (picker.open.get(), node.get()) {
            stand_beside(&node, &open.button);
        }
    });
    view(move || match picker.open.get().map(SendWrapper::take) {
        None => ().erase(),
        Some(Open { label, .. }) => {
            let veil = element("div", [("class", "veil".into())], []);
            let attributes = [("class", "picker".into()), ("role", "dialog".into()), ("aria-label", label.into())];
            vec![veil, referred(node, attributes, EMOJI.map(choice))].erase()
        }
    })
}

fn choice(emoji: &'static str) -> AnyView {
    element("button", [("type", "button".into()), ("aria-label", emoji.into())], text(emoji))
}

// Below the button, or above it where there is no room; the page's policy allows style only through the object model.
fn stand_beside(node: &HtmlElement, button: &Element) {
    let (place, size) = (button.get_bounding_client_rect(), node.get_bounding_client_rect());
    let number = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (width, height) = (number(window().inner_width()), number(window().inner_height()));
    // Not `clamp`: what it says when its bounds are wrong takes 20 KB to write numbers.
    let left = (place.right() - size.width()).min(width - size.width() - 8.0).max(8.0);
    let below = place.bottom() + 4.0;
    let top = if below + size.height() > height { place.top() - size.height() - 4.0 } else { below };
    let style = web_sys::HtmlElement::style(node);
    let _ = style.set_property("left", &format!("{}px", left as i32));
    let _ = style.set_property("top", &format!("{}px", top as i32));
    if let Some(first) = node.first_element_child().and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        let _ = first.focus();
    }
}

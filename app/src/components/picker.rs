//! The emoji picker, for reactions and for the composer.

use std::rc::Rc;

use leptos::{html::Div, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::{
    element::{div_with_ref, element, text},
    focus::{Focus, FocusTarget},
};
use crate::{browser_cell::wrap, dom::nearest, erase::Erase, reactive::reactive_view};

/// The emoji to choose from: those that people use most.
const EMOJI: [&str; 10] = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "✅", "🔥"];

/// The state of the emoji picker: what it is open for, and beside which button.
#[derive(Clone, Copy)]
pub(super) struct Picker {
    open: RwSignal<Option<SendWrapper<Open>>>,
    focus: Focus,
}

#[derive(Clone)]
struct Open {
    label: &'static str,
    button: Element,
    on_choice: Rc<dyn Fn(&str)>,
}

impl Picker {
    /// Makes a closed picker, and provides it as context.
    pub(super) fn provide() -> Self {
        let picker = Self { open: RwSignal::new(None), focus: Focus::get() };
        provide_context(picker);
        picker
    }

    /// The picker from the context. A component that is mounted alone gets its own.
    pub(super) fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Opens the picker beside a button, with an accessible label. `on_choice` is called with the chosen emoji.
    pub(super) fn open(self, label: &'static str, button: &Element, on_choice: impl Fn(&str) + 'static) {
        self.open.set(Some(wrap(Open { label, button: button.clone(), on_choice: Rc::new(on_choice) })));
    }

    /// Whether it is open.
    pub(super) fn is_open(self) -> bool {
        self.open.read_untracked().is_some()
    }

    /// Handles a click anywhere on the page: on an emoji, or outside of the picker.
    pub(super) fn on_click(self, event: &Event) {
        let Some(open) = self.open.get_untracked().map(SendWrapper::take) else { return };
        if let Some(emoji) = nearest(event, ".picker button").and_then(|button| button.get_attribute("aria-label")) {
            self.close();
            (open.on_choice)(&emoji);
        } else if nearest(event, ".veil").is_some() {
            self.close();
        }
    }

    /// Closes the picker and returns the focus to the button, or to its message. Returns whether it was open.
    pub(super) fn close(self) -> bool {
        let Some(open) = self.open.get_untracked() else { return false };
        self.open.set(None);
        self.focus.return_to(FocusTarget::opener(Some(&open.button)));
        true
    }
}

/// Renders the picker while it is open.
#[component]
pub(super) fn EmojiPicker() -> impl IntoView {
    let picker = Picker::get();
    let node = NodeRef::<Div>::new();
    Effect::new(move || {
        if let (Some(open), Some(node)) = (picker.open.get(), node.get()) {
            position_beside(&node, &open.button);
        }
    });
    reactive_view(move || match picker.open.get().map(SendWrapper::take) {
        None => ().erase(),
        Some(Open { label, .. }) => {
            let veil = element("div", [("class", "veil".into())], []);
            let attributes = [("class", "picker".into()), ("role", "dialog".into()), ("aria-label", label.into())];
            vec![veil, div_with_ref(node, attributes, EMOJI.map(emoji_button))].erase()
        }
    })
}

fn emoji_button(emoji: &'static str) -> AnyView {
    element("button", [("type", "button".into()), ("aria-label", emoji.into())], text(emoji))
}

// Positions the picker below the button, or above it if there is no room. The content security policy allows styles
// through the DOM only.
fn position_beside(node: &HtmlElement, button: &Element) {
    let (anchor, size) = (button.get_bounding_client_rect(), node.get_bounding_client_rect());
    let number = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (width, height) = (number(window().inner_width()), number(window().inner_height()));
    // Not `clamp`: its panic message formats numbers, which takes 20 KB of WASM.
    let left = (anchor.right() - size.width()).min(width - size.width() - 8.0).max(8.0);
    let below = anchor.bottom() + 4.0;
    let top = if below + size.height() > height { anchor.top() - size.height() - 4.0 } else { below };
    let style = web_sys::HtmlElement::style(node);
    let _ = style.set_property("left", &format!("{}px", left as i32));
    let _ = style.set_property("top", &format!("{}px", top as i32));
    if let Some(first) = node.first_element_child().and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        let _ = first.focus();
    }
}

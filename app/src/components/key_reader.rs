//! Reading of keyboard events, without the keys of input methods.
//!
//! A key that commits or cancels the composition of an input method (IME) must not have any other effect. So all key
//! presses are read here, and Clippy disallows reading an event's key elsewhere.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::media_queries::is_touch;
use crate::{
    browser_cell::BrowserCell,
    state::{
        composition::Composition,
        key_press::{Held, KeyPress, Modifiers},
    },
};

/// The `keyCode` of keys that an input method handles (UI Events, "determining keydown keyCode").
const COMPOSITION_KEY_CODE: u32 = 229;

/// Reads keyboard events, and tracks the composition of the input method.
#[derive(Clone, Copy)]
pub(super) struct KeyReader(BrowserCell<Composition>);

impl KeyReader {
    /// Makes the key reader of the page, and provides it as context.
    pub(super) fn provide() -> Self {
        let key_reader = Self(BrowserCell::empty());
        provide_context(key_reader);
        key_reader
    }

    /// The key reader from the context. A component that is mounted alone gets its own.
    pub(super) fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Listens on the window, wherever the focus is. `on_key` gets each key press that no other handler has handled,
    /// and returns whether it handled it. Must run in an effect.
    pub(super) fn listen(self, on_key: impl Fn(&KeyboardEvent, &KeyPress) -> bool + 'static) {
        window_event_listener_untyped("compositionend", move |event| {
            self.0.with(|composition| composition.end(event.time_stamp()));
        });
        window_event_listener_untyped("keyup", move |_| self.0.with(Composition::key_up));
        window_event_listener_untyped("keydown", move |event| {
            // When Chromium autofills a form, it fires a `keydown` that is not a keyboard event.
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if let Some(press) = self.read(event)
                && on_key(event, &press)
            {
                event.prevent_default();
            }
            self.0.with(|composition| composition.key_down(is_composing(event)));
        });
    }

    /// Reads a key press. `None` if the key belongs to a composition, or another handler has prevented its default.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads keys, after checking for a composition")]
    pub(super) fn read(self, event: &KeyboardEvent) -> Option<KeyPress> {
        if event.default_prevented() || is_composing(event) {
            return None;
        }
        let key = event.key();
        // On-screen keyboards compose Latin words too, and end the composition before their own Enter.
        let is_screen_enter = key == "Enter" && is_touch();
        if self.0.with(|composition| composition.ended_by_key_down(event.time_stamp())) && !is_screen_enter {
            return None;
        }
        let modifiers = Modifiers {
            shift: event.shift_key(),
            ctrl: event.ctrl_key(),
            alt: event.alt_key(),
            meta: event.meta_key(),
            alt_graph: event.get_modifier_state("AltGraph"),
        };
        Some(KeyPress::new(key, &event.code(), Held::of(modifiers, is_mac())))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that checks for a composition")]
fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == COMPOSITION_KEY_CODE
}

// Whether keyboards of the device have a Command key. An iPad reports that it is a Mac.
fn is_mac() -> bool {
    window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

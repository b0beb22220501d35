//! The one way from keyboard events to what keys do. A key that belongs to a composition never gets there: what cancels
//! or commits the text of an input method does nothing else. Clippy refuses to read an event's key anywhere else.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::touch::is_touched;
use crate::{
    browser_cell::BrowserCell,
    state::{
        composition::Composition,
        key_press::{Held, KeyPress, Modifiers},
    },
};

/// The `keyCode` of keys that an input method handles (UI Events, "determining keydown keyCode").
const IN_COMPOSITION: u32 = 229;

/// Reads keyboard events.
#[derive(Clone, Copy)]
pub(super) struct KeyReader(BrowserCell<Composition>);

impl KeyReader {
    /// Makes the reader of this page and gives it to the components below.
    pub(super) fn provide() -> Self {
        let keys = Self(BrowserCell::empty());
        provide_context(keys);
        keys
    }

    /// The page's reader. A component that is mounted alone gets its own.
    pub(super) fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Listens on the window, wherever the focus is: `pressed` gets each key press that no handler below has taken, and
    /// returns whether it takes it. Must run in an effect.
    pub(super) fn watch(self, pressed: impl Fn(&KeyboardEvent, &KeyPress) -> bool + 'static) {
        window_event_listener_untyped("compositionend", move |event| self.0.with(|keys| keys.end(event.time_stamp())));
        window_event_listener_untyped("keyup", move |_| self.0.with(Composition::key_up));
        window_event_listener_untyped("keydown", move |event| {
            // Filling in a form by itself, Chromium sends a `keydown` that is no keyboard event.
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if let Some(press) = self.read(event)
                && pressed(event, &press)
            {
                event.prevent_default();
            }
            self.0.with(|keys| keys.key_down(is_marked(event)));
        });
    }

    /// What was pressed; none if the key belongs to a composition, or a handler has taken it by preventing its default.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads keys, after asking for a composition")]
    pub(super) fn read(self, event: &KeyboardEvent) -> Option<KeyPress> {
        if event.default_prevented() || is_marked(event) {
            return None;
        }
        let key = event.key();
        // Keyboards on a touch screen compose Latin words, too, and end them before their own Enter.
        let is_own = key == "Enter" && is_touched();
        if self.0.with(|keys| keys.ended_by_key_down(event.time_stamp())) && !is_own {
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

#[expect(clippy::disallowed_methods, reason = "the one place that asks for a composition")]
fn is_marked(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == IN_COMPOSITION
}

// Devices with ⌘ on their keyboards: an iPad says that it is a Mac.
fn is_mac() -> bool {
    window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

//! Messages by keyboard: up and down from one to the next, and Tab to what can be done with it.

use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement};

use crate::live::nearest;

/// A key in the log. True if it moved the focus.
pub(super) fn moved(event: &KeyboardEvent, log: &HtmlElement) -> bool {
    let down = match event.key().as_str() {
        "ArrowUp" => false,
        "ArrowDown" => true,
        _ => return false,
    };
    let messages = log.query_selector_all("article").ok();
    let Some(messages) = messages.filter(|messages| messages.length() > 0) else { return false };
    let last = messages.length() - 1;
    let here = document().active_element().and_then(|focus| focus.closest("article").ok().flatten());
    let at = here.and_then(|here| (0..=last).find(|index| messages.get(*index).as_ref() == Some(here.as_ref())));
    let next = match at {
        None => last,
        Some(at) if down => (at + 1).min(last),
        Some(at) => at.saturating_sub(1),
    };
    if let Some(message) = messages.get(next).and_then(|message| message.dyn_into::<HtmlElement>().ok()) {
        let _ = message.focus();
    }
    true
}

/// The focus came into the log, or went: the buttons of one message are on its way, not those of all.
pub(super) fn entered(event: &FocusEvent, inside: bool) {
    let Some(message) = nearest(event, "article") else { return };
    if let Ok(buttons) = message.query_selector_all(".acts button") {
        for button in (0..buttons.length()).filter_map(|index| buttons.get(index)) {
            if let Some(button) = button.dyn_ref::<HtmlElement>() {
                button.set_tab_index(if inside { 0 } else { -1 });
            }
        }
    }
}

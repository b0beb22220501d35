//! Text that the page puts into a text box while somebody types there.
//!
//! What script writes into a field is not part of the browser's undo history, and may end it. The editing command
//! `insertText` is like typing: it can be undone and redone, and fires `input`. It is deprecated, and there is nothing
//! else that does this; Firefox has it for text fields since 89, and refuses it from within an `input` event that another
//! command fired, so it is only called for keys and clicks.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlDocument, HtmlTextAreaElement};

/// Puts a text where the selection of the focused field is. False if the browser does not.
pub(super) fn type_over_selection(text: &str) -> bool {
    let document: HtmlDocument = document().unchecked_into();
    document.exec_command_with_show_ui_and_value("insertText", false, text).unwrap_or(false)
}

/// Replaces the part of the text between two offsets in UTF-16, and puts the caret behind it. The field gets the focus and
/// an `input` event.
pub(super) fn insert(field: &HtmlTextAreaElement, text: &str, start: u32, end: u32) {
    let _ = field.focus();
    let _ = field.set_selection_range(start, end);
    if type_over_selection(text) {
        return;
    }
    let _ = field.set_range_text_with_start_and_end(text, start, end);
    let caret = start + text.encode_utf16().count() as u32;
    let _ = field.set_selection_range(caret, caret);
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    if let Ok(input) = Event::new_with_event_init_dict("input", &bubbles) {
        let _ = field.dispatch_event(&input);
    }
}

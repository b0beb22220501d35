//! Insertion of text into a text box, with the browser's undo history.
//!
//! Text that a script assigns to a field is not part of the undo history, and may clear it. The editing command
//! `insertText` acts like typing: it can be undone and redone, and fires `input`. It is deprecated, but has no
//! replacement. Firefox supports it in text fields since version 89, and rejects it within an `input` event that
//! another command fired. So it is called for keys and clicks only.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlDocument, HtmlTextAreaElement};

/// Replaces the selection of the focused field. False if the browser rejects the command.
pub(super) fn replace_selection(text: &str) -> bool {
    let document: HtmlDocument = document().unchecked_into();
    document.exec_command_with_show_ui_and_value("insertText", false, text).unwrap_or(false)
}

/// Replaces the text between two offsets, in UTF-16 code units, and puts the caret after it. The field gets the focus
/// and an `input` event.
pub(super) fn replace_range(field: &HtmlTextAreaElement, text: &str, start: u32, end: u32) {
    let _ = field.focus();
    let _ = field.set_selection_range(start, end);
    if replace_selection(text) {
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

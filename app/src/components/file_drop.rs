//! Dropped and pasted files and texts.
//!
//! Parlor does not support files yet. It shows a note, where the browser would do nothing or navigate to the file. The
//! browser handles text, also if a picture of it comes along, as from office programs. Control characters, which are
//! invisible and not allowed in messages, are removed from it.

use leptos::prelude::*;
use parlor::control_character::without_control_characters;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, Event};

use super::insertion::replace_selection;
use crate::{ChatHandle, dom::nearest, reactive::on_mount};

/// Adds the listeners, for as long as the page exists.
pub(super) fn listen(chat: ChatHandle) {
    on_mount(move || {
        for event in ["dragover", "drop", "paste"] {
            window_event_listener_untyped(event, move |event| on_transfer(chat, &event));
        }
    });
}

fn on_transfer(chat: ChatHandle, event: &Event) {
    let (kind, pasted) = (event.type_(), event.type_() == "paste");
    let clipboard = || event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
    let Some(data) = event.dyn_ref::<DragEvent>().map_or_else(clipboard, |event| event.data_transfer()) else { return };
    let has = |format: &str| data.types().iter().any(|known| known == format);
    let files = has("Files");
    // During `dragover` only the formats of the data are known.
    let content = (kind != "dragover").then(|| data.get_data("text/plain").unwrap_or_default());
    let text = has("text/plain") && content.as_ref().is_none_or(|content| !content.is_empty());
    let into_text_box = nearest(event, "input, textarea").is_some();
    if into_text_box
        && let Some(left) = content.as_deref().and_then(without_control_characters)
        && replace_selection(&left)
    {
        event.prevent_default();
        return chat.show_toast(chat.texts.controls_removed());
    }
    // Outside of text fields nothing can be dropped: browsers would navigate to a file or a link.
    let refused = if pasted || into_text_box { files && !text } else { !pasted };
    if !refused {
        return;
    }
    event.prevent_default();
    match kind.as_str() {
        // Files may be dropped, so that the page gets the event and can show a note.
        "dragover" if !files => data.set_drop_effect("none"),
        "dragover" => {}
        _ if files => chat.show_toast(chat.texts.no_files_yet()),
        _ => {}
    }
}

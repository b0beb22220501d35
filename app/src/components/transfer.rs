//! Files that somebody drops or pastes. Parlor takes none yet: it says so, where the browser would do nothing or leave the
//! page to show them. Text is the browser's business, also where a picture of it comes along, as from office programs; but
//! control characters, which nobody sees and no message may have, are taken out of it.

use leptos::prelude::*;
use parlor::text::without_control_characters;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, Event};

use super::insertion::type_over_selection;
use crate::{
    Session,
    live::{nearest, when_drawn},
};

/// Listens for as long as the page lives.
pub(super) fn watch(session: Session) {
    when_drawn(move || {
        for event in ["dragover", "drop", "paste"] {
            window_event_listener_untyped(event, move |event| offered(session, &event));
        }
    });
}

fn offered(session: Session, event: &Event) {
    let (kind, pasted) = (event.type_(), event.type_() == "paste");
    let clipboard = || event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
    let Some(data) = event.dyn_ref::<DragEvent>().map_or_else(clipboard, |event| event.data_transfer()) else { return };
    let has = |format: &str| data.types().iter().any(|known| known == format);
    let files = has("Files");
    // While something is dragged over the page, only its formats are known.
    let content = (kind != "dragover").then(|| data.get_data("text/plain").unwrap_or_default());
    let text = has("text/plain") && content.as_ref().is_none_or(|content| !content.is_empty());
    let into_text_box = nearest(event, "input, textarea").is_some();
    if into_text_box
        && let Some(left) = content.as_deref().and_then(without_control_characters)
        && type_over_selection(&left)
    {
        event.prevent_default();
        return session.show_toast(session.words.controls_removed());
    }
    // Elsewhere there is nowhere to drop anything: browsers would go to a file or a link.
    let refused = if pasted || into_text_box { files && !text } else { !pasted };
    if !refused {
        return;
    }
    event.prevent_default();
    match kind.as_str() {
        // A file may be dropped, so that the page can say something about it.
        "dragover" if !files => data.set_drop_effect("none"),
        "dragover" => {}
        _ if files => session.show_toast(session.words.no_files_yet()),
        _ => {}
    }
}

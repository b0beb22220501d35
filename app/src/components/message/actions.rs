//! What can be done with a message.

use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::super::picker::Picker;
use crate::Session;

/// The buttons of a message. They have no ears of their own: see [`act`]. By keyboard they are reached from their
/// message, see [`focus`](super::super::focus).
#[component]
pub(super) fn Actions(
    /// Whether it is the reader's own.
    mine: bool,
) -> impl IntoView {
    let button = |act: &'static str, label: &'static str| {
        view! { <button type="button" tabindex="-1" data-act=act aria-label=label title=label></button> }
    };
    view! {
        <div class="acts">
            {button("react", "React")}
            {button("reply", "Reply")}
            {mine.then(|| (button("edit", "Edit"), button("delete", "Delete")))}
            {button("link", "Copy link")}
        </div>
    }
}

/// Someone clicked in the log: does what the button there is for.
pub(in super::super) fn act(session: Session, picker: Picker, event: &MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(button) = target.and_then(|target| target.closest("[data-act]").ok().flatten()) else { return };
    let Some(message) = button.closest("article").ok().flatten() else { return };
    let Some(seq) = message.id().strip_prefix('m').and_then(|seq| seq.parse().ok()) else { return };
    match button.get_attribute("data-act").as_deref() {
        Some("react") => match button.get_attribute("data-emoji") {
            Some(emoji) => session.react(seq, &emoji),
            None => picker.open(seq, &button),
        },
        Some("reply") => session.input(|client, _| client.reply(seq)),
        Some("edit") => session.input(|client, _| client.edit(Some(seq))),
        Some("delete") => session.delete(seq),
        Some("link") => copy_link(session, seq, &button),
        Some("jump") => {
            if let Some(quoted) = button.get_attribute("data-seq").and_then(|seq| seq.parse().ok()) {
                event.prevent_default();
                session.input(|client, _| client.jump(quoted));
            }
        }
        _ => {}
    }
}

// Only pages that came safely may write to the clipboard; elsewhere the address is shown for copying by hand.
fn copy_link(session: Session, seq: u64, button: &Element) {
    let origin = window().location().origin().unwrap_or_default();
    // The fragment is for pages without script.
    let link = format!("{origin}/r/{}/{seq}#m{seq}", session.room());
    if window().is_secure_context() {
        let _ = window().navigator().clipboard().write_text(&link);
        // The tick appears anew each time.
        let _ = button.set_attribute("data-done", "");
        let button = button.clone();
        set_timeout(move || drop(button.remove_attribute("data-done")), std::time::Duration::from_millis(1_500));
    } else {
        let _ = window().prompt_with_message_and_default("The address of this message", &link);
    }
}

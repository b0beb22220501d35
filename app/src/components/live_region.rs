//! The live region: screen readers announce each new message of somebody else once, and never older ones.

use leptos::{html::Div, prelude::*};

use super::element::div_with_ref;
use crate::{ChatHandle, reactive::on_change};

/// The number of announcements that stay in the region: enough that messages that arrive together are all announced.
const MAX_ANNOUNCEMENTS: u32 = 5;

/// Renders the live region.
#[component]
pub(super) fn LiveRegion() -> impl IntoView {
    let chat = ChatHandle::get();
    let region = NodeRef::<Div>::new();
    let newest = move || chat.view_state.read().announcements.last().map_or(0, |(number, _)| *number);
    on_change(newest, move |_, before| {
        let before = before.unwrap_or(0);
        if let Some(region) = region.get_untracked() {
            for (_, text) in chat.view_state.read().announcements.iter().filter(|(number, _)| *number > before) {
                if let Ok(paragraph) = document().create_element("p") {
                    paragraph.set_text_content(Some(text));
                    let _ = region.append_child(&paragraph);
                }
                if region.child_element_count() > MAX_ANNOUNCEMENTS
                    && let Some(oldest) = region.first_element_child()
                {
                    oldest.remove();
                }
            }
        }
    });
    div_with_ref(region, [("class", "unseen".into()), ("aria-live", "polite".into())], [])
}

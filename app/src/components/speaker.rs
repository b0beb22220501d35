//! What is said aloud to those who listen: each new message of somebody else, once, and never history.

use leptos::{html::Div, prelude::*};

use super::element::referred;
use crate::{Session, live::on_change};

/// Messages that stay in the region: two that come together are both heard, and it does not grow for ever.
const KEPT: u32 = 5;

/// The live region.
#[component]
pub(super) fn Speaker() -> impl IntoView {
    let session = Session::get();
    let region = NodeRef::<Div>::new();
    let newest = move || session.shown.read().spoken.last().map_or(0, |spoken| spoken.number);
    on_change(newest, move |_, before| {
        let before = before.unwrap_or(0);
        if let Some(region) = region.get_untracked() {
            for spoken in session.shown.read().spoken.iter().filter(|spoken| spoken.number > before) {
                if let Ok(line) = document().create_element("p") {
                    line.set_text_content(Some(&spoken.text));
                    let _ = region.append_child(&line);
                }
                if region.child_element_count() > KEPT
                    && let Some(oldest) = region.first_element_child()
                {
                    oldest.remove();
                }
            }
        }
    });
    referred(region, [("class", "unseen".into()), ("aria-live", "polite".into())], [])
}

//! What is said aloud to those who listen: each new message of somebody else, once, and never history.

use leptos::prelude::*;

use crate::Session;

/// The live region. It keeps the last few, so that two that come together are both heard.
#[component]
pub(super) fn Speaker() -> impl IntoView {
    let session = Session::get();
    view! {
        <div class="unseen" aria-live="polite">
            <For each=move || session.shown.read().spoken.clone() key=|spoken| spoken.seq children=|spoken| view! { <p>{spoken.text}</p> }/>
        </div>
    }
}

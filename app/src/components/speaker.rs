//! What is said aloud to those who listen: each new message of somebody else, once, and never history.

use leptos::prelude::*;

use crate::Session;

/// The live region. It keeps the last few, so that two that come together are both heard.
#[component]
pub(super) fn Speaker() -> impl IntoView {
    let session = Session::get();
    view! {
        <div class="unseen" aria-live="polite" aria-label="New messages">
            <For each=move || session.spoken.get() key=|spoken| spoken.seq children=|spoken| view! { <p>{spoken.text}</p> }/>
        </div>
    }
}

//! What is the matter with the connection, while something is.

use leptos::prelude::*;

use crate::Session;

/// The strip above the messages. It lies over them, so that nothing moves when it comes and goes.
#[component]
pub(super) fn ConnectionBanner() -> impl IntoView {
    let session = Session::get();
    let shown = move || session.shown.read().banner.is_some();
    let text = move || session.shown.read().banner.as_ref().map_or("", |banner| banner.text);
    // Counted seconds are for the eye: read out each second they would drown everything else.
    let next = move || match session.shown.read().banner.as_ref()?.next_in? {
        0 | 1 => Some("Trying again in 1 s.".to_owned()),
        seconds => Some(format!("Trying again in {seconds} s.")),
    };
    view! {
        <div class="banner" class:shown=shown>
            <p>
                <span role="status">{text}</span>
                " "
                <span class="next" aria-hidden="true">{next}</span>
            </p>
            <button type="button" on:click=move |_| session.input(|client, at| client.retry_now(at))>
                "Retry now"
            </button>
        </div>
    }
}

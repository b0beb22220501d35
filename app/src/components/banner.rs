//! What is the matter with the connection, while something is.

use leptos::prelude::*;

use crate::{
    Session,
    live::{click, words},
};

/// The strip above the messages. It lies over them, so that nothing moves when it comes and goes.
#[component]
pub(super) fn ConnectionBanner() -> impl IntoView {
    let session = Session::get();
    let class = words(move || if session.shown.read().banner.is_some() { "banner shown" } else { "banner" });
    let text = words(move || session.shown.read().banner.as_ref().map_or("", |banner| banner.text));
    // Counted seconds are for the eye: read out each second they would drown everything else.
    let next = words(move || match session.shown.read().banner.as_ref().and_then(|banner| banner.next_in) {
        None => String::new(),
        Some(seconds) => format!("Trying again in {} s.", seconds.max(1)),
    });
    view! {
        <div class=class>
            <p>
                <span role="status">{text}</span>
                " "
                <span class="next" aria-hidden="true">{next}</span>
            </p>
            <button type="button" on:click=click(move || session.input(|client, at| client.retry_now(at)))>
                "Retry now"
            </button>
        </div>
    }
}

//! The way back to the end, while someone reads further up.

use leptos::prelude::*;

use super::icon::{self, Icon};
use crate::Session;

/// "5 new since 14:02".
#[component]
pub(super) fn NewsPill() -> impl IntoView {
    let session = Session::get();
    let text = move || match session.shown.read().news.as_ref() {
        Some(news) => format!("{} new since {}", news.count, news.since),
        None => "To the newest".to_owned(),
    };
    let follow = move |_| session.input(|client, _| client.follow());
    view! {
        <Show when=move || !session.shown.read().live>
            <button type="button" class="pill" class:news=move || session.shown.read().news.is_some() on:click=follow>
                {text}
                <Icon path=icon::DOWN/>
            </button>
        </Show>
    }
}

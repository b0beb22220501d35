//! The way back to the end, while someone reads further up.

use leptos::prelude::*;

use super::icon::{self, Icon};
use crate::{
    Session,
    live::{click, words},
    state::client::News,
};

/// "5 new since 14:02".
#[component]
pub(super) fn NewsPill() -> impl IntoView {
    let session = Session::get();
    let text = move || match session.shown.read().news.as_ref() {
        Some(News { count, more: false, since }) => format!("{count} new since {since}"),
        Some(News { count, .. }) => format!("{count}+ new"),
        None => "To the newest".to_owned(),
    };
    let class = move || if session.shown.read().news.is_some() { "pill news" } else { "pill" };
    let follow = move || session.input(|client, _| client.follow());
    let away = Memo::new(move |_| !session.shown.read().live);
    move || {
        away.get().then(|| {
            view! {
                <button type="button" class=words(class) on:click=click(follow)>
                    {words(text)}
                    <Icon path=icon::DOWN/>
                </button>
            }
        })
    }
}

//! Who is there.

use leptos::prelude::*;

use super::avatar::Avatar;
use crate::{Session, live::words, state::roster::Person};

/// The right side.
#[component]
pub(super) fn People() -> impl IntoView {
    let session = Session::get();
    let unlisted = move || {
        let more = (session.shown.read().people as usize).saturating_sub(session.people.read().len());
        (more > 0).then(|| view! { <p class="more">{format!("and {more} more")}</p> })
    };
    let line = |Person { author, me }| {
        let name = author.name.to_string();
        view! {
            <li class="p">
                <Avatar author size="s"/>
                <span class="name" dir="auto">{name}</span>
                {me.then(|| view! { <span class="you">"you"</span> })}
            </li>
        }
    };
    view! {
        <aside class="side people" aria-label="People here">
            <div class="cap"><span>"Here"</span><span>{words(move || session.shown.read().people.to_string())}</span></div>
            <ul class="list" aria-label="People">
                {move || session.people.get().into_iter().map(line).collect_view()}
            </ul>
            {unlisted}
        </aside>
    }
}

//! Who is there.

use leptos::prelude::*;

use super::avatar::Avatar;
use crate::{Session, state::roster::Person};

/// The right side.
#[component]
pub(super) fn People() -> impl IntoView {
    let session = Session::get();
    let unlisted = move || {
        let more = (session.shown.read().people as usize).saturating_sub(session.people.read().len());
        (more > 0).then(|| view! { <p class="more">{format!("and {more} more")}</p> })
    };
    view! {
        <aside class="side people" aria-label="People here">
            <div class="cap"><span>"Here"</span><span>{move || session.shown.read().people}</span></div>
            <ul class="list" aria-label="People">
                <For
                    each=move || session.people.get()
                    key=|person| (person.author.clone(), person.me)
                    children=|Person { author, me }| view! {
                        <li class="p">
                            <Avatar author=author.clone() size="s"/>
                            <span class="name" dir="auto">{author.name.to_string()}</span>
                            {me.then(|| view! { <span class="you">"you"</span> })}
                        </li>
                    }
                />
            </ul>
            {unlisted}
        </aside>
    }
}

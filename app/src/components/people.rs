//! Who is there.

use leptos::prelude::*;
use parlor::message::Standing;

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
    let line = |Person { author, me, standing }| {
        let name = author.name.to_string();
        let (class, state) = match standing {
            Standing::Here => ("p", None),
            Standing::Away => ("p away", Some("away")),
            Standing::Reconnecting => ("p away", Some("reconnecting")),
        };
        view! {
            <li class=class>
                <Avatar author size="s"/>
                <span class="name" dir="auto">{name}</span>
                {me.then_some("you").or(state).map(|note| view! { <span class="you">{note}</span> })}
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

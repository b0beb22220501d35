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
    let line = |Person { author, me, standing, ignored }| {
        let name = author.name.to_string();
        let id = author.id.as_str().to_owned();
        let (act, label) = if ignored { ("hear", "Hear again") } else { ("ignore", "Ignore") };
        let title = format!("{label} {name}");
        let (class, state) = match standing {
            _ if ignored => ("p ignored", Some("ignored")),
            Standing::Here => ("p", None),
            Standing::Away => ("p away", Some("away")),
            Standing::Reconnecting => ("p away", Some("reconnecting")),
        };
        view! {
            <li class=class>
                <Avatar author size="s"/>
                <span class="name" dir="auto">{name}</span>
                {(!me).then(|| view! {
                    <button type="button" class="part" data-do=act data-id=id aria-label=title.clone() title=title>
                        {if ignored { "+" } else { "–" }}
                    </button>
                })}
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

//! The search: for words, in the room or everywhere, and for a day.

use leptos::{html::Input, prelude::*};
use parlor::EventKind;
use web_sys::HtmlInputElement;

use super::{
    element::{element, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    live::{on_change, words},
    state::{client::Found, excerpt::excerpt},
    wording::explain,
};

/// The side where people stand otherwise.
#[component]
pub(super) fn Search() -> impl IntoView {
    let (session, panels) = (Session::get(), Panels::get());
    let open = Memo::new(move |_| panels.is_open(Panel::Search));
    let everywhere = RwSignal::new(false);
    let field = NodeRef::<Input>::new();
    let search = move || {
        if let Some(field) = field.get_untracked() {
            session.input(|client, _| client.search(&field.value(), everywhere.get_untracked()));
        }
    };
    let day = move |field: &HtmlInputElement| {
        // Of the date at midnight in UTC; the reader's midnight is made of it where the zone is known.
        let date = field.value_as_number();
        if date.is_finite() {
            session.input(|client, _| client.jump_to_day(date as u64));
        }
    };
    on_change(
        move || everywhere.get(),
        move |_, before| {
            if before.is_some() {
                search();
            }
        },
    );
    let found = Memo::new(move |_| session.shown.read().looking.found.clone());
    move || {
        open.get().then(|| {
            view! {
                <aside class="side search" aria-label="Search">
                    <div class="search-box">
                        <input
                            node_ref=field
                            type="search"
                            aria-label="Search messages"
                            placeholder="Search messages"
                            value=found.with_untracked(|found| found.as_ref().map(|found| found.words.clone()))
                            autocomplete="off"
                            enterkeyhint="search"
                            data-first=""
                            on:input=move |_| search()
                        />
                        <button type="button" class="quiet-button" data-do="close" aria-label="Close the search">"×"</button>
                    </div>
                    <div class="search-where">
                        <label>
                            <input type="checkbox" on:change=move |event| everywhere.set(event_target_checked(&event))/>
                            "In all my rooms"
                        </label>
                        <label>
                            "Go to a day "
                            <input
                                type="date"
                                aria-label="Go to a day"
                                on:change=move |event| day(&event_target::<HtmlInputElement>(&event))
                            />
                        </label>
                    </div>
                    <p class="search-note" role="status">{words(move || found.with(|found| note(found.as_ref())))}</p>
                    {move || found.with(|found| results(found.as_ref(), everywhere.get_untracked()))}
                </aside>
            }
        })
    }
}

fn note(found: Option<&Found>) -> String {
    match found {
        None => "Several words must all occur. Also: from:Ana, before:2026-11-30, after:2026-11-01, \"a phrase\"."
            .to_owned(),
        Some(Found { refused: Some(code), .. }) => explain(*code),
        Some(Found { busy: true, hits, .. }) if hits.is_empty() => "Searching".to_owned(),
        Some(Found { hits, .. }) if hits.is_empty() => "Nothing was found.".to_owned(),
        Some(Found { hits, more: true, .. }) => format!("The newest {}; more words find less.", hits.len()),
        Some(Found { hits, .. }) if hits.len() == 1 => "1 message".to_owned(),
        Some(Found { hits, .. }) => format!("{} messages", hits.len()),
    }
}

fn results(found: Option<&Found>, everywhere: bool) -> AnyView {
    let Some(found) = found.filter(|found| !found.hits.is_empty()) else { return ().into_any() };
    let session = Session::get();
    let lines: Vec<_> = found
        .hits
        .iter()
        .filter_map(|hit| {
            let EventKind::Posted { author, body: Some(body), .. } = &hit.event.kind else { return None };
            let (before, found, after) = excerpt(body.as_str(), &found.words);
            let place = if everywhere { format!("#{} · ", hit.room) } else { String::new() };
            let when = session.input(|client, at| client.when(hit.event.at, at.wall));
            let line = element(
                "span",
                [("class", "hit".into()), ("dir", "auto".into())],
                [before.into_any(), element("mark", [], text(found)), after.into_any()],
            );
            let inside = [
                element("b", [("dir", "auto".into())], text(author.name.to_string())),
                element("span", [("class", "you".into())], text(place + &when)),
                line,
            ];
            let attributes = [
                ("href", format!("/r/{}/{}", hit.room, hit.event.seq).into()),
                ("data-do", "enter".into()),
                ("data-room", hit.room.to_string().into()),
                ("data-seq", hit.event.seq.to_string().into()),
            ];
            Some(element("li", [], [element("a", attributes, inside)]))
        })
        .collect();
    element("ul", [("class", "list results".into()), ("aria-label", "Search results".into())], lines)
}

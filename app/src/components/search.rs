//! The search: for words, in the room or everywhere, and for a day.

use leptos::prelude::*;
use parlor::{EventKind, Search, TimeZone, time_zone::UTC};
use parlor_markup::plain;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::{
    element::{element, field, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    erase::Erase,
    live::{find, nearest, on_change, view},
    session::Shown,
    state::{client::Found, excerpt::excerpt},
    words::{Words, fill},
};

/// Searches again when the search is opened with the words of last time, and when another room is shown beside it: what
/// is shown below the words is always what they find now.
pub(super) fn refresh(session: Session, panels: Panels) {
    on_change(
        move || panels.is_open(Panel::Search).then(|| session.room()),
        move |open, before| {
            let everywhere = session.shown.read_untracked().looking.everywhere;
            let is_other = before.is_some_and(|before| before.is_none() || !everywhere);
            if open.is_some() && is_other {
                session.input(|client, at| client.search_again(at.wall));
            }
        },
    );
}

/// The side where people stand otherwise.
pub(super) fn search(session: Session, panels: Panels) -> AnyView {
    view(move || {
        if !panels.is_open(Panel::Search) {
            return ().erase();
        }
        let (shown, said) = (session.shown.read(), session.words);
        let found = shown.looking.found.as_ref();
        let words = [
            ("type", "search".into()),
            ("aria-label", said.search_messages().into()),
            ("placeholder", said.search_messages().into()),
            ("enterkeyhint", "search".into()),
            ("autocapitalize", "off".into()),
            ("autocomplete", "off".into()),
            ("autocorrect", "off".into()),
            // Switches off the smart quotes and dashes of iOS, too.
            ("spellcheck", "false".into()),
            // What it begins with when it is opened again; what is typed later is the browser's own.
            ("value", found.map(|found| found.words.clone()).unwrap_or_default().into()),
            ("data-search", "words".into()),
            ("data-first", "".into()),
        ];
        let close = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            ("data-do", "close".into()),
            ("aria-label", said.close_search().into()),
        ];
        let mut everywhere = vec![("type", "checkbox".into()), ("data-search", "everywhere".into())];
        if shown.looking.everywhere {
            everywhere.push(("checked", "".into()));
        }
        let day = [("type", "date".into()), ("aria-label", said.go_to_day().into()), ("data-search", "day".into())];
        let words = [field(words), element("button", close, text("×"))];
        let places = [
            element("label", [], [field(everywhere), said.everywhere().erase()]),
            element("label", [], [format!("{} ", said.go_to_day()).erase(), field(day)]),
        ];
        let note = element("p", [("class", "search-note".into()), ("role", "status".into())], text(note(found, said)));
        element(
            "aside",
            [("class", "side search".into()), ("aria-label", said.search().into())],
            [
                element("div", [("class", "search-box".into())], words),
                element("div", [("class", "search-where".into())], places),
                note,
                results(session, &shown),
            ],
        )
    })
}

/// Something was typed or chosen in the search: looks for it while one types.
pub(super) fn typed(session: Session, event: &Event) {
    let Some(field) = nearest(event, "[data-search]") else { return };
    if field.get_attribute("data-search").as_deref() == Some("day") {
        // Its value is the date's midnight in UTC.
        let day = field.dyn_ref::<HtmlInputElement>().map_or(f64::NAN, HtmlInputElement::value_as_number);
        if day >= 0.0 {
            session.input(|client, _| client.jump_to_day(UTC.day(day as i64)));
        }
        return;
    }
    let input = |name: &str| -> Option<HtmlInputElement> { find(name)?.dyn_into().ok() };
    let words = input("[data-search=words]").map(|field| field.value()).unwrap_or_default();
    let everywhere = input("[data-search=everywhere]").is_some_and(|field| field.checked());
    session.input(|client, at| client.search(&words, everywhere, at.wall));
}

fn note(found: Option<&Found>, words: &Words) -> String {
    match found {
        None => words.search_hint().to_owned(),
        Some(Found { refused: Some(code), .. }) => words.explain(*code),
        Some(Found { busy: true, hits, .. }) if hits.is_empty() => words.searching().to_owned(),
        Some(Found { held_only: true, hits, .. }) => {
            format!("{} · {}", words.count(words.found(), hits.len()), words.only_kept())
        }
        Some(Found { hits, .. }) if hits.is_empty() => words.nothing_found().to_owned(),
        Some(Found { hits, more: true, .. }) => fill(words.newest_found(), &[&words.number(hits.len())]),
        Some(Found { hits, .. }) => words.count(words.found(), hits.len()),
    }
}

fn results(session: Session, shown: &Shown) -> AnyView {
    let Some(found) = shown.looking.found.as_ref().filter(|found| !found.hits.is_empty()) else {
        return ().erase();
    };
    // What a day means makes no difference to what is marked.
    let search = Search::parse(&found.words, &UTC).unwrap_or_default();
    let lines: Vec<_> = found
        .hits
        .iter()
        .filter_map(|hit| {
            let EventKind::Posted { author, body: Some(body), .. } = &hit.event.kind else { return None };
            let excerpt = excerpt(&search, body.as_str(), &plain(body.as_str()));
            let parts = excerpt.into_iter().enumerate();
            let parts =
                parts.map(|(at, part)| if at % 2 == 1 { element("mark", [], text(part)) } else { part.erase() });
            let place = if hit.room == shown.room { String::new() } else { format!("#{} · ", hit.room) };
            let when = session.when(hit.event.at);
            let line = element("span", [("class", "hit".into()), ("dir", "auto".into())], parts.collect::<Vec<_>>());
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
    element("ul", [("class", "list results".into()), ("aria-label", session.words.search_results().into())], lines)
}

//! The search for words, in the room or in all rooms, and the jump to a day.

use leptos::prelude::*;
use parlor::{EventKind, Search, TimeZone, time_zone::UTC};
use parlor_markup::plain_text;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::{
    actions::Command,
    element::{element, field, text},
    panel::{Panel, Panels},
};
use crate::{
    ChatHandle,
    dom::{find, nearest},
    erase::Erase,
    i18n::{Texts, fill},
    reactive::{on_change, reactive_view},
    room_name,
    state::{excerpt::excerpt, lookup::SearchResults},
    view::view_state::ViewState,
};

/// Repeats the search when the panel opens with the words of the last search, and when another room is shown beside it,
/// so that the results are never outdated.
pub(super) fn repeat_on_open(chat: ChatHandle, panels: Panels) {
    on_change(
        move || panels.is_open(Panel::Search).then(|| chat.room()),
        move |open, before| {
            let everywhere = chat.view_state.read_untracked().lookup.everywhere;
            let is_other = before.is_some_and(|before| before.is_none() || !everywhere);
            if open.is_some() && is_other {
                chat.input(|client, at| client.search_again(at.wall));
            }
        },
    );
}

/// Renders the search, in place of the list of people.
pub(super) fn search(chat: ChatHandle, panels: Panels) -> AnyView {
    reactive_view(move || {
        if !panels.is_open(Panel::Search) {
            return ().erase();
        }
        let (state, texts) = (chat.view_state.read(), chat.texts);
        let results = state.lookup.results.as_ref();
        let words = [
            ("type", "search".into()),
            ("aria-label", texts.search_messages().into()),
            ("placeholder", texts.search_messages().into()),
            ("enterkeyhint", "search".into()),
            ("autocapitalize", "off".into()),
            ("autocomplete", "off".into()),
            ("autocorrect", "off".into()),
            // Also disables the smart quotes and dashes of iOS.
            ("spellcheck", "false".into()),
            // The initial value; the field is uncontrolled.
            ("value", results.map(|results| results.words.clone()).unwrap_or_default().into()),
            ("data-search", "words".into()),
            ("data-first", "".into()),
        ];
        let close = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            Command::Close.attribute(),
            ("aria-label", texts.close_search().into()),
        ];
        let mut everywhere = vec![("type", "checkbox".into()), ("data-search", "everywhere".into())];
        if state.lookup.everywhere {
            everywhere.push(("checked", "".into()));
        }
        let day = [("type", "date".into()), ("aria-label", texts.go_to_day().into()), ("data-search", "day".into())];
        let words = [field(words), element("button", close, text("×"))];
        let options = [
            element("label", [], [field(everywhere), texts.everywhere().erase()]),
            element("label", [], [format!("{} ", texts.go_to_day()).erase(), field(day)]),
        ];
        let status =
            element("p", [("class", "search-note".into()), ("role", "status".into())], text(status(results, texts)));
        element(
            "aside",
            [("class", "side search".into()), ("aria-label", texts.search().into())],
            [
                element("div", [("class", "search-box".into())], words),
                element("div", [("class", "search-where".into())], options),
                status,
                render_results(chat, &state),
            ],
        )
    })
}

/// Handles an `input` event: searches while the reader types, or jumps to a day.
pub(super) fn on_input(chat: ChatHandle, event: &Event) {
    let Some(field) = nearest(event, "[data-search]") else { return };
    if field.get_attribute("data-search").as_deref() == Some("day") {
        // The value as a number is midnight of the date in UTC, in milliseconds.
        let day = field.dyn_ref::<HtmlInputElement>().map_or(f64::NAN, HtmlInputElement::value_as_number);
        if day >= 0.0 {
            chat.input(|client, _| client.jump_to_day(UTC.day(day as i64)));
        }
        return;
    }
    let input = |selector: &str| -> Option<HtmlInputElement> { find(selector)?.dyn_into().ok() };
    let words = input("[data-search=words]").map(|field| field.value()).unwrap_or_default();
    let everywhere = input("[data-search=everywhere]").is_some_and(|field| field.checked());
    chat.input(|client, at| client.search(&words, everywhere, at.wall));
}

/// The status of the search: a hint, the number of results, or an error.
fn status(results: Option<&SearchResults>, texts: &Texts) -> String {
    match results {
        None => texts.search_hint().to_owned(),
        Some(SearchResults { refused: Some(code), .. }) => texts.explain(*code),
        Some(SearchResults { pending: true, hits, .. }) if hits.is_empty() => texts.searching().to_owned(),
        Some(SearchResults { local_only: true, hits, .. }) => {
            format!("{} · {}", texts.count(texts.results_count(), hits.len()), texts.results_local_only())
        }
        Some(SearchResults { hits, .. }) if hits.is_empty() => texts.results_none().to_owned(),
        Some(SearchResults { hits, more: true, .. }) => fill(texts.results_truncated(), &[&texts.number(hits.len())]),
        Some(SearchResults { hits, .. }) => texts.count(texts.results_count(), hits.len()),
    }
}

fn render_results(chat: ChatHandle, state: &ViewState) -> AnyView {
    let Some(results) = state.lookup.results.as_ref().filter(|results| !results.hits.is_empty()) else {
        return ().erase();
    };
    // The time zone of days does not matter for the marked words.
    let search = Search::parse(&results.words, &UTC).unwrap_or_default();
    let items: Vec<_> = results
        .hits
        .iter()
        .filter_map(|hit| {
            let EventKind::Posted { author, body: Some(body), .. } = &hit.event.kind else { return None };
            let excerpt = excerpt(&search, body.as_str(), &plain_text(body.as_str()));
            let parts = excerpt.into_iter().enumerate();
            let parts =
                parts.map(|(at, part)| if at % 2 == 1 { element("mark", [], text(part)) } else { part.erase() });
            let item = state.rooms.iter().find(|room| room.name == hit.room);
            let label = room_name::label(&hit.room, item.map_or("", |room| &room.title));
            let room = if hit.room == state.room { String::new() } else { label + " · " };
            let when = chat.format_moment(hit.event.at);
            let excerpt = element("span", [("class", "hit".into()), ("dir", "auto".into())], parts.collect::<Vec<_>>());
            let children = [
                element("b", [("dir", "auto".into())], text(author.name.to_string())),
                element("span", [("class", "you".into())], text(room + &when)),
                excerpt,
            ];
            let attributes = [
                ("href", room_name::path_below(&hit.room, &hit.event.seq.to_string()).into()),
                Command::ShowRoom.attribute(),
                ("data-room", hit.room.to_string().into()),
                ("data-seq", hit.event.seq.to_string().into()),
            ];
            Some(element("li", [], [element("a", attributes, children)]))
        })
        .collect();
    element("ul", [("class", "list results".into()), ("aria-label", chat.texts.search_results().into())], items)
}

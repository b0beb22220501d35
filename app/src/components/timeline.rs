//! The messages of the room.

use std::borrow::Cow;

use leptos::prelude::*;
use web_sys::Event;

use super::{
    act::act,
    element::{element, referred, text},
    message::message,
    message_focus,
    picker::Picker,
    scroll::{Nodes, Scroll},
};
use crate::{
    Session,
    erase::Erase,
    lines::{Content, Part},
    live::{listen, view},
    session::Shown,
    state::rows::{self, Row},
    words::{Words, fill},
};

/// The log. It is laid out from its end (`column-reverse` in `timeline.css`), so that the newest message is in view
/// before any script runs, and stays there.
#[component]
pub(super) fn Timeline() -> impl IntoView {
    let session = Session::get();
    let nodes = Nodes::default();
    let Nodes { log, reserve, lines, spacer } = nodes;
    let scroll = Scroll::new(session, nodes);
    let picker = Picker::get();
    let said = session.words;
    let has_older = move || session.shown.read().has_older;
    let start = move || match session.shown.read().unknown {
        Some(None) => said.loading().to_owned(),
        Some(Some(code)) => said.explain(code),
        None if has_older() => said.loading_older().to_owned(),
        None => fill(said.room_start(), &[session.room().as_str()]),
    };
    let col = vec![
        referred(reserve, [], []),
        view(move || {
            let class = if has_older() { "start loading" } else { "start" };
            element("p", [("class", class.into())], text(start()))
        }),
        view(move || match invitation(&session.shown.read(), said) {
            // Without words it would still take its place.
            None => ().erase(),
            Some(words) => element("p", [("class", "empty".into())], text(words)),
        }),
        referred(lines, [("class", "lines".into())], [list(session.lines(), session)]),
        referred(spacer, [], []),
    ];
    let attributes = [
        ("class", "log".into()),
        ("role", "log".into()),
        ("aria-label", said.messages().into()),
        ("aria-live", "off".into()),
        ("tabindex", "0".into()),
    ];
    let happened = move |event: Event| match event.type_().as_str() {
        "scroll" => scroll.scrolled(),
        "click" => act(session, picker, &event),
        kind => message_focus::entered(&event, kind == "focusin"),
    };
    log.on_load(move |log| listen(&log, &["scroll", "click", "focusin", "focusout"], happened));
    referred(log, attributes, [element("div", [("class", "col".into())], col)])
}

fn list(block: ArcRwSignal<Content>, session: Session) -> AnyView {
    let parts: Box<dyn Fn() -> Vec<Part> + Send + Sync> = Box::new(move || block.read().parts().to_vec());
    let draw = move |Part { content, .. }: Part| {
        if matches!(*content.read_untracked(), Content::Block(_)) {
            return list(content, session);
        }
        view(move || match &*content.read() {
            Content::Line(row) => line(row, session),
            Content::Block(_) => "".erase(),
        })
    };
    view! { <For each=parts key=|part| part.key.clone() children=draw/> }.erase()
}

/// A line, by what stands in it.
fn line(row: &Row, session: Session) -> AnyView {
    let class = |class: &'static str| [("class", Cow::Borrowed(class))];
    match &row.content {
        rows::Content::Day(label) => element("div", class("day"), [element("span", [], text(label.as_str()))]),
        rows::Content::Quiet(words) => element("p", class("quiet"), text(words.as_str())),
        rows::Content::Unread => {
            let attributes = [
                ("class", "unread".into()),
                ("role", "separator".into()),
                ("aria-label", session.words.new_messages().into()),
            ];
            element("div", attributes, [element("span", [], text(session.words.unread_line()))])
        }
        rows::Content::Message(row) => message(row, &session.me(), session.words),
    }
}

/// What is said in a room where nothing is shown.
fn invitation(shown: &Shown, words: &Words) -> Option<&'static str> {
    match (shown.unknown, shown.silent, &shown.name) {
        (Some(None), ..) if shown.banner.is_some() => Some(words.not_kept()),
        (_, false, _) => None,
        (_, true, None) => Some(words.silent_nameless()),
        (_, true, Some(_)) => Some(words.silent()),
    }
}

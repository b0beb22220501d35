//! The messages of the room.

use std::borrow::Cow;

use leptos::prelude::*;

use super::{
    act::act,
    attributes::Attributes,
    element::{element, text},
    message::message,
    message_focus,
    picker::Picker,
    scroll::{Nodes, Scroll},
};
use crate::{
    Session,
    erase::Erase,
    lines::{Content, Part},
    live::view,
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
        view! { <div node_ref=reserve></div> }.erase(),
        view(move || {
            let class = if has_older() { "start loading" } else { "start" };
            element("p", [("class", class.into())], text(start()))
        }),
        view(move || match invitation(&session.shown.read(), said) {
            // Without words it would still take its place.
            None => ().erase(),
            Some(words) => element("p", [("class", "empty".into())], text(words)),
        }),
        view! { <div class="lines" node_ref=lines>{list(session.lines(), session)}</div> }.erase(),
        view! { <div node_ref=spacer></div> }.erase(),
    ];
    let attributes = Attributes(vec![
        ("class", "log".into()),
        ("role", "log".into()),
        ("aria-label", said.messages().into()),
        ("aria-live", "off".into()),
        ("tabindex", "0".into()),
    ]);
    view! {
        <div
            {..attributes}
            node_ref=log
            on:scroll=move |_| scroll.scrolled()
            on:click=move |event| act(session, picker, &event)
            on:focusin=move |event| message_focus::entered(&event, true)
            on:focusout=move |event| message_focus::entered(&event, false)
        >
            {element("div", [("class", "col".into())], col)}
        </div>
    }
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

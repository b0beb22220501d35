//! The room's name and topic, the way to the search, and on narrow windows to both sides.

use leptos::prelude::*;

use super::{
    element::{element, text},
    icon::{self, Icon},
    panel::{Panel, Panels},
};
use crate::{Session, live::words};

/// The line above the conversation.
#[component]
pub(super) fn Header() -> impl IntoView {
    let (session, panels) = (Session::get(), Panels::get());
    let writing = Memo::new(move |_| panels.is_open(Panel::Topic));
    view! {
        <header>
            <button
                type="button"
                class="icon opens-rooms"
                aria-label="Rooms"
                aria-expanded=words(move || panels.expanded(Panel::Rooms))
                data-do="rooms"
            >
                <Icon path=icon::ROOMS/>
                <span class="badge">{words(move || elsewhere(session))}</span>
            </button>
            <h1 dir="auto"><span class="hash" aria-hidden="true">"#"</span>{words(move || session.room())}</h1>
            {move || if writing.get() { form(session) } else { topic(session) }}
            <div class="tools">
                <button
                    type="button"
                    class="icon opens-search"
                    aria-label="Search"
                    title="Search"
                    aria-expanded=words(move || panels.expanded(Panel::Search))
                    data-do="search"
                >
                    <Icon path=icon::SEARCH/>
                </button>
                <button
                    type="button"
                    class="icon opens-people"
                    aria-label="People"
                    aria-expanded=words(move || panels.expanded(Panel::People))
                    data-do="people"
                >
                    <Icon path=icon::PEOPLE/>
                    <span class="count" aria-hidden="true">{words(move || session.shown.read().people.to_string())}</span>
                </button>
            </div>
        </header>
    }
}

// How much there is behind the button for the rooms, where those are not in view.
fn elsewhere(session: Session) -> String {
    let shown = session.shown.read();
    let others = shown.rooms.iter().filter(|room| !room.shown && !room.unread.is_empty());
    match others.count() {
        0 => String::new(),
        count => count.to_string(),
    }
}

fn topic(session: Session) -> AnyView {
    let topic = words(move || session.shown.read().topic.clone());
    let label = words(move || if session.shown.read().topic.is_empty() { "Set a topic" } else { "Change the topic" });
    view! {
        <p class="topic" dir="auto">{topic}</p>
        <button type="button" class="quiet-button sets-topic" data-do="topic">{label}</button>
    }
    .into_any()
}

fn form(session: Session) -> AnyView {
    let now = session.shown.with_untracked(|shown| shown.topic.clone());
    let field = element(
        "input",
        [
            ("type", "text".into()),
            ("aria-label", "Topic".into()),
            ("placeholder", "What this room is about".into()),
            ("value", now.into()),
            ("data-first", "".into()),
        ],
        [],
    );
    let save = element("button", [("class", "quiet-button".into())], text("Save topic"));
    let note = element("p", [("class", "note bad".into()), ("role", "alert".into())], []);
    element("form", [("class", "topic-form".into()), ("data-form", "topic".into())], [field, save, note])
}

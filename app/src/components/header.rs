//! The room's name and topic, the way to the search, and on narrow windows to both sides.

use leptos::prelude::*;

use super::{
    element::{Attribute, element, field, icon, text},
    panel::{Panel, Panels},
};
use crate::{Session, live::view, session::Shown, state::loudness::Loudness};

/// The line above the conversation.
pub(super) fn header(session: Session, panels: Panels) -> AnyView {
    view(move || {
        let shown = session.shown.read();
        let hash = element("span", [("class", "hash".into()), ("aria-hidden", "true".into())], text("#"));
        let name = element("h1", [("dir", "auto".into())], [hash, shown.room.to_string().into_any()]);
        let unread = element("span", [("class", "badge".into())], text(elsewhere(&shown)));
        let rooms = opener(panels, Panel::Rooms, "rooms", "Rooms", [icon("rooms"), unread]);
        let count = element("span", [("class", "count".into())], text(shown.people.to_string()));
        let people = opener(panels, Panel::People, "people", "People", [icon("people"), count]);
        let search = opener(panels, Panel::Search, "search", "Search", [icon("search"), ().into_any()]);
        let tools = element("div", [("class", "tools".into())], [volume(&shown), search, people]);
        let about = if panels.is_open(Panel::Topic) { form(&shown) } else { topic(&shown) };
        element("header", [], [rooms, name, about, tools])
    })
}

fn opener(panels: Panels, panel: Panel, act: &'static str, label: &'static str, inside: [AnyView; 2]) -> AnyView {
    let attributes: [Attribute; 6] = [
        ("type", "button".into()),
        ("class", format!("icon opens-{act}").into()),
        ("data-do", act.into()),
        ("aria-label", label.into()),
        ("title", label.into()),
        ("aria-expanded", panels.expanded(panel).into()),
    ];
    element("button", attributes, inside)
}

// One button that turns: three choices need no menu.
fn volume(shown: &Shown) -> AnyView {
    let loudness = shown.rooms.iter().find(|room| room.shown).map(|room| room.loudness).unwrap_or_default();
    let label = format!("Notifications: {}", loudness.word());
    let bell = match loudness {
        Loudness::Meant => "bell",
        Loudness::Loud => "bell-loud",
        Loudness::Muted => "bell-off",
    };
    let attributes = [
        ("type", "button".into()),
        ("class", "icon turns-volume".into()),
        ("data-do", "volume".into()),
        ("aria-label", label.clone().into()),
        ("title", label.into()),
    ];
    element("button", attributes, [icon(bell)])
}

// How many rooms have something new behind the button for them, where they are not in view.
fn elsewhere(shown: &Shown) -> String {
    match shown.rooms.iter().filter(|room| !room.shown && !room.unread.is_empty()).count() {
        0 => String::new(),
        count => count.to_string(),
    }
}

fn topic(shown: &Shown) -> AnyView {
    let (class, label) =
        if shown.topic.is_empty() { ("topic unset", "Set a topic") } else { ("topic", "Change the topic") };
    let topic = element("p", [("class", class.into()), ("dir", "auto".into())], text(shown.topic.as_str()));
    let attributes =
        [("type", "button".into()), ("class", "quiet-button sets-topic".into()), ("data-do", "topic".into())];
    element("div", [("class", "about".into())], [topic, element("button", attributes, text(label))])
}

fn form(shown: &Shown) -> AnyView {
    let attributes = [
        ("type", "text".into()),
        ("aria-label", "Topic".into()),
        ("placeholder", "What this room is about".into()),
        ("value", shown.topic.clone().into()),
        ("data-first", "".into()),
    ];
    let save = element("button", [("class", "quiet-button".into())], text("Save topic"));
    let note = element("p", [("class", "note bad".into()), ("role", "alert".into())], []);
    let attributes = [field(attributes), save, note];
    element("form", [("class", "about topic-form".into()), ("data-form", "topic".into())], attributes)
}

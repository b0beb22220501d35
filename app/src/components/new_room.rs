//! A room to make, or to find among those that there are.

use leptos::prelude::*;

use super::{
    element::{element, field, icon, text},
    panel::{Panel, Panels},
};
use crate::{Session, erase::Erase, live::view};

/// "New room", and what it opens: one field for either, since a room is made by going there.
pub(super) fn new_room(session: Session, panels: Panels) -> AnyView {
    let words = session.words;
    view(move || {
        let button = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            ("data-do", "new-room".into()),
            ("aria-label", words.new_room().into()),
            ("title", format!("{} (Ctrl K)", words.new_room()).into()),
            ("aria-expanded", panels.expanded(Panel::NewRoom).into()),
        ];
        let cap = element("span", [("aria-hidden", "true".into())], text(words.rooms()));
        let head = [cap, element("button", button, [icon("add")])];
        let mut inside = vec![element("div", [("class", "cap".into())], head)];
        if panels.is_open(Panel::NewRoom) {
            inside.push(form(session));
        }
        element("div", [("class", "new-room".into())], inside)
    })
}

fn form(session: Session) -> AnyView {
    let words = session.words;
    let field = field([
        ("type", "text".into()),
        ("aria-label", words.room_name().into()),
        ("placeholder", words.room_example().into()),
        ("autocomplete", "off".into()),
        ("autocapitalize", "none".into()),
        ("data-first", "".into()),
    ]);
    let create = element("button", [("class", "join".into())], text(words.create()));
    let note = element("p", [("class", "note bad".into()), ("role", "alert".into())], []);
    let form = element("form", [("data-form", "new-room".into())], [field, create, note]);
    element("div", [("class", "finder".into())], [form, others(session)])
}

// What there is besides, to be found instead of made twice.
fn others(session: Session) -> AnyView {
    let shown = session.shown.read();
    let others = shown.looking.rooms.iter().filter(|other| shown.rooms.iter().all(|room| room.name != other.room));
    let lines: Vec<_> = others
        .map(|other| {
            let name = other.room.as_str();
            let about =
                if other.topic.is_empty() { session.words.here_at_all(other.people) } else { other.topic.clone() };
            let inside = [
                element("b", [("dir", "auto".into())], text(format!("#{name}"))),
                element("span", [("class", "you".into()), ("dir", "auto".into())], text(about)),
            ];
            let attributes = [
                ("href", other.room.path().into()),
                ("data-do", "enter".into()),
                ("data-room", name.to_owned().into()),
            ];
            element("li", [], [element("a", attributes, inside)])
        })
        .collect();
    if lines.is_empty() {
        return ().erase();
    }
    element("ul", [("class", "list".into()), ("aria-label", session.words.other_rooms().into())], lines)
}

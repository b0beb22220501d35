//! A room to make, or to find among those that there are.

use leptos::prelude::*;

use super::{
    element::{element, field, icon, text},
    panel::{Panel, Panels},
};
use crate::{Session, live::view};

/// "New room", and what it opens: one field for either, since a room is made by going there.
pub(super) fn new_room(session: Session, panels: Panels) -> AnyView {
    view(move || {
        let button = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            ("data-do", "new-room".into()),
            ("aria-label", "New room".into()),
            ("title", "New room (Ctrl K)".into()),
            ("aria-expanded", panels.expanded(Panel::NewRoom).into()),
        ];
        let cap = element("span", [("aria-hidden", "true".into())], text("Rooms"));
        let head = [cap, element("button", button, [icon("add")])];
        let mut inside = vec![element("div", [("class", "cap".into())], head)];
        if panels.is_open(Panel::NewRoom) {
            inside.push(form(session));
        }
        element("div", [("class", "new-room".into())], inside)
    })
}

fn form(session: Session) -> AnyView {
    let field = field([
        ("type", "text".into()),
        ("aria-label", "Room name".into()),
        ("placeholder", "book-club".into()),
        ("autocomplete", "off".into()),
        ("autocapitalize", "none".into()),
        ("data-first", "".into()),
    ]);
    let create = element("button", [("class", "join".into())], text("Create"));
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
            let about = if other.topic.is_empty() { people(other.people) } else { other.topic.clone() };
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
        return ().into_any();
    }
    element("ul", [("class", "list".into()), ("aria-label", "Other rooms".into())], lines)
}

fn people(count: u32) -> String {
    match count {
        0 => String::new(),
        1 => "1 here".to_owned(),
        count => format!("{count} here"),
    }
}

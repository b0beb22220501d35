//! What can be done by keyboard, on one sheet.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    element::{element, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    live::{nearest, view},
};

const KEYS: [(&str, &str); 12] = [
    ("Enter", "send"),
    ("Shift Enter", "new line"),
    ("↑", "edit your last message, in an empty box"),
    ("Esc", "leave an edit, an answer, or what is open"),
    ("@", "mention somebody"),
    (":", "an emoji by its name"),
    ("Alt ↑ ↓", "the room above or below"),
    ("Ctrl K", "a room by its name"),
    ("Ctrl F", "search; again for the browser’s own"),
    ("↑ ↓", "from message to message, in the log"),
    ("Tab", "what can be done with a message"),
    ("?", "this sheet"),
];

/// The sheet, while it is open.
pub(super) fn keys(panels: Panels) -> AnyView {
    view(move || if panels.is_open(Panel::Keys) { sheet() } else { ().into_any() })
}

fn sheet() -> AnyView {
    let lines: Vec<_> = KEYS
        .iter()
        .map(|(key, does)| element("div", [], [element("dt", [], text(*key)), element("dd", [], text(*does))]))
        .collect();
    let close = element(
        "button",
        [("type", "button".into()), ("class", "join".into()), ("data-do", "close".into()), ("data-first", "".into())],
        text("Close"),
    );
    let inside = [element("h2", [("id", "keys".into())], text("Keys")), element("dl", [], lines), close];
    let attributes = [
        ("class", "sheet".into()),
        ("role", "dialog".into()),
        ("aria-modal", "true".into()),
        ("aria-labelledby", "keys".into()),
    ];
    let veil = element("div", [("class", "veil dim".into()), ("data-do", "close".into())], []);
    element("div", [], [veil, element("div", attributes, inside)])
}

/// A key anywhere on the page.
pub(super) fn pressed(session: Session, panels: Panels, event: &KeyboardEvent) {
    panels.close_on_escape(event);
    let (key, chord) = (event.key(), event.ctrl_key() || event.meta_key());
    let open = match key.as_str() {
        "ArrowUp" | "ArrowDown" if event.alt_key() => {
            event.prevent_default();
            return session.input(|client, _| client.enter_neighbour(key == "ArrowDown"));
        }
        "k" if chord => Panel::NewRoom,
        // Whoever presses it a second time wants the browser's own.
        "f" if chord && nearest(event, ".search").is_none() => Panel::Search,
        "?" if nearest(event, "input, textarea").is_none() => Panel::Keys,
        _ => return,
    };
    event.prevent_default();
    panels.toggle(open);
    if open == Panel::NewRoom {
        session.input(|client, _| client.ask_rooms());
    }
}

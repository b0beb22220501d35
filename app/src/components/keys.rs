//! What can be done by keyboard, on one sheet.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    element::{element, text},
    panel::{Panel, Panels},
    sheet::sheet,
};
use crate::{
    Session,
    erase::Erase,
    live::{nearest, view},
    words::Words,
};

/// The sheet, while it is open.
pub(super) fn keys(session: Session, panels: Panels) -> AnyView {
    view(move || if panels.is_open(Panel::Keys) { list(session.words) } else { ().erase() })
}

fn list(words: &Words) -> AnyView {
    let keys = [
        ("Enter", words.does_send()),
        ("Shift Enter", words.does_break()),
        ("↑", words.does_edit_last()),
        ("Esc", words.does_leave()),
        ("@", words.does_mention()),
        (":", words.does_emoji()),
        ("Alt ↑ ↓", words.does_change_room()),
        ("Ctrl K", words.does_find_room()),
        ("Ctrl F", words.does_search()),
        ("↑ ↓", words.does_move()),
        ("Tab", words.does_act()),
        ("?", words.does_keys()),
    ];
    let lines: Vec<_> = keys
        .iter()
        .map(|(key, does)| element("div", [], [element("dt", [], text(*key)), element("dd", [], text(*does))]))
        .collect();
    sheet("keys", words.keys(), words, vec![element("dl", [], lines)])
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

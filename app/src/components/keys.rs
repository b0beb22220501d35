//! What can be done by keyboard anywhere on the page, and the sheet that lists it.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::{
    element::{element, text},
    key::KeyReader,
    message_focus, modal,
    panel::{Panel, Panels},
    picker::Picker,
    room_finder,
    sheet::sheet,
};
use crate::{
    Session,
    erase::Erase,
    live::{nearest, view, when_drawn},
    state::key_press::{Held, KeyPress},
    words::Words,
};

/// The sheet, while it is open.
pub(super) fn keys(session: Session, panels: Panels) -> AnyView {
    view(move || if panels.is_open(Panel::Keys) { list(session.words) } else { ().erase() })
}

fn list(words: &Words) -> AnyView {
    let keys = [
        ("Enter", words.does_send()),
        ("Ctrl/⌘ Enter", words.does_send_anywhere()),
        ("Shift Enter", words.does_break()),
        ("↑", words.does_edit_last()),
        ("Esc", words.does_leave()),
        ("@", words.does_mention()),
        (":", words.does_emoji()),
        ("Alt ↑ ↓", words.does_change_room()),
        ("Ctrl/⌘ K", words.does_find_room()),
        ("Ctrl/⌘ F", words.does_search()),
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

/// Handles the keys of the whole page once it is drawn.
pub(super) fn watch(session: Session, panels: Panels, picker: Picker, keys: KeyReader) {
    when_drawn(move || keys.watch(move |event, press| pressed(session, panels, picker, event, press)));
}

// Whether the key is taken.
fn pressed(session: Session, panels: Panels, picker: Picker, event: &KeyboardEvent, press: &KeyPress) -> bool {
    let inside = |selector| nearest(event, selector).is_some();
    match (press.key(), press.held) {
        // What lies above everything first.
        ("Escape", Held::Nothing) => {
            let composing = session.shown.read_untracked().composing.is_some();
            let closes = picker.close() || panels.close();
            if !closes && composing {
                session.input(|client, _| client.compose(None));
            }
            return closes || composing;
        }
        ("Tab", Held::Nothing | Held::Shift) => return modal::wrap_focus(press.held == Held::Shift),
        _ if picker.is_open() => return false,
        ("ArrowUp" | "ArrowDown", Held::Nothing) if inside("[data-find-room]") => {
            room_finder::step(session, press.key() == "ArrowDown");
        }
        ("ArrowUp" | "ArrowDown", Held::Alt) if !panels.is_sheet() => {
            session.input(|client, _| client.enter_neighbour(press.key() == "ArrowDown"));
        }
        ("k", Held::Command) => room_finder::toggle(session, panels, None),
        // Whoever presses it a second time wants the browser's own.
        ("f", Held::Command) if !inside(".search") => panels.show(Panel::Search),
        ("?", Held::Nothing | Held::Shift | Held::Other) if !inside("input, textarea") => {
            panels.toggle(Panel::Keys, None);
        }
        _ => return nearest(event, ".log").is_some_and(|log| message_focus::pressed(session, press, &log)),
    }
    true
}

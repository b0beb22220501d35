//! The keyboard shortcuts of the page, and the sheet that lists them.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::{
    element::{element, text},
    key_reader::KeyReader,
    message_focus, modal,
    panel::{Panel, Panels},
    picker::Picker,
    room_finder,
    sheet::sheet,
};
use crate::{
    ChatHandle,
    dom::nearest,
    erase::Erase,
    i18n::Texts,
    reactive::{on_mount, reactive_view},
    state::key_press::{Held, KeyPress},
};

/// Renders the sheet while it is open.
pub(super) fn shortcuts_sheet(chat: ChatHandle, panels: Panels) -> AnyView {
    reactive_view(move || if panels.is_open(Panel::Shortcuts) { list(chat.texts) } else { ().erase() })
}

fn list(texts: &Texts) -> AnyView {
    let shortcuts = [
        ("Enter", texts.shortcut_send()),
        ("Ctrl/⌘ Enter", texts.shortcut_send_anywhere()),
        ("Shift Enter", texts.shortcut_new_line()),
        ("↑", texts.shortcut_edit_last()),
        ("Esc", texts.shortcut_leave()),
        ("@", texts.shortcut_mention()),
        (":", texts.shortcut_emoji()),
        ("Alt ↑ ↓", texts.shortcut_change_room()),
        ("Ctrl/⌘ K", texts.shortcut_find_room()),
        ("Ctrl/⌘ F", texts.shortcut_search()),
        ("↑ ↓", texts.shortcut_move()),
        ("Tab", texts.shortcut_actions()),
        ("?", texts.shortcut_help()),
    ];
    let items: Vec<_> = shortcuts
        .iter()
        .map(|(key, effect)| element("div", [], [element("dt", [], text(*key)), element("dd", [], text(*effect))]))
        .collect();
    sheet("keys", texts.shortcuts(), texts, vec![element("dl", [], items)])
}

/// Listens for the shortcuts, from the first render on.
pub(super) fn listen(chat: ChatHandle, panels: Panels, picker: Picker, key_reader: KeyReader) {
    on_mount(move || key_reader.listen(move |event, press| on_key(chat, panels, picker, event, press)));
}

// Handles a key press. Returns whether it was handled.
fn on_key(chat: ChatHandle, panels: Panels, picker: Picker, event: &KeyboardEvent, press: &KeyPress) -> bool {
    let inside = |selector| nearest(event, selector).is_some();
    match (press.key(), press.held) {
        // Closes the topmost element first.
        ("Escape", Held::Nothing) => {
            let composing = chat.view_state.read_untracked().composing.is_some();
            let closed = picker.close() || panels.close();
            if !closed && composing {
                chat.input(|client, _| client.set_composing(None));
            }
            return closed || composing;
        }
        ("Tab", Held::Nothing | Held::Shift) => return modal::wrap_focus(press.held == Held::Shift),
        _ if picker.is_open() => return false,
        ("ArrowUp" | "ArrowDown", Held::Nothing) if inside("[data-find-room]") => {
            room_finder::move_choice(chat, press.key() == "ArrowDown");
        }
        ("ArrowUp" | "ArrowDown", Held::Alt) if !panels.is_sheet() => {
            chat.input(|client, _| client.show_neighbour(press.key() == "ArrowDown"));
        }
        ("k", Held::Command) => room_finder::toggle(chat, panels, None),
        // The second press opens the browser's own search.
        ("f", Held::Command) if !inside(".search") => panels.show(Panel::Search),
        ("?", Held::Nothing | Held::Shift | Held::Other) if !inside("input, textarea") => {
            panels.toggle(Panel::Shortcuts, None);
        }
        _ => return nearest(event, ".log").is_some_and(|viewport| message_focus::on_key(chat, press, &viewport)),
    }
    true
}

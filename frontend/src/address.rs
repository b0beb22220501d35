//! The address of the page: it names the shown room, and "back" and "forward" go from room to room.

use leptos::prelude::*;
use parlor::RoomName;
use parlor_app::ChatHandle;
use wasm_bindgen::JsValue;

/// Shows the room of the address when the reader goes back or forward.
pub fn watch(chat: ChatHandle) {
    if is_specific() {
        chat.input(|client, _| client.address_is_specific());
    }
    window_event_listener_untyped("popstate", move |_| {
        if let Some((room, _)) = current() {
            chat.input(|client, _| client.on_history_navigation(&room, is_specific()));
        }
    });
}

/// Sets the address to this room's, in the present entry of the history.
pub fn replace(room: &RoomName) {
    if let Ok(history) = window().history() {
        // The entry's state tells whether a panel is open.
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(&room.path()));
    }
}

// Whether the address names a message or a page of the past besides the room.
fn is_specific() -> bool {
    let location = window().location();
    let parts = [location.search(), location.hash()].map(Result::unwrap_or_default);
    parts.iter().any(|part| !part.is_empty()) || current().is_some_and(|(_, seq)| seq.is_some())
}

/// Sets the address to this room's, as a new entry of the history.
pub fn push(room: &RoomName) {
    if let Ok(history) = window().history() {
        let path = Some(room.path());
        // An entry for an open panel is replaced: nobody needs to go back to it.
        let _ = if history.state().is_ok_and(|state| state.is_string()) {
            history.replace_state_with_url(&JsValue::NULL, "", path.as_deref())
        } else {
            history.push_state_with_url(&JsValue::NULL, "", path.as_deref())
        };
    }
}

/// The room of the address, and the seq of the message that it names.
pub fn current() -> Option<(RoomName, Option<u64>)> {
    parse(&window().location().pathname().ok()?)
}

/// The room of a path, and the seq of the message that it names.
pub fn parse(path: &str) -> Option<(RoomName, Option<u64>)> {
    let (mark, rest) = match (path.strip_prefix("/r/"), path.strip_prefix("/p/")) {
        (Some(rest), _) => ("", rest),
        (_, Some(rest)) => ("~", rest),
        _ => return Some((RoomName::default(), None)),
    };
    let (name, seq) = rest.split_once('/').unwrap_or((rest, ""));
    let name = js_sys::decode_uri_component(name).ok()?;
    Some((RoomName::parse(&[mark, &String::from(name)].concat()).ok()?, seq.parse().ok()))
}

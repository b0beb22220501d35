//! The page's address: it names the room that is shown, and "back" and "forward" go from room to room.

use leptos::prelude::*;
use parlor::RoomName;
use parlor_app::Session;
use wasm_bindgen::JsValue;

/// Goes to the room that the address names, whenever the reader goes back or forward.
pub fn watch(session: Session) {
    if names_more() {
        session.input(|client, _| client.addressed());
    }
    window_event_listener_untyped("popstate", move |_| {
        if let Some((room, _)) = place() {
            session.input(|client, _| client.arrive(&room, names_more()));
        }
    });
}

/// Makes the address that of this room, without a step that "back" would undo.
pub fn replace(room: &RoomName) {
    if let Ok(history) = window().history() {
        // What is open stays open.
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(&room.path()));
    }
}

// Whether it names a message or a page of the past.
fn names_more() -> bool {
    let location = window().location();
    let parts = [location.search(), location.hash()].map(Result::unwrap_or_default);
    parts.iter().any(|part| !part.is_empty()) || place().is_some_and(|(_, seq)| seq.is_some())
}

/// Makes the address that of this room.
pub fn visit(room: &RoomName) {
    if let Ok(history) = window().history() {
        let path = Some(room.path());
        // Where something was open when the room was chosen, there is no need to come back to.
        let _ = if history.state().is_ok_and(|state| state.is_string()) {
            history.replace_state_with_url(&JsValue::NULL, "", path.as_deref())
        } else {
            history.push_state_with_url(&JsValue::NULL, "", path.as_deref())
        };
    }
}

/// The room that it names, and the message in it.
pub fn place() -> Option<(RoomName, Option<u64>)> {
    place_of(&window().location().pathname().ok()?)
}

/// The room and the message that a path names.
pub fn place_of(path: &str) -> Option<(RoomName, Option<u64>)> {
    let Some(rest) = path.strip_prefix("/r/") else { return Some((RoomName::default(), None)) };
    let (name, seq) = rest.split_once('/').unwrap_or((rest, ""));
    let name = js_sys::decode_uri_component(name).ok()?;
    Some((RoomName::parse(&String::from(name)).ok()?, seq.parse().ok()))
}

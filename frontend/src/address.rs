//! The page's address: it names the room that is shown, and "back" and "forward" go from room to room.

use leptos::prelude::*;
use parlor::RoomName;
use parlor_app::Session;
use wasm_bindgen::JsValue;

/// Goes to the room that the address names, whenever the reader goes back or forward.
pub fn watch(session: Session) {
    window_event_listener_untyped("popstate", move |_| {
        if let Some(room) = room() {
            session.input(|client, _| client.enter(&room, false));
        }
    });
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

/// The room that it names.
pub fn room() -> Option<RoomName> {
    let path = window().location().pathname().ok()?;
    let Some(rest) = path.strip_prefix("/r/") else { return Some(RoomName::default()) };
    let name = rest.split('/').next().unwrap_or_default();
    let name = js_sys::decode_uri_component(name).ok()?;
    RoomName::parse(&String::from(name)).ok()
}

/// The message that it names.
pub fn seq() -> Option<u64> {
    let path = window().location().pathname().ok()?;
    path.strip_prefix("/r/")?.split_once('/')?.1.parse().ok()
}

//! Whether the page is visible, whether the reader uses it, and whether the device has a network.

use js_sys::Reflect;
use leptos::prelude::*;
use parlor_app::ChatHandle;
use web_sys::VisibilityState;

use crate::replicas;

/// Whether the reader has asked the browser to save data.
pub fn saves_data() -> bool {
    let connection = Reflect::get(&window().navigator(), &"connection".into());
    connection.and_then(|connection| Reflect::get(&connection, &"saveData".into())).is_ok_and(|saves| saves.is_truthy())
}

/// Whether the page is visible.
pub fn is_visible() -> bool {
    document().visibility_state() != VisibilityState::Hidden
}

/// Reports all of it to the chat for as long as the page lives.
pub fn watch(chat: ChatHandle) {
    let look = move || {
        chat.input(|client, at| client.set_visible(is_visible(), at));
    };
    look();
    let on_look = move |_| look();
    window_event_listener_untyped("focus", on_look);
    window_event_listener_untyped("visibilitychange", on_look);
    window_event_listener_untyped("pageshow", move |_| {
        replicas::resume();
        look();
    });
    // The last event of a page. It comes before or after the page is hidden.
    window_event_listener_untyped("pagehide", move |_| {
        replicas::suspend();
        chat.input(|client, at| client.set_visible(false, at));
    });
    // These events come often, and change one number.
    for event in ["pointerdown", "keydown", "wheel"] {
        window_event_listener_untyped(event, move |_| chat.on_activity());
    }
    // There is no event for a device that has no network from the start.
    if !window().navigator().on_line() {
        chat.input(|client, at| client.on_network_change(false, at));
    }
    for (event, online) in [("online", true), ("offline", false)] {
        window_event_listener_untyped(event, move |_| chat.input(|client, at| client.on_network_change(online, at)));
    }
}

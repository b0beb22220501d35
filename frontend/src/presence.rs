//! Whether the reader looks at the page or does something there, and whether the device has a network.

use js_sys::Reflect;
use leptos::prelude::*;
use parlor_app::Session;
use web_sys::VisibilityState;

use crate::replicas;

/// Whether the reader has asked their browser to spare data.
pub fn is_sparing() -> bool {
    let connection = Reflect::get(&window().navigator(), &"connection".into());
    connection.and_then(|connection| Reflect::get(&connection, &"saveData".into())).is_ok_and(|saves| saves.is_truthy())
}

/// Whether the page is shown.
pub fn is_visible() -> bool {
    document().visibility_state() != VisibilityState::Hidden
}

/// Tells the session for as long as the page lives.
pub fn watch(session: Session) {
    let look = move || {
        session.input(|client, at| client.visible(is_visible(), at));
    };
    look();
    let on_look = move |_| look();
    window_event_listener_untyped("focus", on_look);
    window_event_listener_untyped("visibilitychange", on_look);
    window_event_listener_untyped("pageshow", move |_| {
        replicas::come_back();
        look();
    });
    // It comes before or after the page is hidden, and is the last moment at which anything is done.
    window_event_listener_untyped("pagehide", move |_| {
        replicas::leave();
        session.input(|client, at| client.visible(false, at));
    });
    // Scrolling and typing tell of somebody, and come often: what they change is a number.
    for event in ["pointerdown", "keydown", "wheel"] {
        window_event_listener_untyped(event, move |_| session.active());
    }
    // Nothing happens where there was no network from the start.
    if !window().navigator().on_line() {
        session.input(|client, at| client.network(false, at));
    }
    for (event, online) in [("online", true), ("offline", false)] {
        window_event_listener_untyped(event, move |_| session.input(|client, at| client.network(online, at)));
    }
}

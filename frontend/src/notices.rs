//! Notifications by the browser, of what is meant for the reader while they look elsewhere.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use parlor::RoomName;
use parlor_app::{session::Alerts, state::client::Notice, words::fill};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioContext, Notification, NotificationOptions, NotificationPermission};

use crate::browser;

/// Characters of a message that a notification shows.
const TEXT_CHARS: usize = 200;

/// How long a tone lasts, in seconds, and from how loud it falls to how silent, of 1.
const RINGS_S: f64 = 0.3;
const LOUD: f32 = 0.08;
const SILENT: f32 = 0.001;

thread_local! {
    // Those that are shown, with their rooms.
    static SHOWN: RefCell<Vec<(RoomName, Notification)>> = const { RefCell::new(Vec::new()) };
}

/// Whether the browser lets the page notify its reader.
pub fn alerts() -> Alerts {
    let window = window();
    let known = Reflect::has(&window, &"Notification".into()).unwrap_or(false);
    if !window.is_secure_context() || !known {
        return Alerts::Insecure;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Alerts::Allowed,
        NotificationPermission::Denied => Alerts::Denied,
        _ => Alerts::Unasked,
    }
}

/// Asks the reader. Browsers show the question only inside a click.
pub fn ask() {
    // What is answered is asked of the browser when it matters.
    let _: Result<Promise, _> = Notification::request_permission();
}

/// Shows one. Tabs of one browser that show the same show it once: it has a name.
pub fn show(notice: &Notice, title: &str) {
    if alerts() != Alerts::Allowed {
        return;
    }
    if notice.sound {
        // A browser that lets no page sound that nobody has touched keeps silent: that is as it should be.
        let _ = ring();
    }
    let options = NotificationOptions::new();
    let text: String = notice.text.chars().take(TEXT_CHARS).collect();
    options.set_body(&text);
    options.set_tag(&format!("{}/{}", notice.room, notice.seq));
    let title = fill(title, &[&notice.from, notice.room.as_str()]);
    // Some phones know notifications of service workers only.
    let Ok(notification) = Notification::new_with_options(&title, &options) else { return };
    let (room, seq) = (notice.room.clone(), notice.seq);
    let go = Closure::once_into_js(move || {
        let _ = window().focus();
        browser::input(move |client, _| client.visit(&room, seq));
    });
    notification.set_onclick(Some(go.unchecked_ref()));
    SHOWN.with_borrow_mut(|shown| shown.push((notice.room.clone(), notification)));
}

// Two short, soft tones.
fn ring() -> Result<(), JsValue> {
    let context = AudioContext::new()?;
    let start = context.current_time();
    for (pitch, at) in [(660.0, 0.0), (880.0, 0.12)] {
        let (tone, gain) = (context.create_oscillator()?, context.create_gain()?);
        tone.frequency().set_value(pitch);
        gain.gain().set_value_at_time(LOUD, start + at)?;
        gain.gain().exponential_ramp_to_value_at_time(SILENT, start + at + RINGS_S)?;
        tone.connect_with_audio_node(&gain)?.connect_with_audio_node(&context.destination())?;
        tone.start_with_when(start + at)?;
        tone.stop_with_when(start + at + RINGS_S)?;
    }
    Ok(())
}

/// What was shown of this room has been seen, here or elsewhere.
pub fn withdraw(room: &RoomName) {
    SHOWN.with_borrow_mut(|shown| {
        shown.retain(|(of, notification)| {
            let seen = of == room;
            if seen {
                notification.close();
            }
            !seen
        });
    });
}

/// Shows a number at the app's picture, where the browser has one.
pub fn badge(unseen: usize) {
    let navigator = window().navigator();
    let set = Reflect::get(&navigator, &"setAppBadge".into()).ok().and_then(|set| set.dyn_into::<Function>().ok());
    let answer = set.and_then(|set| set.call1(&navigator, &(unseen as u32).into()).ok());
    if let Some(answer) = answer.and_then(|answer| answer.dyn_into::<Promise>().ok()) {
        // Where it may not, nothing is lost; but what nobody hears of would be an error in the console.
        spawn_local(async { drop(JsFuture::from(answer).await) });
    }
}

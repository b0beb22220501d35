//! Notifications about messages that the reader does not see.
//!
//! With an active service worker they are shown through its registration: browsers on Android allow nothing else, and
//! such a notification can be clicked when no page is open. Pages without a worker use the constructor.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use parlor::RoomName;
use parlor_app::{
    ChatHandle,
    i18n::fill,
    platform::NotificationPermission,
    room_name,
    state::effect::NotificationRequest,
    task::{ignore, spawn},
};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, Notification, NotificationOptions, ServiceWorkerRegistration};

use crate::worker;

/// Longest text of a notification, in characters.
const TEXT_CHARS: usize = 200;

/// The length of a tone in seconds, and the volumes between which it falls, from 0 to 1.
const TONE_S: f64 = 0.3;
const START_VOLUME: f32 = 0.08;
const END_VOLUME: f32 = 0.001;

thread_local! {
    // Notifications made by the constructor. The browser lists those of the worker's registration only.
    static CONSTRUCTED: RefCell<Vec<Notification>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    // Returns nothing in old browsers.
    #[wasm_bindgen(catch, js_namespace = ["Notification"], js_name = requestPermission)]
    fn request_permission_of_browser() -> Result<JsValue, JsValue>;
}

/// Whether the browser lets the page show notifications.
pub fn permission() -> NotificationPermission {
    let window = window();
    let class = Reflect::get(&window, &"Notification".into());
    let value = class.and_then(|class| Reflect::get(&class, &"permission".into()));
    match value.ok().and_then(|permission| permission.as_string()).as_deref() {
        Some(permission) if window.is_secure_context() => match permission {
            "granted" => NotificationPermission::Granted,
            "denied" => NotificationPermission::Denied,
            _ => NotificationPermission::Default,
        },
        _ => NotificationPermission::Insecure,
    }
}

/// Asks the reader for permission. Browsers show the question only during a click.
pub fn request_permission() {
    // The answer is read from the browser when it is needed.
    if let Ok(answer) = request_permission_of_browser() {
        ignore(Promise::resolve(&answer));
    }
}

/// Shows a notification. Tabs of one browser show one per message: its tag is `ROOM/SEQ`.
pub fn show(chat: ChatHandle, request: NotificationRequest) {
    if permission() != NotificationPermission::Granted {
        return;
    }
    if request.sound {
        // Browsers play no sound for a page without user interaction.
        let _ = play_tones();
    }
    let title = fill(chat.texts.notice(), &[&request.from, &request.label]);
    spawn(async move {
        let _ = display(chat, &request, &title).await;
        // The message may have been read while the browser prepared the notification.
        if chat.input(|client, _| client.has_read(&request.room, request.seq)) {
            close(&request.room, request.seq);
        }
    });
}

async fn display(chat: ChatHandle, request: &NotificationRequest, title: &str) -> Result<(), JsValue> {
    let (room, seq) = (request.room.clone(), request.seq);
    let options = NotificationOptions::new();
    let text: String = request.text.chars().take(TEXT_CHARS).collect();
    options.set_body(&text);
    options.set_tag(&format!("{room}/{seq}"));
    // The path that a click opens. The worker reads it.
    options.set_data(&room_name::path_below(&room, &seq.to_string()).into());
    let by_worker = async |registration: ServiceWorkerRegistration| {
        JsFuture::from(registration.show_notification_with_options(title, &options)?).await.map(drop)
    };
    let registration = worker::registration().await;
    if let Some(active) = registration.clone().filter(|registration| registration.active().is_some())
        && by_worker(active).await.is_ok()
    {
        return Ok(());
    }
    let Ok(notification) = Notification::new_with_options(title, &options) else {
        // Only a worker may show it, and the worker may still be installing.
        registration.ok_or(JsValue::NULL)?;
        return by_worker(worker::active_registration().await.ok_or(JsValue::NULL)?).await;
    };
    let go = Closure::once_into_js(move || {
        let _ = window().focus();
        chat.input(move |client, _| client.show_message(&room, seq));
    });
    notification.set_onclick(Some(go.unchecked_ref()));
    CONSTRUCTED.with_borrow_mut(|constructed| constructed.push(notification));
    Ok(())
}

// Two short, soft tones.
fn play_tones() -> Result<(), JsValue> {
    let context = AudioContext::new()?;
    let start = context.current_time();
    for (pitch, at) in [(660.0, 0.0), (880.0, 0.12)] {
        let (tone, gain) = (context.create_oscillator()?, context.create_gain()?);
        tone.frequency().set_value(pitch);
        gain.gain().set_value_at_time(START_VOLUME, start + at)?;
        gain.gain().exponential_ramp_to_value_at_time(END_VOLUME, start + at + TONE_S)?;
        tone.connect_with_audio_node(&gain)?.connect_with_audio_node(&context.destination())?;
        tone.start_with_when(start + at)?;
        tone.stop_with_when(start + at + TONE_S)?;
    }
    Ok(())
}

/// Closes the notifications of a room's messages up to a seq: the reader has seen them, here or elsewhere.
pub fn close(room: &RoomName, up_to: u64) {
    if permission() != NotificationPermission::Granted {
        return;
    }
    let room = room.clone();
    let close_seen = move |notification: &Notification| {
        let tag = notification.tag().unwrap_or_default();
        let place = tag.rsplit_once('/').and_then(|(room, seq)| Some((room, seq.parse::<u64>().ok()?)));
        let seen = place.is_some_and(|(of, seq)| of == room.as_str() && seq <= up_to);
        if seen {
            notification.close();
        }
        seen
    };
    CONSTRUCTED.with_borrow_mut(|constructed| constructed.retain(|notification| !close_seen(notification)));
    spawn(async move {
        let listed = worker::registration().await.and_then(|registration| registration.get_notifications().ok());
        let Some(listed) = listed else { return };
        if let Ok(listed) = JsFuture::from(listed).await {
            for notification in Array::from(&listed) {
                close_seen(notification.unchecked_ref());
            }
        }
    });
}

/// Sets the number on the icon of the installed app, in browsers that have one.
pub fn set_badge(count: usize) {
    let navigator = window().navigator();
    let set = Reflect::get(&navigator, &"setAppBadge".into()).ok().and_then(|set| set.dyn_into::<Function>().ok());
    let answer = set.and_then(|set| set.call1(&navigator, &(count as u32).into()).ok());
    if let Some(answer) = answer.and_then(|answer| answer.dyn_into::<Promise>().ok()) {
        // A rejection loses nothing.
        ignore(answer);
    }
}

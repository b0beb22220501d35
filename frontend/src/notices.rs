//! Notifications by the browser, of what is meant for the reader while they look elsewhere.
//!
//! Where a service worker is active they are shown through its registration: browsers on Android allow nothing else, and
//! such a notification can be clicked when no page is open any more. The constructor serves pages without a worker.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use parlor::RoomName;
use parlor_app::{
    session::Alerts,
    state::client::Notice,
    task::{ignore, spawn},
    words::fill,
};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, Notification, NotificationOptions, ServiceWorkerRegistration};

use crate::{browser, worker};

/// Characters of a message that a notification shows.
const TEXT_CHARS: usize = 200;

/// How long a tone lasts, in seconds, and from how loud it falls to how silent, of 1.
const RINGS_S: f64 = 0.3;
const LOUD: f32 = 0.08;
const SILENT: f32 = 0.001;

thread_local! {
    // Notifications made by the constructor. The browser lists only those of the worker's registration.
    static CONSTRUCTED: RefCell<Vec<Notification>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    // In old browsers it returns nothing.
    #[wasm_bindgen(catch, js_namespace = ["Notification"], js_name = requestPermission)]
    fn request_permission() -> Result<JsValue, JsValue>;
}

/// Whether the browser lets the page notify its reader.
pub fn alerts() -> Alerts {
    let window = window();
    let class = Reflect::get(&window, &"Notification".into());
    let permission = class.and_then(|class| Reflect::get(&class, &"permission".into()));
    match permission.ok().and_then(|permission| permission.as_string()).as_deref() {
        Some(permission) if window.is_secure_context() => match permission {
            "granted" => Alerts::Allowed,
            "denied" => Alerts::Denied,
            _ => Alerts::Unasked,
        },
        _ => Alerts::Insecure,
    }
}

/// Asks the reader. Browsers show the question only inside a click.
pub fn ask() {
    // The answer is read from the browser whenever it matters.
    if let Ok(answer) = request_permission() {
        ignore(Promise::resolve(&answer));
    }
}

/// Shows one. Tabs of one browser that show the same message show it once: its tag is `ROOM/SEQ`.
pub fn show(notice: Notice, title: &str) {
    if alerts() != Alerts::Allowed {
        return;
    }
    if notice.sound {
        // Browsers play no sound for a page that nobody has interacted with.
        let _ = ring();
    }
    let title = fill(title, &[&notice.from, notice.room.as_str()]);
    spawn(async move {
        let _ = display(&notice, &title).await;
        // It may have been read while the browser was busy showing it.
        if browser::input(|client, _| client.has_read(&notice.room, notice.seq)) {
            withdraw(&notice.room, notice.seq);
        }
    });
}

async fn display(notice: &Notice, title: &str) -> Result<(), JsValue> {
    let (room, seq) = (notice.room.clone(), notice.seq);
    let options = NotificationOptions::new();
    let text: String = notice.text.chars().take(TEXT_CHARS).collect();
    options.set_body(&text);
    options.set_tag(&format!("{room}/{seq}"));
    // Where a click leads. The worker reads it.
    options.set_data(&format!("/r/{room}/{seq}").into());
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
        // Only a worker may show it, and the worker is still being installed, if there is to be one.
        registration.ok_or(JsValue::NULL)?;
        return by_worker(worker::active_registration().await.ok_or(JsValue::NULL)?).await;
    };
    let go = Closure::once_into_js(move || {
        let _ = window().focus();
        browser::input(move |client, _| client.visit(&room, seq));
    });
    notification.set_onclick(Some(go.unchecked_ref()));
    CONSTRUCTED.with_borrow_mut(|constructed| constructed.push(notification));
    Ok(())
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

/// Closes the notifications of a room's messages up to a seq: they have been seen, here or elsewhere.
pub fn withdraw(room: &RoomName, up_to: u64) {
    if alerts() != Alerts::Allowed {
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

/// Shows a number at the app's picture, where the browser has one.
pub fn badge(unseen: usize) {
    let navigator = window().navigator();
    let set = Reflect::get(&navigator, &"setAppBadge".into()).ok().and_then(|set| set.dyn_into::<Function>().ok());
    let answer = set.and_then(|set| set.call1(&navigator, &(unseen as u32).into()).ok());
    if let Some(answer) = answer.and_then(|answer| answer.dyn_into::<Promise>().ok()) {
        // Where it may not, nothing is lost.
        ignore(answer);
    }
}

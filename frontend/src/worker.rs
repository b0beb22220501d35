//! The service worker: it opens the page without a network, and shows its notifications.
//!
//! Pages over plain HTTP have no service workers, and browsers may deny them: reading `navigator.serviceWorker` may
//! throw, as may every call. Errors end here; the page then works without.

use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use parlor_app::{ChatHandle, task::ignore};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventTarget, ServiceWorkerRegistration};

use crate::address;

const SCRIPT: &str = "/service-worker.js";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "serviceWorker"])]
    fn register(script: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["navigator", "serviceWorker"], js_name = getRegistration)]
    fn get_registration() -> Result<Promise, JsValue>;
}

/// Registers the worker. The browser then also looks for a newer version.
pub fn start() {
    if let Ok(started) = register(SCRIPT) {
        // If the browser denies it, the page needs a network to open.
        ignore(started);
    }
}

/// The page's registration, if it has one. Its worker may not be active yet.
pub async fn registration() -> Option<ServiceWorkerRegistration> {
    JsFuture::from(get_registration().ok()?).await.ok()?.dyn_into().ok()
}

/// The registration once its worker is active. It never resolves if no worker becomes so.
pub async fn active_registration() -> Option<ServiceWorkerRegistration> {
    let ready = Reflect::get(container()?.as_ref(), &"ready".into()).ok()?;
    JsFuture::from(ready.dyn_into::<Promise>().ok()?).await.ok()?.dyn_into().ok()
}

/// Shows the message of a clicked notification. The worker posts its path to one of the open pages.
pub fn watch(chat: ChatHandle) {
    let Some(container) = container() else { return };
    let show = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let path = Reflect::get(&event, &"data".into()).ok().and_then(|path| path.as_string());
        if let Some((room, Some(seq))) = path.as_deref().and_then(address::parse) {
            chat.input(|client, _| client.show_message(&room, seq));
        }
    });
    let _ = container.add_event_listener_with_callback("message", show.into_js_value().unchecked_ref());
}

fn container() -> Option<EventTarget> {
    Reflect::get(&window().navigator(), &"serviceWorker".into()).ok()?.dyn_into().ok()
}

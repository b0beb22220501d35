//! The service worker: the page opens by it without a network, and shows notifications through it.
//!
//! Pages that came by plain HTTP have no service workers, and browsers may deny them: reading `navigator.serviceWorker`
//! may throw, and so may every call. None of that reaches the page.

use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use parlor_app::{Session, task::ignore};
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

/// Has the browser run it, and look whether there is a newer one.
pub fn start() {
    if let Ok(started) = register(SCRIPT) {
        // A worker that the browser denies means that the page needs the network.
        ignore(started);
    }
}

/// The page's registration, if it has one. Its worker may still be on its way.
pub async fn registration() -> Option<ServiceWorkerRegistration> {
    JsFuture::from(get_registration().ok()?).await.ok()?.dyn_into().ok()
}

/// The registration once its worker is active. It never resolves if no worker becomes so.
pub async fn active_registration() -> Option<ServiceWorkerRegistration> {
    let ready = Reflect::get(container()?.as_ref(), &"ready".into()).ok()?;
    JsFuture::from(ready.dyn_into::<Promise>().ok()?).await.ok()?.dyn_into().ok()
}

/// Goes to the message of a notification that was clicked, whose path the worker posts to one of the open pages.
pub fn watch(session: Session) {
    let Some(container) = container() else { return };
    let visit = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let path = Reflect::get(&event, &"data".into()).ok().and_then(|path| path.as_string());
        if let Some((room, Some(seq))) = path.as_deref().and_then(address::place_of) {
            session.input(|client, _| client.visit(&room, seq));
        }
    });
    let _ = container.add_event_listener_with_callback("message", visit.into_js_value().unchecked_ref());
}

fn container() -> Option<EventTarget> {
    Reflect::get(&window().navigator(), &"serviceWorker".into()).ok()?.dyn_into().ok()
}

//! The service worker, by which the page opens without a network.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

const SCRIPT: &str = "/service-worker.js";

/// Has the browser run it, and look whether there is a newer one. Pages that came unsafely have none, and browsers may
/// deny it: then the page needs the network.
pub fn start() {
    let navigator = window().navigator();
    if window().is_secure_context() && Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false) {
        let started = navigator.service_worker().register(SCRIPT);
        spawn_local(async { drop(JsFuture::from(started).await) });
    }
}

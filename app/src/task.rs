//! Asynchronous tasks in the browser.
//!
//! Rust compiles a task for each type of future. Here all futures are boxed, so there is one type.

use std::pin::Pin;

use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Spawns a future on the browser's event loop.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    spawn_local(future);
}

/// Awaits a promise and ignores its result. Without this, a rejection would be reported as an error in the console.
pub fn ignore(promise: impl Into<JsFuture>) {
    let promise = promise.into();
    spawn(async { drop(promise.await) });
}

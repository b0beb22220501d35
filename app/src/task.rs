//! What goes on beside all else.
//!
//! A task is compiled for each type of future, so there is one type for all of them.

use std::pin::Pin;

use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Runs a future until it is done.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    spawn_local(future);
}

/// Waits for a promise whose outcome matters to nobody. If nobody waited, its failure would be an error in the console.
pub fn ignore(promise: impl Into<JsFuture>) {
    let promise = promise.into();
    spawn(async { drop(promise.await) });
}

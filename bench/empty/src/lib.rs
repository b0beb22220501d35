//! A Leptos page with one button: the minimal cost of any Leptos page, for `bin/first-visit`.

use leptos::prelude::*;

/// A heading, and a button that counts its clicks.
#[component]
pub fn Empty() -> impl IntoView {
    let count = RwSignal::new(0);
    view! {
        <h1>"Empty"</h1>
        <button on:click=move |_| count.update(|count| *count += 1)>{count}</button>
    }
}

/// Hydrates the page, and sets the performance mark `alive`.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(|| {
        Effect::new(|| {
            let _ = window().performance().map(|performance| performance.mark("alive"));
        });
        Empty()
    });
}

//! Observers of the size and the content of the timeline.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, MutationObserver, MutationObserverInit, ResizeObserver};

/// Calls `on_resize` when the viewport changes its size, and `on_change` when the rows or their sizes change, for as
/// long as the page exists. Both run before the browser paints.
pub(super) fn observe(
    viewport: &HtmlElement,
    rows: &HtmlElement,
    on_resize: impl FnMut() + 'static,
    on_change: impl FnMut() + 'static,
) {
    let on_resize = Closure::<dyn FnMut()>::new(on_resize);
    let on_change = Closure::<dyn FnMut()>::new(on_change);
    let callback = on_change.as_ref().unchecked_ref();
    if let (Ok(viewport_size), Ok(rows_size), Ok(mutations)) = (
        ResizeObserver::new(on_resize.as_ref().unchecked_ref()),
        ResizeObserver::new(callback),
        MutationObserver::new(callback),
    ) {
        viewport_size.observe(viewport);
        // Rows may grow without a mutation, for example with a larger font.
        if let Some(content) = rows.parent_element() {
            rows_size.observe(&content);
        }
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_character_data(true);
        options.set_attributes(true);
        options.set_subtree(true);
        let _ = mutations.observe_with_options(rows, &options);
        // All of them live as long as the page.
        std::mem::forget((viewport_size, rows_size, mutations));
        on_resize.forget();
        on_change.forget();
    }
}

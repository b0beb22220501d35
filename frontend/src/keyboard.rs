//! The on-screen keyboard. Browsers that do not support `interactive-widget` lay it over the page; there the page sets
//! its own height to that of the visual viewport.

use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlElement;

/// Largest difference in pixels between the heights of visual viewport and window without a keyboard, from rounding.
const ROUNDING: f64 = 1.0;

/// Adjusts the height of the page whenever the visual viewport changes.
pub fn watch() {
    let Some(viewport) = window().visual_viewport() else { return };
    let adjust = {
        let viewport = viewport.clone();
        Closure::<dyn FnMut()>::new(move || {
            let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
            // A zoomed page has a smaller visual viewport without a keyboard.
            let covered = viewport.scale() <= 1.0 && viewport.height() + ROUNDING < height;
            let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
            let Some(style) = root.map(|root| web_sys::HtmlElement::style(&root)) else { return };
            if covered {
                let _ = style.set_property("--seen", &format!("{}px", viewport.height() as i32));
                // The browser has scrolled the page up to show the text box, which is in view now anyway.
                window().scroll_to_with_x_and_y(0.0, 0.0);
            } else {
                let _ = style.remove_property("--seen");
            }
        })
    };
    let adjust: Function = adjust.into_js_value().unchecked_into();
    viewport.set_onresize(Some(&adjust));
    viewport.set_onscroll(Some(&adjust));
}

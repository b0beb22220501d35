//! The keyboard on the glass. Where it lies over the page instead of making it smaller (`interactive-widget` is not known
//! everywhere), the page makes itself as high as what can be seen.

use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlElement;

/// Pixels by which what is seen may differ from the window without a keyboard: rounding.
const ROUNDING: f64 = 1.0;

/// Follows it for as long as the page lives.
pub fn watch() {
    let Some(seen) = window().visual_viewport() else { return };
    let follow = {
        let seen = seen.clone();
        Closure::<dyn FnMut()>::new(move || {
            let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
            // Zoomed in, what is seen is smaller without a keyboard.
            let covered = seen.scale() <= 1.0 && seen.height() + ROUNDING < height;
            let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
            let Some(style) = root.map(|root| web_sys::HtmlElement::style(&root)) else { return };
            if covered {
                let _ = style.set_property("--seen", &format!("{}px", seen.height() as i32));
                // The browser has pushed the page up to show the text box, which now is in view anyway.
                window().scroll_to_with_x_and_y(0.0, 0.0);
            } else {
                let _ = style.remove_property("--seen");
            }
        })
    };
    let follow: Function = follow.into_js_value().unchecked_into();
    seen.set_onresize(Some(&follow));
    seen.set_onscroll(Some(&follow));
}

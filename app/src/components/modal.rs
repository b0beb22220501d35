//! Modal elements: while one is open, nothing else on the page can be reached by pointer, Tab or a screen reader.
//!
//! Modal elements are the emoji picker, a sheet, and a side that is a drawer (the scrim is visible then). Everything
//! else is `inert`. Tab wraps around inside: otherwise it would leave for the browser's own controls.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, Node};

use crate::dom::{all, find};

/// A selector for elements that Tab may reach. Hidden ones and unchecked radio buttons are filtered out later.
const TABBABLE: &str = "a[href], button, input, textarea, [tabindex='0']";

/// Returns the topmost modal element.
pub(super) fn topmost() -> Option<HtmlElement> {
    find(".picker").or_else(|| find(".sheet")).or_else(|| {
        find(".scrim").filter(|scrim| is_visible(scrim))?;
        find(".show-rooms .rooms, .show-people .people, .show-search .search")
    })
}

/// Makes everything outside of `top` inert. With `None` nothing is inert.
pub(super) fn set_inert_outside(top: Option<&HtmlElement>) {
    let Some(app) = find(".app") else { return };
    let children = app.children();
    for child in (0..children.length()).filter_map(|index| children.item(index)) {
        // The elements that close it with a click, and the live region, stay usable.
        let stays = top.is_none_or(|top| contains(&child, top)) || matches(&child, ".scrim, .veil, [aria-live]");
        let _ = child.toggle_attribute_with_force("inert", !stays);
    }
}

/// Keeps Tab inside of the modal element. Returns whether it moved the focus.
pub(super) fn wrap_focus(backward: bool) -> bool {
    let Some(top) = topmost() else { return false };
    let mut tabbable = all(&top, TABBABLE);
    tabbable.retain(is_tabbable);
    let focus = document().active_element().filter(|focus| contains(&top, focus));
    let at = focus.as_ref().and_then(|focus| tabbable.iter().position(|other| is_same(other, focus)));
    let next = match at {
        Some(0) if backward => tabbable.last(),
        Some(at) if !backward && at + 1 == tabbable.len() => tabbable.first(),
        Some(_) => return false,
        // The focus is on its heading or the drawer itself: the first control follows.
        None if backward => tabbable.last(),
        None => tabbable.first(),
    };
    // Without any control inside, the focus stays.
    if let Some(next) = next {
        let _ = next.focus();
    }
    true
}

// In a group of radio buttons Tab reaches the checked one.
fn is_tabbable(element: &HtmlElement) -> bool {
    let input = element.dyn_ref::<HtmlInputElement>();
    let skipped = input.is_some_and(|input| input.type_() == "radio" && !input.checked());
    !skipped && element.tab_index() >= 0 && is_visible(element)
}

/// Whether an element is in the document and has a size.
pub(super) fn is_visible(element: &Element) -> bool {
    let rect = element.get_bounding_client_rect();
    rect.width() > 0.0 || rect.height() > 0.0
}

/// Whether `outer` is `inner` or an ancestor of it.
pub(super) fn contains(outer: &Element, inner: &Element) -> bool {
    AsRef::<Node>::as_ref(outer).contains(Some(inner.as_ref()))
}

/// Whether both are the same element.
pub(super) fn is_same(one: &Element, other: &Element) -> bool {
    AsRef::<Node>::as_ref(one).is_same_node(Some(other.as_ref()))
}

fn matches(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or(false)
}

//! What is open over the page: while it is there, nothing else can be reached, by pointer, by Tab or by a screen reader.
//!
//! That is the picker of emoji, a sheet, or a side that is a drawer: one that has put the scrim over the page. All else is
//! `inert`, in every browser; Tab goes around its ends, since beyond them are the browser's own controls.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, Node};

use crate::live::{all, find};

/// What Tab reaches, before those are left out that are not shown or not the chosen one of a group.
const REACHABLE: &str = "a[href], button, input, textarea, [tabindex='0']";

/// What is open over everything else.
pub(super) fn topmost() -> Option<HtmlElement> {
    find(".picker").or_else(|| find(".sheet")).or_else(|| {
        find(".scrim").filter(|scrim| is_drawn(scrim))?;
        find(".show-rooms .rooms, .show-people .people, .show-search .search")
    })
}

/// Leaves this alone within reach; without it everything is.
pub(super) fn isolate(top: Option<&HtmlElement>) {
    let Some(app) = find(".app") else { return };
    let children = app.children();
    for child in (0..children.length()).filter_map(|index| children.item(index)) {
        // What closes it by a click, and what speaks.
        let stays = top.is_none_or(|top| contains(&child, top)) || matches(&child, ".scrim, .veil, [aria-live]");
        let _ = child.toggle_attribute_with_force("inert", !stays);
    }
}

/// Keeps Tab inside of what is open over the page. Returns whether it moved the focus.
pub(super) fn wrap_focus(backward: bool) -> bool {
    let Some(top) = topmost() else { return false };
    let mut reachable = all(&top, REACHABLE);
    reachable.retain(is_reachable);
    let focus = document().active_element().filter(|focus| contains(&top, focus));
    let at = focus.as_ref().and_then(|focus| reachable.iter().position(|other| is_same(other, focus)));
    let next = match at {
        Some(0) if backward => reachable.last(),
        Some(at) if !backward && at + 1 == reachable.len() => reachable.first(),
        Some(_) => return false,
        // Its heading, or the drawer itself: the first control comes after it.
        None if backward => reachable.last(),
        None => reachable.first(),
    };
    // Where there is nothing to reach inside, the focus stays.
    if let Some(next) = next {
        let _ = next.focus();
    }
    true
}

// Of the options of a group Tab reaches the chosen one.
fn is_reachable(element: &HtmlElement) -> bool {
    let input = element.dyn_ref::<HtmlInputElement>();
    let skipped = input.is_some_and(|input| input.type_() == "radio" && !input.checked());
    !skipped && element.tab_index() >= 0 && is_drawn(element)
}

/// Whether an element is in the document and takes a place there.
pub(super) fn is_drawn(element: &Element) -> bool {
    let place = element.get_bounding_client_rect();
    place.width() > 0.0 || place.height() > 0.0
}

/// Whether an element is another one or around it.
pub(super) fn contains(outer: &Element, inner: &Element) -> bool {
    AsRef::<Node>::as_ref(outer).contains(Some(inner.as_ref()))
}

/// Whether both are one element.
pub(super) fn is_same(one: &Element, other: &Element) -> bool {
    AsRef::<Node>::as_ref(one).is_same_node(Some(other.as_ref()))
}

fn matches(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or(false)
}

//! Keeps what the reader has done on HTML that is replaced: typed text, selection, focus and scroll positions.

use leptos::prelude::document;
use parlor_app::dom::all;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

/// Attributes that identify an element in both versions of the page. The first one that the element has is used.
const ATTRIBUTES: [&str; 7] = ["id", "name", "href", "data-act", "data-do", "role", "class"];

/// Replaces `old`, which is in the document, by `new`, which is not.
///
/// The focus moves while both are in the document, so that the keyboard of a phone stays open.
pub fn carry_over(old: &Element, new: &Element) {
    let scrolled: Vec<_> = all(old, "*").iter().filter_map(|element| scroll_position(element)).collect();
    let Some(parent) = old.parent_node() else { return };
    let _ = parent.insert_before(new, Some(old));
    for field in all(old, "input:not([type=hidden]), textarea") {
        carry_text(&field, new);
    }
    let focused = document().active_element().filter(|focused| old.contains(Some(focused)));
    if let Some(focused) = focused.and_then(|focused| counterpart(&selector(&focused), new)) {
        let _ = focused.focus();
    }
    old.remove();
    for (selector, top) in scrolled {
        if let Some(element) = counterpart(&selector, new) {
            element.set_scroll_top(top);
        }
    }
}

/// Copies the text and the selection of a field that somebody has typed in.
fn carry_text(old: &Element, new: &Element) {
    // Both kinds of fields have these properties, and JavaScript looks them up by name.
    let old_field: &HtmlTextAreaElement = old.unchecked_ref();
    let Some(new_field) = counterpart(&selector(old), new) else { return };
    let new_field: &HtmlTextAreaElement = new_field.unchecked_ref();
    let text = old_field.value();
    if old_field.default_value().is_ok_and(|sent| sent != text) {
        new_field.set_value(&text);
    }
    if let (Ok(Some(start)), Ok(Some(end))) = (old_field.selection_start(), old_field.selection_end()) {
        let _ = new_field.set_selection_range(start, end);
    }
}

fn scroll_position(element: &Element) -> Option<(String, i32)> {
    let top = element.scroll_top();
    (top != 0).then(|| (selector(element), top))
}

fn counterpart(selector: &str, new: &Element) -> Option<HtmlElement> {
    new.query_selector(selector).ok()??.dyn_into().ok()
}

/// A selector of an element by its own attributes and by the message that it is in.
fn selector(element: &Element) -> String {
    let own = own_selector(element);
    let article = element.closest("article[id]").ok().flatten().filter(|article| article != element);
    article.map(|article| own_selector(&article) + " ").unwrap_or_default() + &own
}

fn own_selector(element: &Element) -> String {
    let by_attribute = |name: &&str| Some(format!("[{name}=\"{}\"]", element.get_attribute(name)?));
    let attribute = ATTRIBUTES.iter().find_map(by_attribute).unwrap_or_default();
    element.local_name() + &attribute
}

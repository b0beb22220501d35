//! HTML elements of one Rust type.
//!
//! Leptos is generic over the element with its attributes, and compiles building, hydration and rebuilding for each
//! such type. With one type for all of them the WASM stays small.

use leptos::{
    html::{self, Div, custom},
    prelude::*,
    tachys::view::add_attr::AddAnyAttr,
};
use parlor::RoomName;

pub(super) use super::attributes::Attribute;
use super::attributes::Attributes;
use crate::erase::Erase;

/// Makes an element with this tag name. Its events are handled by delegated listeners, see
/// [`actions`](super::actions).
pub(super) fn element<const N: usize>(
    tag: &'static str,
    attributes: [Attribute; N],
    children: impl Into<Vec<AnyView>>,
) -> AnyView {
    build(tag, Attributes(attributes.into()), children.into())
}

/// Makes a `div` with a node reference.
pub(super) fn div_with_ref(
    node: NodeRef<Div>,
    attributes: impl Into<Vec<Attribute>>,
    children: impl Into<Vec<AnyView>>,
) -> AnyView {
    html::div().add_any_attr(Attributes(attributes.into())).node_ref(node).child(children.into()).erase()
}

/// Makes an `input` element. It cannot have children.
pub(super) fn field(attributes: impl Into<Vec<Attribute>>) -> AnyView {
    html::input().add_any_attr(Attributes(attributes.into())).erase()
}

/// Makes a hidden field of a form. `autocomplete` is off, so that a browser does not restore an old value when the
/// reader goes back to the page.
pub(super) fn hidden_field(name: &'static str, value: String) -> AnyView {
    let off = ("autocomplete", "off".into());
    field([("type", "hidden".into()), ("name", name.into()), ("value", value.into()), off])
}

/// Makes an icon with a name from `icons.css`. It is hidden from screen readers: the control needs a label of its own.
pub(super) fn icon(name: &'static str) -> AnyView {
    element("span", [("class", format!("icon-{name}").into()), ("aria-hidden", "true".into())], [])
}

/// Makes the `#` before the name of a public room. Screen readers skip it.
pub(super) fn hash(room: &RoomName) -> AnyView {
    if room.is_private() {
        return ().erase();
    }
    element("span", [("class", "hash".into()), ("aria-hidden", "true".into())], text("#"))
}

/// Makes the element for an input error. Screen readers announce its content when it changes.
pub(super) fn error_note(children: impl Into<Vec<AnyView>>) -> AnyView {
    element("p", [("class", "note bad".into()), ("role", "alert".into())], children)
}

/// Makes a text node, as the only child of an element.
pub(super) fn text(text: impl Into<String>) -> [AnyView; 1] {
    [text.into().erase()]
}

fn build(tag: &'static str, attributes: Attributes, children: Vec<AnyView>) -> AnyView {
    // In a document, tag names are in capitals. Leptos compares names: a name in another case would look like another
    // element, which is created anew with each render and loses the focus.
    let tag = if cfg!(target_arch = "wasm32") { tag.to_ascii_uppercase() } else { tag.to_owned() };
    custom(tag).add_any_attr(attributes).child(children).erase()
}

//! Elements of one type. Leptos makes code for each type of element with each set of attributes, and again for each of
//! the ways in which one comes to be; what is drawn a hundred times is small in the page if it is all of this one.

use leptos::{
    html::{self, Div, custom},
    prelude::*,
    tachys::view::add_attr::AddAnyAttr,
};

pub(super) use super::attributes::Attribute;
use super::attributes::Attributes;
use crate::erase::Erase;

/// An element, by its name. What happens to it is heard further up: see [`act`](super::act).
pub(super) fn element<const N: usize>(
    tag: &'static str,
    attributes: [Attribute; N],
    inside: impl Into<Vec<AnyView>>,
) -> AnyView {
    of_one_type(tag, Attributes(attributes.into()), inside.into())
}

/// A box that the page's code refers to.
pub(super) fn referred(
    node: NodeRef<Div>,
    attributes: impl Into<Vec<Attribute>>,
    inside: impl Into<Vec<AnyView>>,
) -> AnyView {
    html::div().add_any_attr(Attributes(attributes.into())).node_ref(node).child(inside.into()).erase()
}

/// A field to type into. It is an element without an end: nothing may stand inside.
pub(super) fn field(attributes: impl Into<Vec<Attribute>>) -> AnyView {
    html::input().add_any_attr(Attributes(attributes.into())).erase()
}

/// What goes along with the form. A browser that goes back to it must not fill it in as it was.
pub(super) fn hidden(name: &'static str, value: String) -> AnyView {
    let off = ("autocomplete", "off".into());
    field([("type", "hidden".into()), ("name", name.into()), ("value", value.into()), off])
}

/// A drawing, by its name in `icons.css`. What it means is said beside it, or by the control that bears it.
pub(super) fn icon(name: &'static str) -> AnyView {
    element("span", [("class", format!("icon-{name}").into()), ("aria-hidden", "true".into())], [])
}

/// What is wrong with what was entered, said aloud as soon as there is something.
pub(super) fn alert(inside: impl Into<Vec<AnyView>>) -> AnyView {
    element("p", [("class", "note bad".into()), ("role", "alert".into())], inside)
}

/// Text, as an element's only content.
pub(super) fn text(text: impl Into<String>) -> [AnyView; 1] {
    [text.into().erase()]
}

fn of_one_type(tag: &'static str, attributes: Attributes, inside: Vec<AnyView>) -> AnyView {
    // A document names its elements in capitals. With another name an element is taken for another one, and made anew
    // whenever it is drawn, without the focus that it had.
    let tag = if cfg!(target_arch = "wasm32") { tag.to_ascii_uppercase() } else { tag.to_owned() };
    custom(tag).add_any_attr(attributes).child(inside).erase()
}

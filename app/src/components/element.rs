//! Elements of one type. Leptos makes code for each type of element with each set of attributes, and again for each of
//! the ways in which one comes to be; what is drawn a hundred times is small in the page if it is all of this one.

use std::borrow::Cow;

use leptos::{html, html::custom, prelude::*};

/// An attribute.
pub(super) type Attribute = (&'static str, Cow<'static, str>);

/// Attributes that an element has at most.
const ATTRIBUTES: usize = 6;

/// An element, by its name. What happens to it is heard further up: see [`act`](super::act).
pub(super) fn element<const N: usize>(
    tag: &'static str,
    attributes: [Attribute; N],
    inside: impl Into<Vec<AnyView>>,
) -> AnyView {
    of_one_type(tag, slots(attributes), inside.into())
}

type Slots = [(&'static str, Option<Cow<'static, str>>); ATTRIBUTES];

fn slots<const N: usize>(attributes: [Attribute; N]) -> Slots {
    const { assert!(N <= ATTRIBUTES) };
    let mut slots = [const { ("class", None) }; ATTRIBUTES];
    for (slot, (name, value)) in slots.iter_mut().zip(attributes) {
        *slot = (name, Some(value));
    }
    slots
}

/// A field to type into. It is an element without an end: nothing may stand inside.
pub(super) fn field<const N: usize>(attributes: [Attribute; N]) -> AnyView {
    let [a, b, c, d, e, f] = slots(attributes);
    let field = html::input().attr(a.0, a.1).attr(b.0, b.1).attr(c.0, c.1);
    field.attr(d.0, d.1).attr(e.0, e.1).attr(f.0, f.1).into_any()
}

/// A drawing, by its name in `icons.css`. What it means is said beside it, or by the control that bears it.
pub(super) fn icon(name: &'static str) -> AnyView {
    element("span", [("class", format!("icon-{name}").into()), ("aria-hidden", "true".into())], [])
}

/// Text, as an element's only content.
pub(super) fn text(text: impl Into<String>) -> [AnyView; 1] {
    [text.into().into_any()]
}

fn of_one_type(tag: &'static str, slots: Slots, inside: Vec<AnyView>) -> AnyView {
    let [a, b, c, d, e, f] = slots;
    // A document names its elements in capitals. With another name an element is taken for another one, and made anew
    // whenever it is drawn, without the focus that it had.
    let tag = if cfg!(target_arch = "wasm32") { tag.to_ascii_uppercase() } else { tag.to_owned() };
    custom(tag)
        .attr(a.0, a.1)
        .attr(b.0, b.1)
        .attr(c.0, c.1)
        .attr(d.0, d.1)
        .attr(e.0, e.1)
        .attr(f.0, f.1)
        .child(inside)
        .into_any()
}

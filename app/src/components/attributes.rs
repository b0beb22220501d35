//! A list of attributes for Leptos elements, whose names may change between renders.
//!
//! Leptos identifies the attributes of an element by position, and expects their names to stay the same.

use std::borrow::Cow;

use leptos::tachys::{
    html::attribute::{Attribute as LeptosAttribute, AttributeValue, NextAttribute},
    renderer::{Rndr, types::Element},
};

/// The name and the value of an attribute.
pub(super) type Attribute = (&'static str, Cow<'static, str>);

/// All attributes of an element.
#[derive(Clone)]
pub(super) struct Attributes(pub(super) Vec<Attribute>);

impl Attributes {
    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_ref())
    }
}

impl LeptosAttribute for Attributes {
    const MIN_LENGTH: usize = 0;

    type State = (Element, Self);
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len() + 4).sum()
    }

    fn to_html(self, html: &mut String, _class: &mut String, _style: &mut String, _inner: &mut String) {
        for (name, value) in self.0 {
            value.into_owned().to_html(name, html);
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Self::State {
        if FROM_SERVER { (element.clone(), self) } else { self.build(element) }
    }

    fn build(self, element: &Element) -> Self::State {
        let mut state = (element.clone(), Self(Vec::new()));
        self.rebuild(&mut state);
        state
    }

    fn rebuild(self, (element, before): &mut Self::State) {
        for (name, _) in &before.0 {
            if self.value(name).is_none() {
                Rndr::remove_attribute(element, name);
            }
        }
        for (name, value) in &self.0 {
            if before.value(name) != Some(value) {
                Rndr::set_attribute(element, name, value);
            }
        }
        *before = self;
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl NextAttribute for Attributes {
    type Output<Next: LeptosAttribute> = (Self, Next);

    fn add_any_attr<Next: LeptosAttribute>(self, next: Next) -> (Self, Next) {
        (self, next)
    }
}

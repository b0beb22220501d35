//! Sheets: modal dialogs over the page.

use leptos::prelude::*;

use super::{
    actions::Command,
    element::{element, text},
};
use crate::i18n::Texts;

/// Renders a sheet with a heading and a button to close it. `id` is the DOM id of the heading.
pub(super) fn sheet(id: &'static str, name: &'static str, texts: &Texts, content: Vec<AnyView>) -> AnyView {
    let close = [("type", "button".into()), ("class", "join".into()), Command::Close.attribute()];
    // The heading gets the focus, so that the sheet is scrolled to its top and is read from there.
    let heading = [("id", id.into()), ("tabindex", "-1".into()), ("data-first", "".into())];
    let mut children = vec![element("h2", heading, text(name))];
    children.extend(content);
    children.push(element("button", close, text(texts.close())));
    let attributes = [
        ("class", "sheet".into()),
        ("role", "dialog".into()),
        ("aria-modal", "true".into()),
        ("aria-labelledby", id.into()),
    ];
    let veil = element("div", [("class", "veil dim".into()), Command::Close.attribute()], []);
    element("div", [], [veil, element("div", attributes, children)])
}

//! A sheet over everything: the only thing that can be used while it is there.

use leptos::prelude::*;

use super::element::{element, text};
use crate::words::Words;

/// A sheet of this name, with the way out below.
pub(super) fn sheet(id: &'static str, name: &'static str, words: &Words, inside: Vec<AnyView>) -> AnyView {
    let close = [("type", "button".into()), ("class", "join".into()), ("data-do", "close".into())];
    // The focus begins at its top, so that it opens there and is read from there.
    let heading = [("id", id.into()), ("tabindex", "-1".into()), ("data-first", "".into())];
    let mut all = vec![element("h2", heading, text(name))];
    all.extend(inside);
    all.push(element("button", close, text(words.close())));
    let attributes = [
        ("class", "sheet".into()),
        ("role", "dialog".into()),
        ("aria-modal", "true".into()),
        ("aria-labelledby", id.into()),
    ];
    let veil = element("div", [("class", "veil dim".into()), ("data-do", "close".into())], []);
    element("div", [], [veil, element("div", attributes, all)])
}

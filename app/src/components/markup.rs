//! A message's text as it is drawn.

use leptos::prelude::*;
use parlor_markup::{Guess, Node, Resolver, parse};

use super::element::{element, text};
use crate::erase::Erase;

/// The text of a message, with its marks as what they mean.
#[component]
pub fn Markup(
    /// The text as typed.
    text: String,
) -> impl IntoView {
    drawn(&text, &mut Guess)
}

/// The same as a part of something, with the mentions that `mentions` finds.
pub(super) fn drawn(text: &str, mentions: &mut dyn Resolver) -> Vec<AnyView> {
    nodes(parse(text, mentions))
}

fn nodes(nodes: Vec<Node>) -> Vec<AnyView> {
    nodes.into_iter().map(draw).collect()
}

fn draw(node: Node) -> AnyView {
    match node {
        Node::Text(text) => text.erase(),
        Node::Strong(inside) => element("strong", [], nodes(inside)),
        Node::Emphasis(inside) => element("em", [], nodes(inside)),
        Node::Struck(inside) => element("s", [], nodes(inside)),
        Node::Code(code) => element("code", [], text(code)),
        Node::Mention { text: name, .. } => element("span", [("class", "mention".into())], text(name)),
        Node::Token(token, part) => element("span", [("class", token.class().into())], text(part)),
        Node::Link { address, inside } => {
            let rel = "noopener noreferrer nofollow".into();
            element("a", [("href", address.into()), ("target", "_blank".into()), ("rel", rel)], nodes(inside))
        }
        Node::Paragraph(inside) => element("p", [], nodes(inside)),
        Node::Quote(inside) => element("blockquote", [], nodes(inside)),
        Node::List { ordered, items } => element(if ordered { "ol" } else { "ul" }, [], nodes(items)),
        Node::Item { number: Some(number), inside } => {
            element("li", [("value", number.to_string().into())], nodes(inside))
        }
        Node::Item { number: None, inside } => element("li", [], nodes(inside)),
        Node::Fence { language, inside } => {
            let code = match language {
                Some(language) => element("code", [("data-language", language.into())], nodes(inside)),
                None => element("code", [], nodes(inside)),
            };
            // It scrolls by itself, and so has to be reached without a pointer.
            element("pre", [("tabindex", "0".into())], [code])
        }
    }
}

//! A message's text as it is drawn.

use std::borrow::Cow;

use leptos::{html::custom, prelude::*};

use crate::markup::{Node, parse};

/// The text of a message, with its marks as what they mean.
#[component]
pub fn Markup(
    /// The text as typed.
    text: String,
) -> impl IntoView {
    drawn(parse(&text))
}

fn drawn(nodes: Vec<Node>) -> Vec<AnyView> {
    nodes.into_iter().map(draw).collect()
}

fn draw(node: Node) -> AnyView {
    match node {
        Node::Text(text) => text.into_any(),
        Node::Strong(inside) => plain("strong", drawn(inside)),
        Node::Emphasis(inside) => plain("em", drawn(inside)),
        Node::Struck(inside) => plain("s", drawn(inside)),
        Node::Code(text) => plain("code", vec![text.into_any()]),
        Node::Mention(text) => element("span", "class", Some("mention".into()), vec![text.into_any()]),
        Node::Token(token, text) => element("span", "class", Some(token.class().into()), vec![text.into_any()]),
        Node::Link { address, inside } => element("a", "href", Some(address.into()), drawn(inside)),
        Node::Paragraph(inside) => plain("p", drawn(inside)),
        Node::Quote(inside) => plain("blockquote", drawn(inside)),
        Node::List { ordered, items } => plain(if ordered { "ol" } else { "ul" }, drawn(items)),
        Node::Item { number, inside } => {
            element("li", "value", number.map(|number| number.to_string().into()), drawn(inside))
        }
        Node::Fence { language, inside } => {
            let code = element("code", "data-language", language.map(Cow::Owned), drawn(inside));
            // It scrolls by itself, and so has to be reached without a pointer.
            element("pre", "tabindex", Some("0".into()), vec![code])
        }
    }
}

fn plain(tag: &'static str, inside: Vec<AnyView>) -> AnyView {
    element(tag, "class", None, inside)
}

// Leptos makes code for each type of element with each set of attributes. All are of this one type, so all have what
// links need, without a value.
fn element(
    tag: &'static str,
    attribute: &'static str,
    value: Option<Cow<'static, str>>,
    inside: Vec<AnyView>,
) -> AnyView {
    let of_link = |value: &'static str| (tag == "a").then_some(value);
    custom(tag)
        .attr(attribute, value)
        .attr("target", of_link("_blank"))
        .attr("rel", of_link("noopener noreferrer nofollow"))
        .child(inside)
        .into_any()
}

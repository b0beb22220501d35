//! The text of a message, rendered from its markup.

use leptos::prelude::*;
use parlor_markup::{GuessResolver, Node, Resolver, parse};

use super::element::{element, text};
use crate::erase::Erase;

/// Renders the text of a message.
#[component]
pub fn Markup(
    /// The text with markup, as typed.
    text: String,
) -> impl IntoView {
    render(&text, &mut GuessResolver)
}

/// Renders a text. `mentions` finds the mentions in it.
pub(super) fn render(text: &str, mentions: &mut dyn Resolver) -> Vec<AnyView> {
    render_nodes(parse(text, mentions))
}

fn render_nodes(nodes: Vec<Node>) -> Vec<AnyView> {
    nodes.into_iter().map(render_node).collect()
}

fn render_node(node: Node) -> AnyView {
    match node {
        Node::Text(text) => text.erase(),
        Node::Strong(children) => element("strong", [], render_nodes(children)),
        Node::Emphasis(children) => element("em", [], render_nodes(children)),
        Node::Strikethrough(children) => element("s", [], render_nodes(children)),
        Node::CodeSpan(code) => element("code", [], text(code)),
        Node::Mention { text: name, .. } => element("span", [("class", "mention".into())], text(name)),
        Node::SyntaxToken(token, part) => element("span", [("class", token.class().into())], text(part)),
        Node::Link { destination, children } => {
            let rel = "noopener noreferrer nofollow".into();
            element(
                "a",
                [("href", destination.into()), ("target", "_blank".into()), ("rel", rel)],
                render_nodes(children),
            )
        }
        Node::Paragraph(children) => element("p", [], render_nodes(children)),
        Node::BlockQuote(children) => element("blockquote", [], render_nodes(children)),
        Node::List { ordered, items } => element(if ordered { "ol" } else { "ul" }, [], render_nodes(items)),
        Node::ListItem { number: Some(number), children } => {
            element("li", [("value", number.to_string().into())], render_nodes(children))
        }
        Node::ListItem { number: None, children } => element("li", [], render_nodes(children)),
        Node::CodeBlock { language, children } => {
            let code = match language {
                Some(language) => element("code", [("data-language", language.into())], render_nodes(children)),
                None => element("code", [], render_nodes(children)),
            };
            // It scrolls by itself, so it has to be focusable by keyboard.
            element("pre", [("tabindex", "0".into())], [code])
        }
    }
}

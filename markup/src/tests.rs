//! Tests of the trees of single messages. `markup/tests/invariants.rs` tests properties of all texts, and
//! `app/tests/markup.rs` tests the rendered HTML.

mod autolinks;
mod blocks;
mod emphasis;
mod inlines;
mod mentions;

use super::{GuessResolver, Node, parse};

// A tree on one line: nodes in angle brackets, text as it is.
fn tree(text: &str) -> String {
    parse(text, &mut GuessResolver).iter().map(debug).collect()
}

fn debug(node: &Node) -> String {
    let all = |kind: &str, children: &[Node]| format!("<{kind}:{}>", children.iter().map(debug).collect::<String>());
    match node {
        Node::Text(text) => text.clone(),
        Node::Strong(children) => all("b", children),
        Node::Emphasis(children) => all("i", children),
        Node::Strikethrough(children) => all("s", children),
        Node::CodeSpan(text) => format!("<code:{text}>"),
        Node::Mention { text, .. } => format!("<at:{text}>"),
        Node::Link { destination, children } if children[..] == [Node::Text(destination.clone())] => {
            format!("<a:{destination}>")
        }
        Node::Link { destination, children } => all(&format!("a {destination}"), children),
        Node::Paragraph(children) => all("p", children),
        Node::BlockQuote(children) => all("q", children),
        Node::List { ordered: true, items } => all("ol", items),
        Node::List { ordered: false, items } => all("ul", items),
        Node::ListItem { number: Some(number), children } => all(&number.to_string(), children),
        Node::ListItem { number: None, children } => all("-", children),
        Node::CodeBlock { language: Some(language), children } => all(&format!("pre {language}"), children),
        Node::CodeBlock { language: None, children } => all("pre", children),
        Node::SyntaxToken(token, text) => format!("<{}:{text}>", token.class()),
    }
}

#[track_caller]
fn assert_trees(expected: &[(&str, &str)]) {
    for (text, expected_tree) in expected {
        assert_eq!(tree(text), *expected_tree, "{text}");
    }
}

#[track_caller]
fn assert_plain_text(texts: &[&str]) {
    for text in texts {
        assert_eq!(parse(text, &mut GuessResolver), [Node::Text((*text).to_owned())], "{text}");
    }
}

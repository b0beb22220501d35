//! What marks mean, and what is left as typed. What holds for any text is tested in `markup/tests/any_text.rs`, what is
//! drawn in `app/tests/markup.rs`.

mod blocks;
mod lines;
mod links;
mod marks;
mod mentions;

use super::{Guess, Node, parse};

// A tree as one line: kinds in brackets, text as it is.
fn tree(text: &str) -> String {
    parse(text, &mut Guess).iter().map(shown).collect()
}

fn shown(node: &Node) -> String {
    let all = |kind: &str, inside: &[Node]| format!("<{kind}:{}>", inside.iter().map(shown).collect::<String>());
    match node {
        Node::Text(text) => text.clone(),
        Node::Strong(inside) => all("b", inside),
        Node::Emphasis(inside) => all("i", inside),
        Node::Struck(inside) => all("s", inside),
        Node::Code(text) => format!("<code:{text}>"),
        Node::Mention { text, .. } => format!("<at:{text}>"),
        Node::Link { address, inside } if inside[..] == [Node::Text(address.clone())] => format!("<a:{address}>"),
        Node::Link { address, inside } => all(&format!("a {address}"), inside),
        Node::Paragraph(inside) => all("p", inside),
        Node::Quote(inside) => all("q", inside),
        Node::List { ordered: true, items } => all("ol", items),
        Node::List { ordered: false, items } => all("ul", items),
        Node::Item { number: Some(number), inside } => all(&number.to_string(), inside),
        Node::Item { number: None, inside } => all("-", inside),
        Node::Fence { language: Some(language), inside } => all(&format!("pre {language}"), inside),
        Node::Fence { language: None, inside } => all("pre", inside),
        Node::Token(token, text) => format!("<{}:{text}>", token.class()),
    }
}

#[track_caller]
fn means(expected: &[(&str, &str)]) {
    for (text, tree_of_it) in expected {
        assert_eq!(tree(text), *tree_of_it, "{text}");
    }
}

#[track_caller]
fn is_text(texts: &[&str]) {
    for text in texts {
        assert_eq!(parse(text, &mut Guess), [Node::Text((*text).to_owned())], "{text}");
    }
}

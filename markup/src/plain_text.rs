//! Messages as plain text on one line, for quotes, search results, notifications and screen readers.

use super::{GuessResolver, Node, parse};

/// The text of a message without markup, on one line: each run of white space becomes one space.
pub fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    append(&parse(text, &mut GuessResolver), &mut plain);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn append(nodes: &[Node], plain: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) | Node::CodeSpan(text) | Node::Mention { text, .. } | Node::SyntaxToken(_, text) => {
                plain.push_str(text);
            }
            Node::Strong(_) | Node::Emphasis(_) | Node::Strikethrough(_) | Node::Link { .. } => {
                append(node.children(), plain);
            }
            Node::Paragraph(_)
            | Node::BlockQuote(_)
            | Node::List { .. }
            | Node::ListItem { .. }
            | Node::CodeBlock { .. } => {
                append(node.children(), plain);
                plain.push(' ');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_removed_and_text_is_kept() {
        let text = "I **do**, @Ana:\n\n- one `pot`\n- [two](https://example.org) cups\n\n> as *last* year\n\n```rust\nlet x;\n```";
        assert_eq!(plain_text(text), "I do, @Ana: one pot two cups as last year let x;");
        assert_eq!(plain_text("2 * 3 * 4 is\nnot emphasis"), "2 * 3 * 4 is not emphasis");
    }
}

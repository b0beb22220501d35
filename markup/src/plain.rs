//! A message without its marks, where there is one line for it: in a quote, a search result, a notification, a voice.

use super::{Guess, Node, parse};

/// The words of a message on one line.
pub fn plain(text: &str) -> String {
    let mut words = String::new();
    gather(&parse(text, &mut Guess), &mut words);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gather(nodes: &[Node], words: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) | Node::Code(text) | Node::Mention { text, .. } | Node::Token(_, text) => {
                words.push_str(text);
            }
            Node::Strong(_) | Node::Emphasis(_) | Node::Struck(_) | Node::Link { .. } => gather(node.inside(), words),
            Node::Paragraph(_) | Node::Quote(_) | Node::List { .. } | Node::Item { .. } | Node::Fence { .. } => {
                gather(node.inside(), words);
                words.push(' ');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_marks_go() {
        let text = "I **do**, @Ana:\n\n- one `pot`\n- [two](https://example.org) cups\n\n> as *last* year\n\n```rust\nlet x;\n```";
        assert_eq!(plain(text), "I do, @Ana: one pot two cups as last year let x;");
        assert_eq!(plain("2 * 3 * 4 is\nnot emphasis"), "2 * 3 * 4 is not emphasis");
    }
}

//! Properties of the tree of any text: no text is lost, nesting and element count are limited, parsing time is linear.

use std::{hint::black_box, time::Duration};

use parlor::limits::BODY_BYTES;
use parlor_markup::{AuthorId, GuessResolver, MAX_CONTAINERS, MAX_ELEMENTS, NameIndex, NameResolver, Node, parse};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

mod generated;

fn depth(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| 1 + depth(node.children())).max().unwrap_or(0)
}

fn elements(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| usize::from(!matches!(node, Node::Text(_))) + elements(node.children())).sum()
}

fn has_link(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| matches!(node, Node::Link { .. }) || has_link(node.children()))
}

/// Appends all text of a tree, in the order of the message.
fn append_text(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(content)
            | Node::CodeSpan(content)
            | Node::Mention { text: content, .. }
            | Node::SyntaxToken(_, content) => {
                text.push_str(content);
            }
            Node::CodeBlock { language: Some(language), .. } => text.push_str(language),
            Node::ListItem { number: Some(number), .. } => text.push_str(&number.to_string()),
            _ => {}
        }
        append_text(node.children(), text);
        if let Node::Link { destination, children } = node {
            assert!(!has_link(children), "a link in a link");
            if children[..] != [Node::Text(destination.clone())] {
                text.push_str(destination);
            }
        }
    }
}

/// The text without white space and without characters that can be markup.
fn without_markup(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !r"\*_~`>-[]().".contains(*c)).collect()
}

fn is_subsequence(subsequence: &str, text: &str) -> bool {
    let mut rest = text.chars();
    subsequence.chars().filter(|c| !c.is_whitespace()).all(|c| rest.any(|other| other == c))
}

fn assert_invariants(text: &str) {
    let tree = parse(text, &mut GuessResolver);
    let mut content = String::new();
    append_text(&tree, &mut content);
    assert_eq!(without_markup(&content), without_markup(text), "lost in {text:?}");
    assert!(is_subsequence(&content, text), "made up or out of order in {text:?}: {content:?}");
    // A container has one node, or two for a list with its items; then a paragraph, four kinds of emphasis, a link, a
    // text.
    assert!(depth(&tree) <= 2 * MAX_CONTAINERS + 7, "{text:?}");
    assert!(elements(&tree) <= MAX_ELEMENTS + MAX_CONTAINERS, "{text:?}");
}

#[test]
fn generated_messages_have_the_same_trees_as_in_the_browser() {
    for number in 0..1_000 {
        assert_invariants(&generated::message(number));
    }
    let hash = generated::hash_of_trees();
    assert_eq!(hash, generated::TREES, "now {hash:#x?}");
}

/// Pieces of which a long text would take quadratic time if any part of it were scanned repeatedly.
const COSTLY_PIECES: [&str; 50] = [
    "*",
    "**a ",
    "*a ",
    "a* ",
    "*a_b ",
    "***a ",
    "_a ",
    "~~a",
    "**a*",
    "[",
    "]",
    "[]",
    "[a](",
    "](http://a",
    "[](http://a(",
    "[[a](http://a",
    "`",
    "` ",
    "`a``b```c",
    "\\``",
    "`` ` ",
    "\\",
    "\\*",
    "\\\\",
    ">",
    "> ",
    "> \n",
    "> >\n",
    ">\n",
    "- ",
    "- a\n",
    "  - a\n",
    "1. a\n\n",
    "```\n",
    "```a\n",
    "````\n```a\n",
    "http://a",
    "mailto:",
    "http://.",
    "@a.",
    "@a",
    "@Ana Mari",
    "[@a](",
    "[@a](http://a)",
    "http://a(",
    "http://a(b)",
    "http://a_*~",
    "**http://a**漢",
    "\r\n> - ",
    "\n \n",
];

/// The CPU time of this thread, which other processes do not influence.
fn thread_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

fn time_of(text: &str) -> Duration {
    let names = NameIndex::new((0..200).map(|number| (format!("Ana Maria {number}"), AuthorId("a".into()))));
    let time = || {
        let start = thread_time();
        black_box(parse(black_box(text), &mut GuessResolver));
        black_box(parse(black_box(text), &mut NameResolver::new(&names)));
        thread_time().saturating_sub(start)
    };
    (0..3).map(|_| time()).min().unwrap_or_default()
}

#[test]
fn parsing_time_is_linear() {
    let texts = COSTLY_PIECES.iter().flat_map(|text| {
        let heads = ["", "[a](http://a", "http://a", "- ", "> ", "*a **b _c ~~d "];
        heads.map(|head| (head, *text, "")).into_iter().chain([("```rust\n", *text, "\n```")])
    });
    let quotes = ["'", "'\\", "\"\\'", "/", "//", "/*", "a ", "1.", "if "].map(|text| ("```go\n", text, "\n```"));
    for (head, text, tail) in texts.chain(quotes) {
        let of = |bytes: usize| format!("{head}{}{tail}", text.repeat(bytes / text.len()));
        let (short, long) = (of(BODY_BYTES / 4), of(2 * BODY_BYTES));
        // Eight times the length takes 8 times as long if the time is linear, 64 times if it is quadratic. Several
        // attempts allow for caches shared with other processes; they do not hide a factor of 64.
        let is_linear = || time_of(&long) < (time_of(&short) * 24).max(Duration::from_millis(5));
        assert!((0..8).any(|_| is_linear()), "{head:?} and then {text:?} again and again");
    }
}

proptest! {
    #[test]
    fn no_text_is_lost(
        text in r"(\PC|https?://|\r\n|\r|@|[。，」“”’…]|漢|ไ|к|ع|[ ().,\n*_~`>\[\]\\@-]|\*\*|~~|```|\]\(|\n> |\n- |\n1\. |  ){0,80}"
    ) {
        assert_invariants(&text);
    }

    #[test]
    fn text_without_markup_is_one_text_node(text in r"[a-zа-яα-ωא-תء-يक-हก-ฮ가-힣ぁ-んァ-ン一-龥 ,;:!?。、，“”«»…]{1,80}") {
        prop_assume!(!text.contains("://") && !text.contains("mailto:") && !text.trim().is_empty());
        prop_assert_eq!(parse(&text, &mut GuessResolver), [Node::Text(text)]);
    }
}

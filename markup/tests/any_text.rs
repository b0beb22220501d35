//! What holds for the tree of any text: nothing is lost, nothing is too deep or too much, nothing takes long.

use std::{hint::black_box, time::Duration};

use parlor::limits::BODY_BYTES;
use parlor_markup::{AuthorId, CONTAINERS, ELEMENTS, Guess, Names, NamesResolver, Node, parse};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

mod written;

fn depth(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| 1 + depth(node.inside())).max().unwrap_or(0)
}

fn elements(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| usize::from(!matches!(node, Node::Text(_))) + elements(node.inside())).sum()
}

fn has_link(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| matches!(node, Node::Link { .. }) || has_link(node.inside()))
}

/// All that a tree holds, in the order of the text.
fn read(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(said) | Node::Code(said) | Node::Mention { text: said, .. } | Node::Token(_, said) => {
                text.push_str(said);
            }
            Node::Fence { language: Some(language), .. } => text.push_str(language),
            Node::Item { number: Some(number), .. } => text.push_str(&number.to_string()),
            _ => {}
        }
        read(node.inside(), text);
        if let Node::Link { address, inside } = node {
            assert!(!has_link(inside), "a link in a link");
            if inside[..] != [Node::Text(address.clone())] {
                text.push_str(address);
            }
        }
    }
}

/// Without the characters that can be marks, and without blanks.
fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !r"\*_~`>-[]().".contains(*c)).collect()
}

fn is_part_of(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().filter(|c| !c.is_whitespace()).all(|c| rest.any(|other| other == c))
}

fn holds_for(text: &str) {
    let tree = parse(text, &mut Guess);
    let mut said = String::new();
    read(&tree, &mut said);
    assert_eq!(without_marks(&said), without_marks(text), "lost in {text:?}");
    assert!(is_part_of(&said, text), "made up or out of order in {text:?}: {said:?}");
    // A container is a node, or two with the items of a list; then a paragraph, four kinds of emphasis, a link, a text.
    assert!(depth(&tree) <= 2 * CONTAINERS + 7, "{text:?}");
    assert!(elements(&tree) <= ELEMENTS + CONTAINERS, "{text:?}");
}

#[test]
fn written_messages_have_the_trees_that_the_browser_makes() {
    for number in 0..1_000 {
        holds_for(&written::message(number));
    }
    let hash = written::hash_of_trees();
    assert_eq!(hash, written::TREES, "now {hash:#x?}");
}

/// Texts that would take long if anything in them were read again and again.
const COSTLY: [&str; 50] = [
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

/// The processor's time that this thread has had: what others do on the machine is not in it.
fn thread_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

fn time_of(text: &str) -> Duration {
    let names = Names::new((0..200).map(|number| (format!("Ana Maria {number}"), AuthorId("a".into()))));
    let time = || {
        let start = thread_time();
        black_box(parse(black_box(text), &mut Guess));
        black_box(parse(black_box(text), &mut NamesResolver::new(&names)));
        thread_time().saturating_sub(start)
    };
    (0..3).map(|_| time()).min().unwrap_or_default()
}

#[test]
fn no_text_takes_longer_than_its_length_demands() {
    let texts = COSTLY.iter().flat_map(|text| {
        let heads = ["", "[a](http://a", "http://a", "- ", "> ", "*a **b _c ~~d "];
        heads.map(|head| (head, *text, "")).into_iter().chain([("```rust\n", *text, "\n```")])
    });
    let quotes = ["'", "'\\", "\"\\'", "/", "//", "/*", "a ", "1.", "if "].map(|text| ("```go\n", text, "\n```"));
    for (head, text, tail) in texts.chain(quotes) {
        let of = |bytes: usize| format!("{head}{}{tail}", text.repeat(bytes / text.len()));
        let (short, long) = (of(BODY_BYTES / 4), of(2 * BODY_BYTES));
        // Eight times the length: 8 times the time where it is linear, 64 times where it is not. Caches that others use get
        // more chances, which do not help against 64.
        let is_linear = || time_of(&long) < (time_of(&short) * 24).max(Duration::from_millis(5));
        assert!((0..8).any(|_| is_linear()), "{head:?} and then {text:?} again and again");
    }
}

proptest! {
    #[test]
    fn nothing_is_lost(
        text in r"(\PC|https?://|\r\n|\r|@|[。，」“”’…]|漢|ไ|к|ع|[ ().,\n*_~`>\[\]\\@-]|\*\*|~~|```|\]\(|\n> |\n- |\n1\. |  ){0,80}"
    ) {
        holds_for(&text);
    }

    #[test]
    fn text_without_marks_is_one_text(text in r"[a-zа-яα-ωא-תء-يक-हก-ฮ가-힣ぁ-んァ-ン一-龥 ,;:!?。、，“”«»…]{1,80}") {
        prop_assume!(!text.contains("://") && !text.contains("mailto:") && !text.trim().is_empty());
        prop_assert_eq!(parse(&text, &mut Guess), [Node::Text(text)]);
    }
}

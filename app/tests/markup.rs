//! Messages as a tree and as they are drawn: what holds for any text.
#![cfg(feature = "ssr")]

use std::{hint::black_box, time::Duration};

use leptos::prelude::*;
use parlor::limits::BODY_BYTES;
use parlor_app::{
    components::markup::Markup,
    markup::{CONTAINERS, ELEMENTS, Node, parse},
};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

mod written;

fn drawn(text: &str) -> String {
    let text = text.to_owned();
    Owner::new().with(|| view! { <Markup text/> }.to_html())
}

fn inside(node: &Node) -> &[Node] {
    match node {
        Node::Text(_) | Node::Code(_) | Node::Mention(_) | Node::Token(..) => &[],
        Node::Strong(inside)
        | Node::Emphasis(inside)
        | Node::Struck(inside)
        | Node::Paragraph(inside)
        | Node::Quote(inside)
        | Node::List { items: inside, .. }
        | Node::Item { inside, .. }
        | Node::Link { inside, .. }
        | Node::Fence { inside, .. } => inside,
    }
}

fn depth(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| 1 + depth(inside(node))).max().unwrap_or(0)
}

fn elements(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| usize::from(!matches!(node, Node::Text(_))) + elements(inside(node))).sum()
}

fn has_link(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| matches!(node, Node::Link { .. }) || has_link(inside(node)))
}

/// All that a tree holds, in the order of the text.
fn read(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(said) | Node::Code(said) | Node::Mention(said) | Node::Token(_, said) => text.push_str(said),
            Node::Fence { language: Some(language), .. } => text.push_str(language),
            Node::Item { number: Some(number), .. } => text.push_str(&number.to_string()),
            _ => {}
        }
        read(inside(node), text);
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
    let tree = parse(text);
    let mut said = String::new();
    read(&tree, &mut said);
    assert_eq!(without_marks(&said), without_marks(text), "lost in {text:?}");
    assert!(is_part_of(&said, text), "made up or out of order in {text:?}: {said:?}");
    // A container is a node, or two with the items of a list; then a paragraph, four kinds of emphasis, a link, a text.
    assert!(depth(&tree) <= 2 * CONTAINERS + 7, "{text:?}");
    assert!(elements(&tree) <= ELEMENTS + CONTAINERS, "{text:?}");
}

fn is_inert(text: &str) {
    let html = drawn(text);
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let Some(end) = rest.find('>') else { panic!("an open tag in {html}") };
        let tag = &rest[..end];
        if let Some(link) = tag.strip_prefix("a href=\"") {
            let Some((address, others)) = link.split_once('"') else { panic!("no address in {tag}") };
            let address = address.to_ascii_lowercase();
            let may_be = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
            assert!(may_be, "{address} of {text:?}");
            assert_eq!(others, r#" target="_blank" rel="noopener noreferrer nofollow""#);
        } else {
            let language = tag.strip_prefix("code data-language=\"").and_then(|tag| tag.strip_suffix('"'));
            let number = tag.strip_prefix("li value=\"").and_then(|tag| tag.strip_suffix('"'));
            let known = match (language, number) {
                (Some(name), _) => !name.contains('"'),
                (_, Some(number)) => number.bytes().all(|byte| byte.is_ascii_digit()),
                _ => KNOWN_TAGS.contains(&tag.trim_start_matches('/')),
            };
            assert!(known, "<{tag}> in {html}");
        }
        rest = &rest[end + 1..];
    }
}

const KNOWN_TAGS: [&str; 20] = [
    "!",
    "a",
    "strong",
    "em",
    "s",
    "code",
    "p",
    "blockquote",
    "ul",
    "ol",
    "li",
    "pre",
    "pre tabindex=\"0\"",
    "span",
    "span class=\"mention\"",
    "span class=\"tok-str\"",
    "span class=\"tok-com\"",
    "span class=\"tok-num\"",
    "span class=\"tok-key\"",
    "!----",
];

const HOSTILE: [&str; 44] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<!-- --><b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x&#62;",
    "]]><script>",
    "</div></article><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](blob:https://x.y/1)",
    "[x](//x.y/z)",
    "[x](http:/\u{200b}/x.y)",
    "[x](ht\ttps://x.y)",
    "[x](https://x.y\" onclick=\"alert(1))",
    "[x](https://x.y' onclick='alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](https://x.y \"onmouseover=alert(1)\")",
    "[<img src=x>](https://x.y)",
    "[![x](javascript:a)](https://x.y)",
    "[x [y](javascript:a)](https://x.y)",
    "[a](https://x.y)[b](javascript:alert(1))",
    "[a]([b](https://x.y))",
    "![x](https://x.y/onerror=alert(1))",
    "[x]: javascript:alert(1)\n[x]",
    "<javascript:alert(1)>",
    "<https://x.y/<script>>",
    "https://x.y/\"onmouseover=\"alert(1)",
    "https://x.y/<img/src=x>",
    "https://x.y/`<b>`",
    "```\"><script>\n</code></pre><script>alert(1)</script>\n```",
    "```js\" onclick=\"alert(1)\n<b>\n```",
    "@<b>x @\"onclick=a @a\"b `</code><b>` > <b>\n> <i>\n- <u>",
    "\u{202e}[x](moc.elpmaxe//:sptth) \u{2066}https://x.y/\u{202e}fdp.exe",
];

#[test]
fn what_means_harm_is_text() {
    for text in HOSTILE {
        is_inert(text);
        holds_for(text);
        for around in ["**{}**", "> {}", "- {}", "`{}`", "[{}](https://x.y)", "_~~{}~~_"] {
            is_inert(&around.replace("{}", text));
        }
    }
    for text in HOSTILE.iter().filter(|text| !text.contains("https://")) {
        assert!(!drawn(text).contains("<a "), "{text}");
    }
}

#[test]
fn written_messages_are_what_the_browser_makes_of_them() {
    for number in 0..1_000 {
        let text = written::message(number);
        holds_for(&text);
        is_inert(&text);
    }
    let hashes = (written::hash_of_trees(), written::hash_of_drawings(drawn));
    assert_eq!(hashes, (written::TREES, written::DRAWINGS), "now {hashes:#x?}");
}

#[test]
fn everything_is_drawn_as_the_browser_expects_it() {
    assert_eq!(drawn(written::SAMPLE), written::SAMPLE_DRAWN);
}

#[test]
fn plain_text_is_drawn_as_text() {
    assert_eq!(drawn("two\nlines & \"more\""), "two\nlines &amp; \"more\"<!>");
}

#[test]
fn what_is_drawn_is_what_a_parser_of_html_leaves_as_it_is() {
    // A block in a paragraph would end it, and a break behind `<pre>` would be dropped: the page could not come to
    // life.
    for number in 0..2_000 {
        let html = drawn(&written::message(number));
        for paragraph in html.split("<p>").skip(1) {
            let paragraph = paragraph.split("</p>").next().unwrap_or_default();
            for block in ["<p", "<ul", "<ol", "<li", "<blockquote"] {
                assert!(!paragraph.contains(block), "{html}");
            }
        }
        assert!(!html.contains("<pre tabindex=\"0\">\n"));
    }
}

/// Texts that would take long if anything in them were read again and again.
const COSTLY: [&str; 41] = [
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
    "\n \n",
];

/// The processor's time that this thread has had: what others do on the machine is not in it.
fn thread_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

fn time_of(text: &str) -> Duration {
    let time = || {
        let start = thread_time();
        black_box(parse(black_box(text)));
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
        text in r"(\PC|https?://|[ ().,\n*_~`>\[\]\\@-]|\*\*|~~|```|\]\(|\n> |\n- |\n1\. |  ){0,80}"
    ) {
        holds_for(&text);
        is_inert(&text);
    }
}

//! What marks mean, and what is left as typed. What is drawn, and what holds for any text: `tests/markup.rs`.

use super::{Node, emoji::is_jumbo, parse};

// A tree as one line: kinds in brackets, text as it is.
fn tree(text: &str) -> String {
    parse(text).iter().map(shown).collect()
}

fn shown(node: &Node) -> String {
    let all = |kind: &str, inside: &[Node]| format!("<{kind}:{}>", inside.iter().map(shown).collect::<String>());
    match node {
        Node::Text(text) => text.clone(),
        Node::Strong(inside) => all("b", inside),
        Node::Emphasis(inside) => all("i", inside),
        Node::Struck(inside) => all("s", inside),
        Node::Code(text) => format!("<code:{text}>"),
        Node::Mention(text) => format!("<at:{text}>"),
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
        assert_eq!(parse(text), [Node::Text((*text).to_owned())], "{text}");
    }
}

#[test]
fn plain_text_is_one_text_with_its_line_breaks() {
    is_text(&[
        "hello",
        "  two\n   lines\n\tand a third",
        "2 * 3 * 4 = 24",
        "it's 100% \"fine\" & <b>not bold</b> #1 a|b",
    ]);
    means(&[("a\n\nb", "<p:a><p:b>"), ("a\n\n\n\nb\n", "<p:a><p:\n\nb>"), ("\n\na\n\n", "a")]);
}

#[test]
fn emphasis_is_what_its_marks_enclose() {
    means(&[
        ("**a** *b* _c_ ~~d~~", "<b:a> <i:b> <i:c> <s:d>"),
        ("***a***", "<b:<i:a>>"),
        ("***a* b**", "<b:<i:a> b>"),
        ("**a *b* c**", "<b:a <i:b> c>"),
        ("*a **b** c*", "<i:a <b:b> c>"),
        ("**two\nlines**", "<b:two\nlines>"),
        ("**W**orld, *un*finished", "<b:W>orld, *un*finished"),
        ("(*a*), \"_b_\"!", "(<i:a>), \"<i:b>\"!"),
        ("**強調**と", "<b:強調>と"),
    ]);
}

#[test]
fn odd_marks_are_text() {
    is_text(&[
        "**a",
        "a**",
        "*a",
        "a*",
        "_a",
        "~~a",
        "~a~",
        "`a",
        "``a`",
        "x * a *",
        "** a **",
        "****",
        "*****",
        "a ** b",
        "__init__",
        "snake_case_name",
        "2*3*4",
        "a*b*c",
        "2**3**4",
        "int *p = *q;",
        ":* and :*",
        "~~",
        "**a\u{a0}**b",
        "[a",
        "a](b)",
        "[a](b)",
        "[a] (https",
        ">_<",
        ">:(",
        "<3",
        "-",
        "- ",
        "-a",
        "*",
        "1.",
        "1984. A year",
        "007. A name",
        "- - -",
        "***\n***",
        "```",
        "```rust",
        "```\n```",
        "#a",
        "`` ``",
        "![a](b)",
    ]);
    means(&[
        ("*a **b*", "<i:a **b>"),
        ("**a *b**", "<b:a *b>"),
        ("*a _b* c_", "<i:a _b> c_"),
        ("*a *b*", "*a <i:b>"),
        ("**a\n\nb**", "<p:**a><p:b**>"),
    ]);
}

#[test]
fn a_backslash_makes_text_of_a_mark_and_of_nothing_else() {
    means(&[
        (r"\*a\* \_b\_ \`c\` \~~d~~ \[e](https://x.y) \@f", "*a* _b_ `c` ~~d~~ [e](<a:https://x.y>) @f"),
        (r"\\*a*", r"\<i:a>"),
        ("\\> a\n\\- b\n1\\. c\n12\\. d", "> a\n- b\n1. c\n12. d"),
    ]);
    is_text(&[r"C:\temp\new", r"\\server\share", r"\d+\.\d+", "end\\", r"a\-b", r"¯\_(ツ)_/¯"]);
}

#[test]
fn code_is_as_typed() {
    means(&[
        ("`a*b*c` ``d`e``", "<code:a*b*c> <code:d`e>"),
        ("`` `a` ``", "<code:`a`>"),
        (r"`\*` `https://x.y` `@a`", r"<code:\*> <code:https://x.y> <code:@a>"),
        ("*a `b*` c*", "<i:a <code:b*> c>"),
        ("```a```", "<code:a>"),
    ]);
}

#[test]
fn fences_enclose_lines() {
    means(&[
        ("```\na\n\n  *b*\n```", "<pre:a\n\n  *b*>"),
        ("see\n```\na\n```\nthere", "<p:see><pre:a><p:there>"),
        ("```c++\nx\n```", "<pre c++:x>"),
        ("````\n```\na\n````", "<pre:```\na>"),
        ("```\na```", "<pre:a>"),
        ("```let a;\nlet b;\n```", "<pre:let a;\nlet b;>"),
        ("> ```\n> a\n> ```\nb", "<q:<pre:a>><p:b>"),
        ("```\na\n", "```\na"),
    ]);
}

#[test]
fn code_of_a_language_has_colours() {
    means(&[
        (
            "```rust\nfn a<'b>() { \"c\\\"d\" + 0x1F + 1.5 } // e\n/* f\n*/ g.type\n```",
            "<pre rust:<tok-key:fn> a<'b>() { <tok-str:\"c\\\"d\"> + <tok-num:0x1F> + <tok-num:1.5> } <tok-com:// e>\n\
             <tok-com:/* f\n*/> g.type>",
        ),
        (
            "```python\nif a: # b\n  c = 'd' // 2\n```",
            "<pre python:<tok-key:if> a: <tok-com:# b>\n  c = <tok-str:'d'> // <tok-num:2>>",
        ),
        ("```sql\nSELECT a -- b\n```", "<pre sql:<tok-key:SELECT> a <tok-com:-- b>>"),
        ("```sh\necho $# \"open\n```", "<pre sh:echo $# \"open>"),
        ("```text\nif it is // 1\n```", "<pre text:if it is // 1>"),
        ("```\nif 1\n```", "<pre:if 1>"),
    ]);
}

#[test]
fn quotes_go_as_far_as_their_marks() {
    means(&[
        ("> a\n> *b*\nc", "<q:a\n<i:b>><p:c>"),
        ("> a\n>\n> b", "<q:<p:a><p:b>>"),
        ("> a\n>> b\n> > c", "<q:<p:a><q:b\nc>>"),
        ("> - a\n> - b", "<q:<ul:<-:a><-:b>>>"),
        ("a > b\n> c", "<p:a > b><q:c>"),
    ]);
}

#[test]
fn lists_keep_their_numbers_and_have_two_levels() {
    means(&[
        ("- a\n* b\n\n- *c*", "<ul:<-:a><-:b><-:<i:c>>>"),
        ("1. a\n2. b\n5. c", "<ol:<1:a><2:b><5:c>>"),
        ("a:\n- b\nc", "<p:a:><ul:<-:b>><p:c>"),
        ("- a\n  - b\n  - c\n- d", "<ul:<-:a<ul:<-:b><-:c>>><-:d>>"),
        ("1. a\n  - b\n    more", "<ol:<1:a<ul:<-:b\nmore>>>>"),
        ("- a\n  - b\n    - c", "<ul:<-:a<ul:<-:b\n- c>>>>"),
        ("- a\n\n  b\n- c", "<ul:<-:<p:a><p:b>><-:c>>"),
        ("- a\n1. b", "<ul:<-:a>><ol:<1:b>>"),
        (" - a\n - b", "<ul:<-:a><-:b>>"),
        ("- a\n  ```\n  b\n  ```", "<ul:<-:<p:a><pre:b>>>"),
    ]);
}

#[test]
fn addresses_are_found_where_they_end() {
    means(&[
        (
            "see https://example.org/a_(b)?q=1, or (http://x.y).",
            "see <a:https://example.org/a_(b)?q=1>, or (<a:http://x.y>).",
        ),
        ("https://例え.jp。", "<a:https://例え.jp>。"),
        ("Https://x.y! mailto:a@b.c?", "<a:Https://x.y>! <a:mailto:a@b.c>?"),
        ("**https://x.y** _https://x.y/_", "<b:<a:https://x.y>> <i:<a:https://x.y/>>"),
        ("https://x.y/*a*/_b_", "<a:https://x.y/*a*/_b>_"),
        ("https://x.y/(", "<a:https://x.y/>("),
        ("[https://x.y]", "[<a:https://x.y>]"),
        ("http://[::1]:3000/?a[]=1", "<a:http://[::1]:3000/?a[]=1>"),
    ]);
}

#[test]
fn only_three_schemes_become_a_link() {
    is_text(&[
        "javascript:alert(1)",
        "http://",
        "https://.",
        "xhttp://a.b",
        "data:text/html,x",
        "httpd is up",
        "ftp://x.y",
        "mailto:",
        "[a](javascript:alert(1))",
        "[a](data:x)",
        "[a](//x.y)",
        "[a](/x)",
        "[a](x.y)",
        "[a](http://)",
    ]);
}

#[test]
fn a_text_can_lead_to_an_address() {
    means(&[
        ("[a *b*](https://x.y/(c)).", "<a https://x.y/(c):a <i:b>>."),
        ("[a [b] c](mailto:d@e.f)", "<a mailto:d@e.f:a [b] c>"),
        ("**[a](http://x.y)**", "<b:<a http://x.y:a>>"),
        ("*[a*](http://x.y)", "<i:[a>](<a:http://x.y>)"),
    ]);
}

#[test]
fn a_link_does_not_show_the_address_of_another_place() {
    means(&[
        ("[https://good.example](https://bad.example)", "[<a:https://good.example>](<a:https://bad.example>)"),
        ("[a [b](http://x.y) c](http://z.z)", "[a <a http://x.y:b> c](<a:http://z.z>)"),
        ("[](http://x.y)", "[](<a:http://x.y>)"),
        ("https://x.y/\u{202e}gro.elpmaxe", "<a:https://x.y/>\u{202e}gro.elpmaxe"),
    ]);
}

#[test]
fn mentions_begin_at_a_word() {
    means(&[
        ("@ana, (@さくら) and @e\u{301}va-maria.b!", "<at:@ana>, (<at:@さくら>) and <at:@e\u{301}va-maria.b>!"),
        ("**@ana** _@ben_ @ana's", "<b:<at:@ana>> <i:<at:@ben>> <at:@ana>'s"),
        ("see @ana.", "see <at:@ana>."),
    ]);
    is_text(&["ana@example.org", "@", "@@ana", "a @ b", "@!", "@..."]);
}

#[test]
fn up_to_three_emoji_alone_are_large() {
    for text in ["👍", " 👍 ❤️\n🎉 ", "❤", "👩🏽‍💻", "🏳️‍🌈🇵🇹", "👨‍👩‍👧‍👦", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☀️", "⭐", "⛹🏽‍♂️", "🤷‍♀"]
    {
        assert!(is_jumbo(text), "{text}");
    }
    for text in [
        "",
        " ",
        "👍👍👍👍",
        "ok 👍",
        "1",
        "#",
        "12",
        "☀",
        "©",
        "🇵",
        "↔",
        "a",
        "👍!",
        "\u{200d}",
        "\u{fe0f}",
        "👍\u{200d}a",
        "→",
    ] {
        assert!(!is_jumbo(text), "{text}");
    }
}

#[test]
fn what_nests_too_deep_is_text() {
    assert_eq!(tree(&format!("{}a", "> ".repeat(10))), format!("{}> > a{}", "<q:".repeat(8), ">".repeat(8)));
}

#[test]
fn what_would_be_too_many_elements_is_text() {
    for text in [
        "*a* ".repeat(4_000),
        "@a ".repeat(5_000),
        "a\n\n".repeat(4_000),
        "- a\n".repeat(4_000),
        "> a\n\n".repeat(3_000),
    ] {
        let tree = tree(&text);
        assert!(tree.matches('<').count() <= super::ELEMENTS + 2, "{}", &text[..8]);
        assert!(tree.contains("a") && tree.len() >= text.len() / 2);
    }
    let code = format!("```c\n{}\n```", "1 ".repeat(8_000));
    assert_eq!(tree(&code).matches("<tok").count(), super::ELEMENTS - 1);
}

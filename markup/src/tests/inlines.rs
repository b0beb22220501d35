//! Tests of inline structure.

use super::{assert_plain_text, assert_trees};

#[test]
fn delimiters_enclose_emphasis() {
    assert_trees(&[
        ("**a** *b* _c_ ~~d~~", "<b:a> <i:b> <i:c> <s:d>"),
        ("***a***", "<b:<i:a>>"),
        ("***a* b**", "<b:<i:a> b>"),
        ("**a *b* c**", "<b:a <i:b> c>"),
        ("*a **b** c*", "<i:a <b:b> c>"),
        ("**two\nlines**", "<b:two\nlines>"),
        ("(*a*), \"_b_\"!", "(<i:a>), \"<i:b>\"!"),
        ("**強調**と", "<b:強調>と"),
    ]);
}

#[test]
fn incomplete_markup_is_text() {
    assert_plain_text(&[
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
        "**W**orld, *un*finished",
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
    assert_trees(&[
        ("*a **b*", "<i:a **b>"),
        ("**a *b**", "<b:a *b>"),
        ("*a _b* c_", "<i:a _b> c_"),
        ("*a *b*", "*a <i:b>"),
        ("**a\n\nb**", "<p:**a><p:b**>"),
    ]);
}

#[test]
fn a_backslash_escapes_markup_characters_only() {
    assert_trees(&[
        (r"\*a\* \_b\_ \`c\` \~~d~~ \[e](https://x.y) \@f", "*a* _b_ `c` ~~d~~ [e](<a:https://x.y>) @f"),
        (r"\\`a` \\*b*", r"\<code:a> \*b*"),
        ("\\> a\n\\- b\n1\\. c\n12\\. d", "> a\n- b\n1. c\n12. d"),
    ]);
    assert_plain_text(&[r"C:\temp\new", r"\\server\share", r"\d+\.\d+", "end\\", r"a\-b", r"¯\_(ツ)_/¯"]);
}

#[test]
fn code_spans_are_literal() {
    assert_trees(&[
        ("`a*b*c` ``d`e``", "<code:a*b*c> <code:d`e>"),
        ("`` `a` ``", "<code:`a`>"),
        (r"`\*` `https://x.y` `@a`", r"<code:\*> <code:https://x.y> <code:@a>"),
        ("*a `b*` c*", "<i:a <code:b*> c>"),
        ("```a```", "<code:a>"),
    ]);
}

#[test]
fn bare_urls_become_links() {
    assert_trees(&[
        (
            "see https://example.org/a_(b)?q=1, or (http://x.y).",
            "see <a:https://example.org/a_(b)?q=1>, or (<a:http://x.y>).",
        ),
        ("https://例え.jp。", "<a:https://例え.jp>。"),
        ("Https://x.y! mailto:a@b.c?", "<a:Https://x.y>! <a:mailto:a@b.c>?"),
        ("**https://x.y** _https://x.y/_", "<b:<a:https://x.y>> <i:<a:https://x.y/>>"),
        ("https://x.y/*a*/_b_", "<a:https://x.y/*a*/_b_>"),
        ("https://x.y/(", "<a:https://x.y/>("),
        ("[https://x.y]", "[<a:https://x.y>]"),
        ("http://[::1]:3000/?a[]=1", "<a:http://[::1]:3000/?a[]=1>"),
    ]);
}

#[test]
fn only_three_schemes_become_links() {
    assert_plain_text(&[
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
fn inline_links_have_a_text_and_a_destination() {
    assert_trees(&[
        ("[a *b*](https://x.y/(c)).", "<a https://x.y/(c):a <i:b>>."),
        ("[a [b] c](mailto:d@e.f)", "<a mailto:d@e.f:a [b] c>"),
        ("**[a](http://x.y)**", "<b:<a http://x.y:a>>"),
        ("*[a*](http://x.y)", "<i:[a>](<a:http://x.y>)"),
    ]);
}

#[test]
fn a_link_text_cannot_be_another_url() {
    assert_trees(&[
        ("[https://good.example](https://bad.example)", "[<a:https://good.example>](<a:https://bad.example>)"),
        ("[a [b](http://x.y) c](http://z.z)", "[a <a http://x.y:b> c](<a:http://z.z>)"),
        ("[](http://x.y)", "[](<a:http://x.y>)"),
        ("https://x.y/\u{202e}gro.elpmaxe", "<a:https://x.y/>\u{202e}gro.elpmaxe"),
    ]);
}

#[test]
fn mentions_start_at_word_boundaries() {
    assert_trees(&[
        ("@ana, (@さくら) and @e\u{301}va-maria.b!", "<at:@ana>, (<at:@さくら>) and <at:@e\u{301}va-maria.b>!"),
        ("**@ana** _@ben_ @ana's", "<b:<at:@ana>> <i:<at:@ben>> <at:@ana>'s"),
        ("see @ana.", "see <at:@ana>."),
        ("@Mary\u{a0}Ann Lee, @Bo\u{a0} hi", "<at:@Mary\u{a0}Ann> Lee, <at:@Bo>\u{a0} hi"),
    ]);
    assert_plain_text(&["ana@example.org", "@", "@@ana", "a @ b", "@!", "@..."]);
}

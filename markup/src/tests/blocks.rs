//! Tests of block structure and of the limits on nesting and elements.

use super::{super::MAX_ELEMENTS, assert_plain_text, assert_trees, tree};

#[test]
fn text_without_markup_is_one_node_with_its_line_breaks() {
    assert_plain_text(&[
        "hello",
        "  two\n   lines\n\tand a third",
        "2 * 3 * 4 = 24",
        "it's 100% \"fine\" & <b>not bold</b> #1 a|b",
    ]);
    assert_trees(&[("a\n\nb", "<p:a><p:b>"), ("a\n\n\n\nb\n", "<p:a><p:\n\nb>"), ("\n\na\n\n", "a")]);
}

#[test]
fn code_fences_enclose_lines() {
    assert_trees(&[
        ("```\na\n\n  *b*\n```", "<pre:a\n\n  *b*>"),
        ("see\n```\na\n```\nthere", "<p:see><pre:a><p:there>"),
        ("```c++\nx\n```", "<pre c++:x>"),
        ("````\n```\na\n````", "<pre:```\na>"),
        ("```let a;\nlet b;\n```", "<pre:let a;\nlet b;>"),
        ("> ```\n> a\n> ```\nb", "<q:<pre:a>><p:b>"),
        ("```\na\n", "```\na"),
    ]);
}

#[test]
fn a_closing_fence_is_alone_on_its_line_and_long_enough() {
    assert_trees(&[
        ("```\n/// ```\nlet a;\n/// ```\n```", "<pre:/// ```\nlet a;\n/// ```>"),
        ("```\n * ```\n * b\n * ```\n```\nc", "<pre: * ```\n * b\n * ```><p:c>"),
        ("```\necho ```\n# ```sh\n```", "<pre:echo ```\n# ```sh>"),
        ("````\n```\na\n```\n````", "<pre:```\na\n```>"),
        ("```\na\n`````", "<pre:a>"),
        ("```\na\n``` \t", "<pre:a>"),
        ("```\na\n   ```", "<pre:a>"),
        ("```\na\n    ```\n```", "<pre:a\n    ```>"),
        ("```\n``` a\n```", "<pre:``` a>"),
        ("> ```\n> > ```\n> ```", "<q:<pre:> ```>>"),
        ("- ```\n  // ```\n  ```", "<ul:<-:<pre:// ```>>>"),
        ("```\r\n// ```\r\n```\r\nb", "<pre:// ```><p:b>"),
        // Without a closing fence the text is parsed as inline markup.
        ("```\na```", "<code:\na>"),
        ("````\na\n```", "````\na\n```"),
    ]);
}

#[test]
fn all_line_endings_are_equivalent() {
    let written = "a\n*b\nc*\n\n> d\n> e\n\n1. f\n   g\n2. h\n\n```rust\nlet i;\n\nj\n```\n\\- k";
    for line_end in ["\r\n", "\r"] {
        assert_eq!(tree(&written.replace('\n', line_end)), tree(written), "{line_end:?}");
    }
    assert_trees(&[("a\r\nb\rc\nd", "a\nb\nc\nd"), ("a\n\rb", "<p:a><p:b>"), ("a\r\n\r\nb", "<p:a><p:b>")]);
}

#[test]
fn code_blocks_with_a_language_are_highlighted() {
    assert_trees(&[
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
fn block_quotes_end_with_their_markers() {
    assert_trees(&[
        ("> a\n> *b*\nc", "<q:a\n<i:b>><p:c>"),
        ("> a\n>\n> b", "<q:<p:a><p:b>>"),
        ("> a\n>> b\n> > c", "<q:<p:a><q:b\nc>>"),
        ("> - a\n> - b", "<q:<ul:<-:a><-:b>>>"),
        ("a > b\n> c", "<p:a > b><q:c>"),
    ]);
}

#[test]
fn lists_keep_their_numbers_and_nest_to_two_levels() {
    assert_trees(&[
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
fn containers_beyond_the_nesting_limit_are_text() {
    assert_eq!(tree(&format!("{}a", "> ".repeat(10))), format!("{}> > a{}", "<q:".repeat(8), ">".repeat(8)));
}

#[test]
fn elements_beyond_the_limit_are_text() {
    for text in [
        "*a* ".repeat(4_000),
        "@a ".repeat(5_000),
        "a\n\n".repeat(4_000),
        "- a\n".repeat(4_000),
        "> a\n\n".repeat(3_000),
    ] {
        let tree = tree(&text);
        assert!(tree.matches('<').count() <= MAX_ELEMENTS + 2, "{}", &text[..8]);
        assert!(tree.contains("a") && tree.len() >= text.len() / 2);
    }
    let code = format!("```c\n{}\n```", "1 ".repeat(8_000));
    assert_eq!(tree(&code).matches("<tok").count(), MAX_ELEMENTS - 1);
}

//! A fingerprint of the structure of HTML. With it the browser detects that a document differs from what the server
//! rendered.
//!
//! Hydration visits the nodes of the document in the order of the views. It fails if an element, a text or a comment is
//! not where the server put it: proxies, extensions and translators may move them. Attributes and the content of texts
//! do not matter to hydration, so they are not part of the fingerprint.

/// FNV-1a, 32 bits: [draft-eastlake-fnv](https://datatracker.ietf.org/doc/html/draft-eastlake-fnv).
const OFFSET_BASIS: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// Computes the fingerprint of an HTML fragment: of its tags, texts and comments in document order.
///
/// The fragment has to be well-formed, as Leptos writes it and as `innerHTML` returns it. Both give the same result.
/// The content of a `<textarea>` is not part of it, since the reader may have typed there already.
pub fn fingerprint(html: &str) -> u32 {
    let mut hash = OFFSET_BASIS;
    let mut rest = html;
    let mut in_textarea = false;
    while !rest.is_empty() {
        let text_length = rest.find('<').unwrap_or(rest.len());
        if text_length > 0 {
            if !in_textarea {
                hash = mix(hash, b"#");
            }
            rest = &rest[text_length..];
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!") {
            hash = mix(hash, b"!");
            rest = after_comment(comment);
            continue;
        }
        let (name, end) = tag(&rest[1..]);
        if name.eq_ignore_ascii_case("textarea") || name.eq_ignore_ascii_case("/textarea") {
            in_textarea = !in_textarea;
        }
        hash = mix(mix(hash, b"<"), name.as_bytes());
        rest = &rest[1 + end..];
    }
    hash
}

fn mix(hash: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME))
}

/// Returns the text after a comment. Leptos writes `<!>` where `innerHTML` writes `<!---->`.
fn after_comment(comment: &str) -> &str {
    let (end, length) = match comment.strip_prefix("--") {
        Some(_) => (comment.find("-->"), 3),
        None => (comment.find('>'), 1),
    };
    end.map_or("", |end| &comment[end + length..])
}

/// Returns the name of a tag, with the slash of an end tag, and the length of the tag. A `>` in a quoted value does not
/// end it.
fn tag(tag: &str) -> (&str, usize) {
    let name = tag.find(|letter: char| letter.is_ascii_whitespace() || letter == '>').unwrap_or(tag.len());
    let mut quote = None;
    for (index, byte) in tag.bytes().enumerate().skip(name) {
        match (quote, byte) {
            (None, b'>') => return (&tag[..name], index + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    (&tag[..name], tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENDERED: &str = r#"<div class="a > b"><p>one<!>two</p><textarea>
 typed</textarea><ul><li>x</li><li> </li></ul><input name="n"><!></div>"#;

    #[test]
    fn the_serialization_of_a_browser_has_the_same_fingerprint() {
        let serialized = r#"<div class="a &gt; b" data-more="'"><p>one<!---->two</p><textarea>typed and more</textarea><ul><li>eks</li><li>
</li></ul><input name='n' value="<b>"><!-- - --></div>"#;
        assert_eq!(fingerprint(RENDERED), fingerprint(serialized));
        assert_eq!(fingerprint("<DIV></DIV>"), fingerprint("<div></div>"));
    }

    #[test]
    fn every_change_of_the_nodes_changes_the_fingerprint() {
        let changes = [
            ("<p>", "<p><i></i>"),
            ("<p>", " <p>"),
            ("<p>one<!>two</p>", "<p>one</p><p>two</p>"),
            ("<!>two", "two"),
            ("one<!>", "<!>"),
            ("<li>x</li>", "<li>x</li><li>x</li>"),
            ("<li> </li>", "<li></li>"),
            ("<li>x</li>", ""),
            ("<ul>", "<ol>"),
            ("<input name=\"n\">", "<input name=\"n\"><span></span>"),
            ("one", "<font><font>one</font></font>"),
            ("<!></div>", "</div>"),
        ];
        for (from, to) in changes {
            assert!(RENDERED.contains(from), "{from}");
            assert_ne!(fingerprint(RENDERED), fingerprint(&RENDERED.replace(from, to)), "{from} → {to}");
        }
    }

    #[test]
    fn nesting_changes_the_fingerprint() {
        assert_ne!(fingerprint("<p></p><p></p>"), fingerprint("<p><p></p></p>"));
    }

    #[test]
    fn truncated_html_does_not_panic() {
        for broken in ["<", "<p", "<p a=\"", "<!", "<!--", "text", "<!-- x --", "</"] {
            fingerprint(broken);
        }
    }
}

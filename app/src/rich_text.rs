//! What a message's text is made of. It stays text: the page makes nodes of the parts, never HTML of a string.

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text as it is.
    Text(&'a str),
    /// An address to follow.
    Link(&'a str),
}

/// Splits a text into plain text and the `http` and `https` addresses in it. Put together, the parts are the text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(found) = rest[from..].find("http") {
        let start = from + found;
        let length = link_length(&rest[start..]);
        let stands_alone = !rest[..start].ends_with(|c: char| c.is_alphanumeric());
        if length == 0 || !stands_alone {
            from = start + 4;
            continue;
        }
        if start > 0 {
            parts.push(Part::Text(&rest[..start]));
        }
        parts.push(Part::Link(&rest[start..start + length]));
        rest = &rest[start + length..];
        from = 0;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn link_length(text: &str) -> usize {
    let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme)) else { return 0 };
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`')).unwrap_or(text.len());
    let mut link = &text[..end];
    // A sentence's punctuation after an address is not part of it, nor is the bracket around both.
    while let Some(last) = link.chars().next_back() {
        let unopened = |open, close| last == close && link.matches(open).count() < link.matches(close).count();
        if matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '。' | '、')
            || unopened('(', ')')
            || unopened('[', ']')
            || unopened('{', '}')
        {
            link = &link[..link.len() - last.len_utf8()];
        } else {
            break;
        }
    }
    if link.len() > scheme.len() { link.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Part::*, *};

    #[test]
    fn addresses_are_found_where_they_end() {
        assert_eq!(
            parts("see https://example.org/a_(b)?q=1, or (http://x.y)."),
            [Text("see "), Link("https://example.org/a_(b)?q=1"), Text(", or ("), Link("http://x.y"), Text(").")]
        );
        assert_eq!(parts("https://例え.jp。"), [Link("https://例え.jp"), Text("。")]);
    }

    #[test]
    fn only_http_becomes_a_link() {
        for text in ["javascript:alert(1)", "http://", "https://.", "xhttp://a.b", "data:text/html,x", "httpd is up"] {
            assert_eq!(parts(text), [Text(text)]);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(\\PC|https?://|[ ().,\\n]){0,60}") {
            let joined: String = parts(&text).iter().map(|part| match part { Text(text) | Link(text) => *text }).collect();
            prop_assert_eq!(joined, text);
        }
    }
}

//! Control characters, which messages must not contain.

/// Whether a message must not contain this character: a control character other than tab, LF and CR.
pub(crate) fn is_forbidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// The first control character that a message must not contain, with its byte offset.
pub fn control_character(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| is_forbidden(*c))
}

/// Removes the control characters that a message must not contain. Returns `None` if there are none.
pub fn without_control_characters(text: &str) -> Option<String> {
    control_character(text).map(|_| text.chars().filter(|c| !is_forbidden(*c)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_located_and_removed() {
        assert_eq!(control_character("é\r\n\u{7}\u{0}"), Some((4, '\u{7}')));
        assert_eq!(control_character("two\r\n\tlines"), None);
        assert_eq!(without_control_characters("\u{1b}[31mred\u{1b}[0m\r\n").as_deref(), Some("[31mred[0m\r\n"));
        assert_eq!(without_control_characters("red"), None);
    }
}

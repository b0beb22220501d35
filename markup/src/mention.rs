//! Mentions: a name behind `@`, as far as it can be told without knowing who there is.
//!
//! Names have any characters, blanks among them. Here a name ends with the first blank that may break a line: a
//! completion writes the others, which hold a name together on the screen, too. Whoever knows the people decides
//! whether anybody is meant at all.

use super::part;

/// A blank within a name: U+00A0.
pub const NO_BREAK: char = '\u{a0}';

/// How many bytes of the text behind an `@` are a name: 0 if it is no mention. In `ana@example.org` it is none.
pub(super) fn length(before: Option<char>, text: &str) -> usize {
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '/' | '.' | '-' | '+')) {
        return 0;
    }
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    part::end_without(part::between(text, 0, end), ".-_\u{a0}")
}

// Whatever is neither a blank nor punctuation: a combining mark or a joined emoji is part of a name, too.
fn is_part(c: char) -> bool {
    match c {
        '_' | '-' | '.' | NO_BREAK => true,
        '\u{200e}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => false,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => false,
        _ => !c.is_ascii_punctuation() && !c.is_whitespace() && !c.is_control(),
    }
}

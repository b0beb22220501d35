//! Mentions: a name behind `@`, as far as it can be told without knowing who there is.
//!
//! Names have any characters, blanks among them. Here a name ends with the first blank; whoever knows the people
//! decides how much of what follows belongs to it, and whether anybody is meant at all.

use super::part;

/// How many bytes of the text behind an `@` are a name: 0 if it is no mention. In `ana@example.org` it is none.
pub(super) fn length(before: Option<char>, text: &str) -> usize {
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '/' | '.' | '-' | '+')) {
        return 0;
    }
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    part::end_without(part::between(text, 0, end), ".-_")
}

// Whatever is neither a blank nor punctuation: a combining mark or a joined emoji is part of a name, too.
fn is_part(c: char) -> bool {
    match c {
        '_' | '-' | '.' => true,
        '\u{200e}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => false,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => false,
        _ => !c.is_ascii_punctuation() && !c.is_whitespace() && !c.is_control(),
    }
}

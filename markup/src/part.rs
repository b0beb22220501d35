//! Parts of a text.
//!
//! Each place that cuts a text would carry its own checks and its own message for the case that it cuts a character in
//! two, and each kind of pattern its own search: in the page these few functions stand for all of them. The places are
//! always those of marks, which are ASCII; were one ever wrong, the part would be empty, and nothing would stop.

/// The text between two places.
#[inline(never)]
pub(super) fn between(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// The text from a place on.
pub(super) fn from(text: &str, from: usize) -> &str {
    between(text, from, text.len())
}

/// The text between two places, to keep.
#[inline(never)]
pub(super) fn copy(text: &str, from: usize, to: usize) -> String {
    between(text, from, to).to_owned()
}

/// The first character from a place on.
#[inline(never)]
pub(super) fn next_char(text: &str, at: usize) -> Option<char> {
    from(text, at).chars().next()
}

/// The last character before a place.
#[inline(never)]
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    between(text, 0, at).chars().next_back()
}

/// How often a character of ASCII is repeated from a place on.
#[inline(never)]
pub(super) fn run(text: &str, at: usize, byte: u8) -> usize {
    from(text, at).bytes().take_while(|other| *other == byte).count()
}

/// Where a text ends without the characters at its end that are among these.
#[inline(never)]
pub(super) fn end_without(text: &str, these: &str) -> usize {
    text.trim_end_matches(|c| these.contains(c)).len()
}

/// Whether there is nothing to see.
#[inline(never)]
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Whether a word is one of a list with blanks between.
#[inline(never)]
pub(super) fn is_listed(word: &str, list: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

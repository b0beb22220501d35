//! String slicing by byte offsets, without panics.
//!
//! Each indexing expression compiles to its own bounds check and panic message, and each kind of pattern to its own
//! search. These few functions, never inlined, make the page's WebAssembly smaller. The offsets are always those of
//! ASCII characters; if one was ever not a character boundary, the slice would be empty and nothing would panic.

/// The text between two byte offsets.
#[inline(never)]
pub(super) fn between(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// The text from a byte offset to the end.
pub(super) fn from(text: &str, from: usize) -> &str {
    between(text, from, text.len())
}

/// An owned copy of the text between two byte offsets.
#[inline(never)]
pub(super) fn copy(text: &str, from: usize, to: usize) -> String {
    between(text, from, to).to_owned()
}

/// The character at a byte offset.
#[inline(never)]
pub(super) fn next_char(text: &str, at: usize) -> Option<char> {
    from(text, at).chars().next()
}

/// The character before a byte offset.
#[inline(never)]
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    between(text, 0, at).chars().next_back()
}

/// The length of the run of an ASCII character that starts at a byte offset.
#[inline(never)]
pub(super) fn run_length(text: &str, at: usize, byte: u8) -> usize {
    from(text, at).bytes().take_while(|other| *other == byte).count()
}

/// The length of a text without any of the given characters at its end, in bytes.
#[inline(never)]
pub(super) fn trimmed_length(text: &str, characters: &str) -> usize {
    text.trim_end_matches(|c| characters.contains(c)).len()
}

/// Whether a text is empty or has only white space.
#[inline(never)]
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Whether a space-separated list contains a word.
#[inline(never)]
pub(super) fn has_word(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

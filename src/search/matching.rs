//! Finding a folded word in a folded text.

use std::ops::Range;

use super::fold::is_mark;

/// The byte range of the first match of a folded word in a folded text, without the combining marks at its end.
///
/// The last letter of the word may have further marks in the text: `cafe` matches `café`, which contains it when
/// decomposed. Marks of the word must all be in the text: `café` does not match `cafe`.
pub fn find(text: &str, word: &str) -> Option<Range<usize>> {
    let core = core(word);
    let marks = &word[core.len()..];
    let mut from = 0;
    loop {
        let start = from + text[from..].find(core)?;
        let end = start + core.len();
        // The text may have further marks between these.
        let has = |mark| text[end..].chars().take_while(|c| is_mark(*c)).any(|c| c == mark);
        if marks.chars().all(has) {
            return Some(start..end);
        }
        from = start + core.chars().next().map_or(1, char::len_utf8);
    }
}

/// Whether [`find`] finds the word in the text.
pub(crate) fn contains(text: &str, word: &str) -> bool {
    let core = core(word);
    // Faster than finding the position.
    text.contains(core) && (core.len() == word.len() || find(text, word).is_some())
}

/// The prefix of a folded word that is contiguous in every text that contains the word: the word without the combining
/// marks at its end. If the word consists of marks only, the first mark.
pub fn core(word: &str) -> &str {
    match word.trim_end_matches(is_mark) {
        "" => &word[..word.chars().next().map_or(0, char::len_utf8)],
        core => core,
    }
}

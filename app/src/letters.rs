//! Letters as a reader counts them (grapheme clusters, UAX #29), and small letters for large ones.
//!
//! The browser knows them by itself, so that the tables for it are in the server only. Where the two are of different
//! versions of Unicode, an initial drawn by the server may change in the browser; no text depends on them.

use std::ops::Range;

/// A text in small letters.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// A text in small letters.
#[cfg(target_arch = "wasm32")]
pub(crate) fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The first `count` letters of a text.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn first_letters(text: &str, count: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation;

    text.graphemes(true).take(count).collect()
}

/// The first `count` letters of a text.
#[cfg(target_arch = "wasm32")]
pub(crate) fn first_letters(text: &str, count: usize) -> String {
    let segments = js_sys::Intl::Segmenter::default().segment(text);
    let mut letters = String::new();
    let mut at = 0;
    for _ in 0..count {
        let Some(found) = segments.containing(at) else { break };
        let letter = found.segment();
        at += letter.length();
        letters.push_str(&String::from(letter));
    }
    letters
}

/// The byte range of the letter that contains the character at a byte index; empty at the end of the text.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn letter_at(text: &str, at: usize) -> Range<usize> {
    use unicode_segmentation::UnicodeSegmentation;

    let mut letters = text.grapheme_indices(true).map(|(start, letter)| start..start + letter.len());
    letters.find(|letter| letter.contains(&at)).unwrap_or(at..at)
}

/// The byte range of the letter that contains the character at a byte index; empty at the end of the text.
#[cfg(target_arch = "wasm32")]
pub(crate) fn letter_at(text: &str, at: usize) -> Range<usize> {
    if text.is_ascii() {
        // No message has a carriage return, so each character is a letter.
        return at..text.len().min(at + 1);
    }
    // The browser counts UTF-16 code units.
    let units = |text: &str| text.encode_utf16().count() as u32;
    let segments = js_sys::Intl::Segmenter::default().segment(text);
    let Some(found) = segments.containing(units(&text[..at])) else { return at..at };
    let (mut start, mut left) = (at, units(&text[..at]) - found.index());
    while left > 0
        && let Some(c) = text[..start].chars().next_back()
    {
        start -= c.len_utf8();
        left -= c.len_utf16() as u32;
    }
    start..start + String::from(found.segment()).len()
}

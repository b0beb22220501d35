//! Grapheme clusters (UAX #29, "letters as a reader counts them") and lower case.
//!
//! The browser has functions for both, so only the server contains Unicode's tables. If the two have different versions
//! of Unicode, initials that the server rendered may change in the browser; no message text depends on them.

use std::ops::Range;

/// Converts a text to lower case.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// Converts a text to lower case.
#[cfg(target_arch = "wasm32")]
pub(crate) fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Returns the first `count` graphemes of a text.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn first_graphemes(text: &str, count: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation;

    text.graphemes(true).take(count).collect()
}

/// Returns the first `count` graphemes of a text.
#[cfg(target_arch = "wasm32")]
pub(crate) fn first_graphemes(text: &str, count: usize) -> String {
    let segments = js_sys::Intl::Segmenter::default().segment(text);
    let mut graphemes = String::new();
    let mut at = 0;
    for _ in 0..count {
        let Some(found) = segments.containing(at) else { break };
        let grapheme = found.segment();
        at += grapheme.length();
        graphemes.push_str(&String::from(grapheme));
    }
    graphemes
}

/// Returns the byte range of the grapheme that contains the character at a byte index; empty at the end of the text.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn grapheme_at(text: &str, at: usize) -> Range<usize> {
    use unicode_segmentation::UnicodeSegmentation;

    let mut graphemes = text.grapheme_indices(true).map(|(start, grapheme)| start..start + grapheme.len());
    graphemes.find(|grapheme| grapheme.contains(&at)).unwrap_or(at..at)
}

/// Returns the byte range of the grapheme that contains the character at a byte index; empty at the end of the text.
#[cfg(target_arch = "wasm32")]
pub(crate) fn grapheme_at(text: &str, at: usize) -> Range<usize> {
    if text.is_ascii() {
        // No message has a carriage return, so each character is a grapheme.
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

//! Folding in the browser, with the methods of JavaScript's `String`, so that the page has no tables to download.

use js_sys::JsString;

use super::{clean, push};

/// Appends the folded form of a text without CR.
pub(super) fn fold(text: &str, folded: &mut String) {
    let mut text = text.to_owned();
    for _ in 0..2 {
        let cleaned = JsString::from(text.chars().filter_map(clean).collect::<String>());
        text = cleaned.to_lower_case().to_upper_case().to_lower_case().normalize("NFKD").into();
    }
    text.chars().filter_map(clean).for_each(|c| push(c, folded));
}

/// Appends the lower-case form of a character.
pub(super) fn lower(c: char, lower: &mut String) {
    lower.push_str(&String::from(JsString::from(c.to_string()).to_lower_case()));
}

/// Whether the canonical combining class of a character is not 0. U+0345 is the only character of the highest class, so
/// NFKD moves every other mark before it.
pub(super) fn is_mark(c: char) -> bool {
    let pair = JsString::from(String::from_iter(['\u{345}', c]));
    !String::from(pair.normalize("NFKD")).starts_with('\u{345}')
}

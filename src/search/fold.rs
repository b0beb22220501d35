//! Folding for search: texts that look equal fold to the same text.
//!
//! | step | texts that become equal |
//! |---|---|
//! | replace CRLF and CR by LF | |
//! | remove invisible characters and the Arabic tatweel | `co\u{AD}op` and `coop` |
//! | replace quotes, dashes and slashes by ASCII | `don’t` and `don't`; `“`, `„`, `「` and `"`; `–` and `-` |
//! | fold case: to lower, upper and lower case | `ẞ`, `ß`, `SS` and `ss`; `ı`, `I` and `i`; `ς` and `Σ` |
//! | compatibility decomposition (NFKD, UAX #15) | `é` and `e\u{301}`; `ｱ` and `ア`; `ﬁ` and `fi`; `한` and its jamo |
//! | repeat the steps above for what NFKD produced | `𝐀` and `a` |
//! | remove the dot above `i` | `İ`, `I` and `i` |
//!
//! The result stays decomposed. Each step maps single characters; only NFKD also reorders the combining marks of one
//! letter. So [`find`](super::find) finds any substring of a text in that text, even one that starts or ends between a
//! letter and its mark. There is one exception: a dot above cannot be found without its `i`.
//!
//! The host folds with Unicode tables, the browser with its own `String` methods, so that the page has no tables to
//! download. `tests/folded` checks that both give the same results.

use crate::text::{is_invisible, with_newlines};

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(not(target_arch = "wasm32"))]
mod host;

#[cfg(target_arch = "wasm32")]
use browser as platform;
#[cfg(not(target_arch = "wasm32"))]
use host as platform;

/// Folds a text. Folding the result again changes nothing.
///
/// ```
/// use parlor::search::fold;
///
/// assert_eq!(fold("STRAẞE"), fold("strasse"));
/// assert_eq!(fold("“Ｄｏｎ’ｔ”"), "\"don't\"");
/// ```
pub fn fold(text: &str) -> String {
    if text.contains('\r') {
        return fold(&with_newlines(text));
    }
    if text.is_ascii() {
        // A much faster path; in many rooms most texts are ASCII.
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    platform::fold(text, &mut folded);
    folded
}

/// Appends the lower-case form of a character, which may be several characters. Nothing else is folded.
pub fn fold_char(c: char, folded: &mut String) {
    match c {
        'ς' => folded.push('σ'),
        _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        _ => platform::lower(c, folded),
    }
}

/// Whether a character is a combining mark that NFKD may reorder: its canonical combining class is not 0.
pub fn is_mark(c: char) -> bool {
    // No character before U+0300 is a combining mark.
    c >= '\u{300}' && platform::is_mark(c)
}

/// Maps a character to its replacement, or to `None` to remove it. Applied before NFKD, and again to the characters
/// that NFKD produces.
fn clean(c: char) -> Option<char> {
    Some(match c {
        '‘'..='‛' | '′' | '´' | '\u{1FFD}' | 'ʻ' | 'ʼ' | '\u{5F3}' => '\'',
        '“'..='‟' | '″' | '\u{5F4}' | '「'..='』' | '〝'..='〟' => '"',
        // Not folded to '"': French typography has spaces inside these quotes, which `Search::parse` removes.
        '‹' => '«',
        '›' => '»',
        '\u{2010}'..='\u{2015}' | '−' => '-',
        '⁄' | '∕' => '/',
        '〜' => '~',
        'ς' => 'σ',
        '\u{37A}' => 'ι',
        '\u{640}' => return None,
        // Line and paragraph separators are white space, not invisible characters to remove.
        '\u{2028}' | '\u{2029}' => c,
        c if is_invisible(c) => return None,
        c => c,
    })
}

/// Appends a character, unless it is COMBINING DOT ABOVE after an `i`.
fn push(c: char, folded: &mut String) {
    if c != '\u{307}' || !folded.ends_with('i') {
        folded.push(c);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    // The algorithm of the browser: each step is applied to the whole text.
    fn step_by_step(text: &str) -> String {
        let cleaned = |text: &str| text.chars().filter_map(clean).collect::<String>();
        let mut text = with_newlines(text);
        for _ in 0..2 {
            text = cleaned(&text).to_lowercase().to_uppercase().to_lowercase().nfkd().collect();
        }
        let mut folded = String::new();
        cleaned(&text).chars().for_each(|c| push(c, &mut folded));
        folded
    }

    // All characters except those in the planes of ideographs and in unassigned planes.
    fn characters() -> impl Iterator<Item = char> {
        ('\0'..='\u{1FFFF}').chain('\u{2F800}'..='\u{2FA1F}').chain('\u{E0000}'..='\u{E0FFF}')
    }

    #[test]
    fn folding_every_character_is_idempotent_and_equals_the_browsers_algorithm() {
        for c in characters() {
            let folded = fold(&c.to_string());
            assert_eq!(folded, step_by_step(&c.to_string()), "{c:?}");
            assert_eq!(fold(&folded), folded, "{c:?}");
            assert!(!folded.contains('\u{345}'), "{c:?}");
        }
    }

    #[test]
    fn case_is_folded_in_every_script() {
        for c in characters() {
            for other in [c.to_uppercase().to_string(), c.to_lowercase().to_string()] {
                assert_eq!(fold(&other), fold(&c.to_string()), "{c:?} {other:?}");
            }
        }
    }

    #[test]
    fn canonically_and_compatibly_equivalent_texts_fold_alike() {
        // Except characters whose compatibility decomposition is a space with a mark, or two characters.
        for c in characters().filter(|c| !['´', '\u{1FFD}', '″', '\u{37A}'].contains(c)) {
            for other in [String::from_iter([c].into_iter().nfd()), String::from_iter([c].into_iter().nfkc())] {
                assert_eq!(fold(&other), fold(&c.to_string()), "{c:?} {other:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn folding_is_idempotent_and_equals_the_browsers_algorithm(
            text in "[a-zİıßΣς一-七が-ご가-각\u{300}-\u{345}\u{34f}\u{591}-\u{5c7}\u{200d}\\PC]{0,20}",
        ) {
            let folded = fold(&text);
            prop_assert_eq!(&fold(&folded), &folded);
            prop_assert_eq!(step_by_step(&text), folded);
        }

        #[test]
        fn equivalent_texts_fold_alike(text in "[aeioué\u{300}-\u{344}\u{346}-\u{34e}が가-각]{0,12}") {
            prop_assert_eq!(fold(&text.nfc().collect::<String>()), fold(&text));
            prop_assert_eq!(fold(&text.nfkd().collect::<String>()), fold(&text));
        }
    }
}

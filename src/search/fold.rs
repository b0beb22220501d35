//! Folding: texts that look equal fold to the same text.
//!
//! | step | equal by it |
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
//! letter. So [`find`] finds a part of a text in that text wherever the part begins and ends, even between a letter and
//! its mark. One part can't be found: a single dot above, without the `i` that it stands on.
//!
//! The server takes case and decomposition from tables, the browser from its own `String` methods, so that the page has
//! no tables to download. `tests/folded` holds both to the same results.

use std::ops::Range;

use crate::text::{is_invisible, with_newlines};

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
        // Most of what is compared in many rooms, and many times faster.
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    platform::fold(text, &mut folded);
    folded
}

/// Appends a character with its case folded, which may become several, and everything else kept.
pub fn fold_char(c: char, folded: &mut String) {
    match c {
        'ς' => folded.push('σ'),
        _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        _ => platform::lower(c, folded),
    }
}

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
        // In the text, further marks may stand between these.
        let has = |mark| text[end..].chars().take_while(|c| is_mark(*c)).any(|c| c == mark);
        if marks.chars().all(has) {
            return Some(start..end);
        }
        from = start + core.chars().next().map_or(1, char::len_utf8);
    }
}

/// Whether [`find`] finds the word.
pub(crate) fn contains(text: &str, word: &str) -> bool {
    let core = core(word);
    // Faster than finding the position.
    text.contains(core) && (core.len() == word.len() || find(text, word).is_some())
}

/// The part of a folded word that is contiguous in every text with the word: all but the combining marks at its end. If
/// the word consists of marks, the first one.
pub fn core(word: &str) -> &str {
    match word.trim_end_matches(is_mark) {
        "" => &word[..word.chars().next().map_or(0, char::len_utf8)],
        core => core,
    }
}

/// Whether a character is a combining mark that NFKD may reorder: its canonical combining class is not 0.
pub fn is_mark(c: char) -> bool {
    // No character before U+0300 is one.
    c >= '\u{300}' && platform::is_mark(c)
}

// Removes or replaces a character. Done before NFKD, and after it for the characters that NFKD produces.
fn clean(c: char) -> Option<char> {
    Some(match c {
        '‘'..='‛' | '′' | '´' | '\u{1FFD}' | 'ʻ' | 'ʼ' | '\u{5F3}' => '\'',
        '“'..='‟' | '″' | '\u{5F4}' | '「'..='』' | '〝'..='〟' => '"',
        // Kept apart from '"': French sets spaces inside them, and `Search::parse` removes those.
        '‹' => '«',
        '›' => '»',
        '\u{2010}'..='\u{2015}' | '−' => '-',
        '⁄' | '∕' => '/',
        '〜' => '~',
        'ς' => 'σ',
        '\u{37A}' => 'ι',
        '\u{640}' => return None,
        // Line and paragraph separators are white space.
        '\u{2028}' | '\u{2029}' => c,
        c if is_invisible(c) => return None,
        c => c,
    })
}

// Appends a character, unless it is the dot above an i.
fn push(c: char, folded: &mut String) {
    if c != '\u{307}' || !folded.ends_with('i') {
        folded.push(c);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod platform {
    use std::sync::LazyLock;

    use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

    use super::{clean, push};

    // The number of code points in `SINGLE`: alphabets and kana, up to the first ideographs.
    const ALPHABETS: usize = 0x3400;

    // A cache that makes folding several times faster. For each code point that folds to a single character: that
    // character, with its canonical combining class in the top byte. For the others: 0.
    static SINGLE: LazyLock<Vec<u32>> = LazyLock::new(|| {
        let single = |c: char| {
            let mut all = Vec::new();
            for_each(c, &|_| None, &mut |class, c| all.push(u32::from(class) << 24 | u32::from(c)));
            if let [one] = all[..] { one } else { 0 }
        };
        ('\0'..).take(ALPHABETS).map(single).collect()
    });

    // What a character folds to, with its class, if that is a single character and cached.
    fn single(c: char) -> Option<(u8, char)> {
        match c {
            '\0'..='\x7f' => Some((0, c.to_ascii_lowercase())),
            '一'..='鿿' => Some((0, c)),
            _ => {
                let [class, folded @ ..] = SINGLE.get(c as usize)?.to_be_bytes();
                let [a, b, c] = folded;
                char::from_u32(u32::from_be_bytes([0, a, b, c])).filter(|c| *c != '\0').map(|c| (class, c))
            }
        }
    }

    pub(super) fn lower(c: char, lower: &mut String) {
        lower.extend(c.to_lowercase());
    }

    pub(super) fn fold(text: &str, folded: &mut String) {
        // The combining marks since the last letter, with their classes.
        let mut marks = Vec::new();
        let mut put = |class, c| {
            if class != 0 {
                marks.push((class, c));
                return;
            }
            if !marks.is_empty() {
                put_marks(&mut marks, folded);
            }
            folded.push(c);
        };
        for c in text.chars() {
            match single(c) {
                Some((class, c)) => put(class, c),
                None => for_each(c, &single, &mut put),
            }
        }
        put_marks(&mut marks, folded);
    }

    // Appends marks in canonical order: sorted by class, and stable within a class.
    fn put_marks(marks: &mut Vec<(u8, char)>, folded: &mut String) {
        marks.sort_by_key(|(class, _)| *class);
        marks.drain(..).for_each(|(_, mark)| push(mark, folded));
    }

    // Calls `put` with the characters that a character folds to, and their classes. `cached` is `single`, except while
    // the cache is built.
    fn for_each(c: char, cached: &dyn Fn(char) -> Option<(u8, char)>, put: &mut dyn FnMut(u8, char)) {
        let mut decompose = |c| {
            decompose_compatible(c, |c| match cached(c) {
                Some((class, c)) => put(class, c),
                None => fold_case(c, &mut |c| {
                    if let Some(c) = clean(c) {
                        put(canonical_combining_class(c), c);
                    }
                }),
            });
        };
        match c {
            // Hangul syllables have no case.
            '가'..='힣' => decompose(c),
            _ => clean(c).into_iter().for_each(|c| fold_case(c, &mut decompose)),
        }
    }

    // Full case folding: ẞ has only a lower case, ß, and ß only an upper case, SS.
    fn fold_case(c: char, put: &mut dyn FnMut(char)) {
        for lower in c.to_lowercase() {
            for upper in lower.to_uppercase() {
                upper.to_lowercase().for_each(&mut *put);
            }
        }
    }

    pub(super) fn is_mark(c: char) -> bool {
        single(c).map_or_else(|| canonical_combining_class(c), |(class, _)| class) != 0
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use js_sys::JsString;

    use super::{clean, push};

    pub(super) fn fold(text: &str, folded: &mut String) {
        let mut text = text.to_owned();
        for _ in 0..2 {
            let cleaned = JsString::from(text.chars().filter_map(clean).collect::<String>());
            text = cleaned.to_lower_case().to_upper_case().to_lower_case().normalize("NFKD").into();
        }
        text.chars().filter_map(clean).for_each(|c| push(c, folded));
    }

    pub(super) fn lower(c: char, lower: &mut String) {
        lower.push_str(&String::from(JsString::from(c.to_string()).to_lower_case()));
    }

    // U+0345 is the only character of the highest class, so NFKD moves every other mark in front of it.
    pub(super) fn is_mark(c: char) -> bool {
        let pair = JsString::from(String::from_iter(['\u{345}', c]));
        !String::from(pair.normalize("NFKD")).starts_with('\u{345}')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    // The browser's implementation: each step over the whole text.
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

    // All characters except in planes of ideographs and unassigned ones.
    fn characters() -> impl Iterator<Item = char> {
        ('\0'..='\u{1FFFF}').chain('\u{2F800}'..='\u{2FA1F}').chain('\u{E0000}'..='\u{E0FFF}')
    }

    #[test]
    fn every_character_is_folded_once_and_for_all() {
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
    fn equal_texts_in_unicode_are_equal() {
        // But for what is a blank with a mark, or two characters, in compatibility decomposition.
        for c in characters().filter(|c| !['´', '\u{1FFD}', '″', '\u{37A}'].contains(c)) {
            for other in [String::from_iter([c].into_iter().nfd()), String::from_iter([c].into_iter().nfkc())] {
                assert_eq!(fold(&other), fold(&c.to_string()), "{c:?} {other:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_the_same_step_by_step(
            text in "[a-zİıßΣς一-七が-ご가-각\u{300}-\u{345}\u{34f}\u{591}-\u{5c7}\u{200d}\\PC]{0,20}",
        ) {
            let folded = fold(&text);
            prop_assert_eq!(&fold(&folded), &folded);
            prop_assert_eq!(step_by_step(&text), folded);
        }

        #[test]
        fn equal_texts_are_folded_alike(text in "[aeioué\u{300}-\u{344}\u{346}-\u{34e}が가-각]{0,12}") {
            prop_assert_eq!(fold(&text.nfc().collect::<String>()), fold(&text));
            prop_assert_eq!(fold(&text.nfkd().collect::<String>()), fold(&text));
        }
    }
}

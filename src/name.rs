//! Validation of names. A name is accepted unchanged or refused, never altered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[cfg(not(target_arch = "wasm32"))]
use crate::emoji::{is_keycap_base, is_symbol};
use crate::{ErrorCode, checked::checked_text, limits, text::is_invisible};

/// A valid name, as its holder typed it. The server checks whether two names look alike.
///
/// ```
/// use parlor::{ErrorCode, Name};
///
/// assert_eq!(Name::parse("さくら").unwrap().as_str(), "さくら");
/// assert!(Name::parse("می\u{200C}خواهم 👩\u{200D}💻").is_ok());
/// assert_eq!(Name::parse(" Ana"), Err(ErrorCode::NameInvalid));
/// assert_eq!(Name::parse(""), Err(ErrorCode::NameEmpty));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

impl Name {
    /// Validates a name.
    ///
    /// # Errors
    /// [`ErrorCode::NameEmpty`]; [`ErrorCode::NameTooLong`] above [`limits::NAME_GRAPHEMES`] grapheme clusters or
    /// [`limits::NAME_BYTES`]; [`ErrorCode::NameInvalid`] for control characters, line breaks, and white space at the
    /// start or end. Invisible characters, including bidirectional controls, are invalid as well, except where they
    /// change how adjacent characters are drawn.
    pub fn parse(name: &str) -> Result<Self, ErrorCode> {
        if name.is_empty() {
            return Err(ErrorCode::NameEmpty);
        }
        if name.len() > limits::NAME_BYTES || exceeds_graphemes(name, limits::NAME_GRAPHEMES) {
            return Err(ErrorCode::NameTooLong);
        }
        if name.trim() != name || name.chars().any(char::is_control) || !has_valid_joiners(name) {
            return Err(ErrorCode::NameInvalid);
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its invisible characters. Two names that differ only in these look alike.
    pub fn visible(&self) -> String {
        self.0.chars().filter(|c| !is_invisible(*c)).collect()
    }
}

checked_text!(Name, shown);

/// Whether a text has more than `graphemes` grapheme clusters.
#[cfg(not(target_arch = "wasm32"))]
fn exceeds_graphemes(text: &str, graphemes: usize) -> bool {
    use unicode_segmentation::UnicodeSegmentation;

    text.graphemes(true).nth(graphemes).is_some()
}

// The tables of grapheme cluster boundaries would be too large a download for the browser. ASCII text needs none of
// them; any other text is left to the server, which answers with the same error. So the browser rejects no name that
// the server accepts.
#[cfg(target_arch = "wasm32")]
fn exceeds_graphemes(text: &str, graphemes: usize) -> bool {
    text.is_ascii() && text.len() > graphemes
}

/// Whether each invisible character of a name is in a position where it changes how adjacent characters are drawn.
#[cfg(not(target_arch = "wasm32"))]
fn has_valid_joiners(name: &str) -> bool {
    let mut before = None;
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        if is_invisible(c) && !is_valid_joiner(before, c, rest.clone().next()) {
            return false;
        }
        before = Some(c);
    }
    true
}

// The browser leaves the check of positions to the server as well.
#[cfg(target_arch = "wasm32")]
fn has_valid_joiners(name: &str) -> bool {
    !name.chars().any(|c| {
        let may_join = matches!(u32::from(c), 0x180B..=0x180F | 0x200C | 0x200D | 0xFE00..=0xFE0F | 0xE0020..=0xE01EF);
        is_invisible(c) && !may_join
    })
}

/// Whether an invisible character changes how the characters before and after it are drawn.
#[cfg(not(target_arch = "wasm32"))]
fn is_valid_joiner(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is = |c: Option<char>, kind: fn(char) -> bool| c.is_some_and(kind);
    match u32::from(c) {
        // ZERO WIDTH NON-JOINER and JOINER are valid next to a virama, and between letters of scripts that join their
        // letters (RFC 5892, appendix A, and UAX #31 §2.3). The joiner is also valid in emoji sequences (UTS #51,
        // ED-16).
        0x200C | 0x200D if is(before, is_virama) || is(after, is_virama) => true,
        0x200C | 0x200D if is(before, is_cursive) && is(after, is_cursive) => true,
        0x200D => (is(before, is_symbol) || before == Some('\u{FE0F}')) && is(after, is_symbol),
        // Variation selectors: of emoji (UTS #51, ED-9a), of ideographs (UTS #37), and of Mongolian letters.
        0xFE0E | 0xFE0F if is(before, |c| is_symbol(c) || is_keycap_base(c)) => true,
        0xFE00..=0xFE0F | 0xE0100..=0xE01EF => is(before, is_ideograph),
        0x180B..=0x180F => is(before, is_mongolian),
        // Tags: after a black flag, up to a CANCEL TAG (UTS #51, ED-14a).
        0xE007F => is(before, is_tag),
        0xE0020..=0xE007E => {
            (before == Some('\u{1F3F4}') || is(before, is_tag)) && is(after, |c| is_tag(c) || c == '\u{E007F}')
        }
        _ => false,
    }
}

/// Whether a character has canonical combining class 9: it suppresses the vowel of the consonant before it (UAX #44).
#[cfg(not(target_arch = "wasm32"))]
fn is_virama(c: char) -> bool {
    unicode_normalization::char::canonical_combining_class(c) == 9
}

/// Whether a character is a letter or mark of a script that joins its letters: Arabic, Syriac, N'Ko, Mandaic,
/// Mongolian, Phags-pa, Manichaean, Hanifi Rohingya or Adlam.
#[cfg(not(target_arch = "wasm32"))]
fn is_cursive(c: char) -> bool {
    let block = matches!(u32::from(c),
        0x0610..=0x077F | 0x07C0..=0x07FF | 0x0840..=0x08FF | 0x1820..=0x18AA | 0xA840..=0xA873
        | 0x10AC0..=0x10AEF | 0x10D00..=0x10D3F | 0x1E900..=0x1E95F);
    block && !c.is_ascii_punctuation() && !is_invisible(c)
}

#[cfg(not(target_arch = "wasm32"))]
fn is_mongolian(c: char) -> bool {
    matches!(c, '\u{1820}'..='\u{18AA}')
}

#[cfg(not(target_arch = "wasm32"))]
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(not(target_arch = "wasm32"))]
fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007E}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    #[test]
    fn name_length_is_counted_in_grapheme_clusters() {
        assert!(Name::parse(&"é".repeat(limits::NAME_GRAPHEMES)).is_ok());
        assert!(Name::parse(&"e\u{301}".repeat(limits::NAME_GRAPHEMES)).is_ok());
        assert_eq!(Name::parse(&"x".repeat(limits::NAME_GRAPHEMES + 1)), Err(ErrorCode::NameTooLong));
        let zalgo = format!("e{}", "\u{301}".repeat(limits::NAME_BYTES));
        assert_eq!(Name::parse(&zalgo), Err(ErrorCode::NameTooLong));
    }

    #[test]
    fn names_with_invisible_characters_are_rejected() {
        for bad in ["a\u{202e}b", "a\u{200b}", "\u{feff}a", "a\nb", "a\u{0}", "a\u{2028}b", "\u{3164}", "a ", "\u{a0}a"]
        {
            assert_eq!(Name::parse(bad), Err(ErrorCode::NameInvalid), "{bad:?}");
        }
    }

    #[test]
    fn names_may_have_joiners_between_letters_and_emoji() {
        for good in [
            "می\u{200C}خواهم", // Persian
            "گل\u{200C}آرا",
            "ශ්\u{200D}රී",    // Sinhala
            "അവന്\u{200D}",   // Malayalam, before it had letters of its own for this
            "র\u{200D}্যাব",   // Bengali
            "क्\u{200C}ष",    // Hindi
            "ᠠ\u{180B}ᠠ",    // Mongolian
            "葛\u{E0100}城", // Japanese
            "辻\u{FE00}",
            "Ana ❤\u{FE0F}",
            "👩\u{200D}💻",
            "👩🏻\u{200D}❤\u{FE0F}\u{200D}💋\u{200D}👨🏿",
            "1\u{FE0F}\u{20E3}",
            "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
        ] {
            assert_eq!(Name::parse(good).as_ref().map(Name::as_str), Ok(good));
            assert_ne!(Name::parse(good).unwrap().visible(), good);
        }
    }

    #[test]
    fn names_with_joiners_in_other_positions_are_rejected() {
        for bad in [
            "A\u{200D}na",
            "Ana\u{200C}",
            "\u{200D}Ana",
            "Ana\u{FE0F}",
            "\u{FE0F}",
            "👩\u{200D}",
            "👩\u{200D}\u{200D}💻",
            "A\u{200D}💻",
            "آ\u{200C}",
            "آ\u{200C}n",
            "A\u{180B}",
            "A\u{E0100}",
            "🏴\u{E0067}",
            "👍\u{E0067}\u{E007F}",
            "🏴\u{E007F}",
            "ক\u{2060}্",
        ] {
            assert_eq!(Name::parse(bad), Err(ErrorCode::NameInvalid), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn accepted_names_are_unaltered(text in "(\\PC|[\u{200C}\u{200D}\u{FE0F}👩❤لक्]){0,20}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(name.as_str(), text.as_str());
                prop_assert!(name.as_str().graphemes(true).count() <= limits::NAME_GRAPHEMES);
                prop_assert!(!name.visible().is_empty());
            }
        }
    }
}

//! Bidirectional isolation of names and texts inside sentences (UAX #9, "Explicit Directional Isolates").
//!
//! Without isolation, a Hebrew name in an English sentence would move the punctuation and numbers beside it to its
//! other side.

use std::borrow::Cow;

/// FIRST STRONG ISOLATE: the text after it has the direction of its first strong character.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE: the end of an isolated text.
const POP_ISOLATE: char = '\u{2069}';

/// Isolates a part of a sentence if it has letters that run against those of the sentence.
pub fn isolate<'a>(part: &'a str, sentence: &str) -> Cow<'a, str> {
    isolate_from(part, letters_against(sentence))
}

/// Isolates a part if `against` is true for any of its characters: see [`against`].
pub(super) fn isolate_from(part: &str, against: fn(char) -> bool) -> Cow<'_, str> {
    // A part that was itself composed of several may be isolated already.
    if part.starts_with(FIRST_STRONG_ISOLATE) || !part.chars().any(against) {
        return Cow::Borrowed(part);
    }
    Cow::Owned([FIRST_STRONG_ISOLATE.encode_utf8(&mut [0; 4]), part, POP_ISOLATE.encode_utf8(&mut [0; 4])].concat())
}

/// Returns the test for letters that run against a text with these parts. A text without letters, such as a date, has
/// the direction of its first part with left-to-right letters, or else of its first part.
pub(super) fn against(text: &str, parts: &[&str]) -> fn(char) -> bool {
    let has_letters = text.chars().any(|c| is_right_to_left(c) || is_left_to_right(c));
    let left_to_right = || parts.iter().find(|part| part.chars().any(is_left_to_right));
    let sentence = if has_letters { text } else { left_to_right().or(parts.first()).unwrap_or(&text) };
    letters_against(sentence)
}

fn letters_against(sentence: &str) -> fn(char) -> bool {
    if sentence.chars().any(is_right_to_left) { is_left_to_right } else { is_right_to_left }
}

/// Whether a character is in a block of right-to-left scripts (the defaults of Unicode's `DerivedBidiClass.txt`), or is
/// a control character that sets this direction.
fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c),
        0x0590..=0x08FF | 0x200F | 0x202B | 0x202E | 0x2067 | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC
        | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF)
}

// Symbols and marks without a direction count as letters here: isolating one part too many does no harm.
fn is_left_to_right(c: char) -> bool {
    c.is_ascii_alphabetic() || (c > '\u{BF}' && !is_right_to_left(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_run_against_the_sentence_are_isolated() {
        let (english, arabic) = ("{0} joined", "انضم {0}");
        for (name, in_english, in_arabic) in [
            ("Ana", "Ana", "\u{2068}Ana\u{2069}"),
            ("דנה!", "\u{2068}דנה!\u{2069}", "דנה!"),
            ("Dana דנה", "\u{2068}Dana דנה\u{2069}", "\u{2068}Dana דנה\u{2069}"),
            ("さくら (1)", "さくら (1)", "\u{2068}さくら (1)\u{2069}"),
            ("\u{10A00}x", "\u{2068}\u{10A00}x\u{2069}", "\u{2068}\u{10A00}x\u{2069}"),
            ("٣", "\u{2068}٣\u{2069}", "٣"),
            ("12:30", "12:30", "12:30"),
            ("\u{2068}דנה\u{2069}", "\u{2068}דנה\u{2069}", "\u{2068}דנה\u{2069}"),
        ] {
            assert_eq!(isolate(name, english), in_english, "{name}");
            assert_eq!(isolate(name, arabic), in_arabic, "{name}");
        }
    }
}

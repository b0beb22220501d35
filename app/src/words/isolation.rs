//! Names and texts of the other direction inside sentences: without isolation a name in Hebrew would take the marks and
//! numbers beside it to its other side (UAX #9, "Explicit Directional Isolates").

use std::borrow::Cow;

/// FIRST STRONG ISOLATE: what follows has the direction of its own first letter.
const ISOLATE: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE.
const END: char = '\u{2069}';

/// A part of a sentence, isolated where letters in it run against those of the sentence.
pub fn isolate<'a>(part: &'a str, sentence: &str) -> Cow<'a, str> {
    isolate_from(part, letters_against(sentence))
}

/// A part of a sentence, isolated if it has one of the letters that run against the sentence.
pub(super) fn isolate_from(part: &str, against: fn(char) -> bool) -> Cow<'_, str> {
    // One that is made of several may be isolated already.
    if part.starts_with(ISOLATE) || !part.chars().any(against) {
        return Cow::Borrowed(part);
    }
    Cow::Owned([ISOLATE.encode_utf8(&mut [0; 4]), part, END.encode_utf8(&mut [0; 4])].concat())
}

/// Which letters run against a text with these parts in it. A text without letters, such as a date, runs as the first part
/// with letters from left to right, or else as the first part.
pub(super) fn against(text: &str, parts: &[&str]) -> fn(char) -> bool {
    let has_letters = text.chars().any(|c| is_right_to_left(c) || is_left_to_right(c));
    let left_to_right = || parts.iter().find(|part| part.chars().any(is_left_to_right));
    let sentence = if has_letters { text } else { left_to_right().or(parts.first()).unwrap_or(&text) };
    letters_against(sentence)
}

fn letters_against(sentence: &str) -> fn(char) -> bool {
    if sentence.chars().any(is_right_to_left) { is_left_to_right } else { is_right_to_left }
}

/// Whether a character is in a block of right-to-left scripts (the defaults of Unicode's `DerivedBidiClass.txt`), or turns
/// what follows that way.
fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c),
        0x0590..=0x08FF | 0x200F | 0x202B | 0x202E | 0x2067 | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC
        | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF)
}

// Signs and marks that have no direction count as letters here: to isolate one more does no harm.
fn is_left_to_right(c: char) -> bool {
    c.is_ascii_alphabetic() || (c > '\u{BF}' && !is_right_to_left(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_one_direction_is_not_taken_apart() {
        use super::super::fill;

        assert_eq!(fill("{0} {1} {2}", &["٢٤", "نوفمبر", "٢٠٢٦"]), "٢٤ نوفمبر ٢٠٢٦");
        assert_eq!(fill("{0} (#{1})", &["דנה!", "lobby"]), "\u{2068}דנה!\u{2069} (#lobby)");
        assert_eq!(fill("{0} (#{1})", &["Ana", "lobby"]), "Ana (#lobby)");
    }

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

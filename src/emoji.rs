//! Emoji that can be used as a reaction.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, checked::checked_text, limits};

/// One emoji or a similar symbol: a single grapheme cluster without letters.
///
/// ```
/// use parlor::{Emoji, ErrorCode};
///
/// assert_eq!(Emoji::parse("👍🏽").unwrap().as_str(), "👍🏽");
/// assert_eq!(Emoji::parse("👍👍"), Err(ErrorCode::EmojiInvalid));
/// assert_eq!(Emoji::parse("ok"), Err(ErrorCode::EmojiInvalid));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Emoji(String);

impl Emoji {
    /// Validates an emoji.
    ///
    /// # Errors
    /// [`ErrorCode::EmojiInvalid`] if the text is not exactly one emoji, or is longer than [`limits::EMOJI_BYTES`].
    pub fn parse(emoji: &str) -> Result<Self, ErrorCode> {
        let starts_well =
            emoji.starts_with(is_symbol) || (emoji.starts_with(is_keycap_base) && emoji.ends_with(KEYCAP));
        let well_formed = starts_well && emoji.len() <= limits::EMOJI_BYTES && emoji.chars().all(is_component);
        if well_formed && is_single_grapheme(emoji) { Ok(Self(emoji.to_owned())) } else { Err(ErrorCode::EmojiInvalid) }
    }

    /// The emoji as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// COMBINING ENCLOSING KEYCAP, the last character of a keycap sequence (UTS #51, ED-14c).
const KEYCAP: char = '\u{20E3}';

/// Whether a character can start a keycap sequence: a digit, `#` or `*`.
pub(crate) fn is_keycap_base(c: char) -> bool {
    c.is_ascii_digit() || c == '#' || c == '*'
}

/// Whether a character is in a block that has emoji, or is one of the few emoji elsewhere.
///
/// A table of all emoji would be large, and outdated with the next version of Unicode. Arrows and signs in these blocks
/// that are not emoji are accepted too, which is harmless.
pub(crate) fn is_symbol(c: char) -> bool {
    matches!(u32::from(c),
        0xA9 | 0xAE | 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x27FF | 0x2900..=0x2BFF
        | 0x3030 | 0x303D | 0x3297 | 0x3299 | 0x1F000..=0x1FBFF)
}

/// Whether a character can occur in an emoji: also joiners, variation selectors, and the tags of regional flags.
fn is_component(c: char) -> bool {
    is_symbol(c)
        || is_keycap_base(c)
        || c == KEYCAP
        || matches!(u32::from(c), 0x200D | 0xFE0E | 0xFE0F | 0xE0020..=0xE007F)
}

#[cfg(not(target_arch = "wasm32"))]
fn is_single_grapheme(emoji: &str) -> bool {
    use unicode_segmentation::UnicodeSegmentation;

    emoji.graphemes(true).count() == 1
}

// The browser has no tables of grapheme clusters and leaves this check to the server, as it does for names. So it
// rejects no emoji that the server accepts.
#[cfg(target_arch = "wasm32")]
fn is_single_grapheme(_: &str) -> bool {
    true
}

checked_text!(Emoji, shown);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_emoji_of_every_form_are_accepted() {
        for good in ["👍", "❤️", "❤", "👩‍💻", "👨‍👩‍👧‍👦", "🇯🇵", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "#⃣", "ℹ️", "Ⓜ️", "🅰️", "™", "☕", "🫶🏽", "㊗️"]
        {
            assert_eq!(Emoji::parse(good).map(String::from), Ok(good.to_owned()));
        }
    }

    #[test]
    fn the_longest_emoji_of_every_kind_is_accepted() {
        // The longest of each type in Unicode's emoji-sequences.txt and emoji-zwj-sequences.txt, version 17, in bytes.
        for (kind, emoji, bytes) in [
            ("Basic_Emoji", "🏳️", 7),
            ("Emoji_Keycap_Sequence", "1️⃣", 7),
            ("RGI_Emoji_Flag_Sequence", "🇯🇵", 8),
            ("RGI_Emoji_Tag_Sequence", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", 28),
            ("RGI_Emoji_Modifier_Sequence", "🫱🏿", 8),
            ("RGI_Emoji_ZWJ_Sequence, family", "👨‍👩‍👧‍👦", 25),
            ("RGI_Emoji_ZWJ_Sequence, role", "👩🏿‍🦼‍➡️", 24),
            ("RGI_Emoji_ZWJ_Sequence, gendered", "🕵🏿‍♂️", 17),
            ("RGI_Emoji_ZWJ_Sequence, hair", "👩🏿‍🦰", 15),
            ("RGI_Emoji_ZWJ_Sequence, other", "🏴‍☠️", 13),
            ("RGI_Emoji_ZWJ_Sequence, kiss", "👩🏻‍❤️‍💋‍👨🏿", 35),
            ("not recommended, but drawn by some", "👨🏻‍👩🏻‍👧🏻‍👦🏻", 41),
        ] {
            assert_eq!(emoji.len(), bytes, "{kind}");
            assert!(Emoji::parse(emoji).is_ok(), "{kind}");
        }
    }

    #[test]
    fn other_texts_and_several_emoji_are_rejected() {
        let marks = format!("☕{}", "\u{301}".repeat(8));
        let joined = "👩\u{200d}".repeat(9) + "👩";
        let bad = [
            "",
            "a",
            "7",
            "77",
            "né",
            "さ",
            "!",
            " ",
            "👍👍",
            "👍 ",
            "a👍",
            "👍a",
            "1",
            "\u{200d}",
            "\u{fe0f}",
            "1\u{fe0f}",
        ];
        for bad in bad.into_iter().chain([marks.as_str(), joined.as_str(), "\u{202e}👍", "<b>", "\u{e0041}"]) {
            assert_eq!(Emoji::parse(bad), Err(ErrorCode::EmojiInvalid), "{bad:?}");
        }
    }
}

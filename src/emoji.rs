//! What can be put on a message.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, checked::checked_text, limits};

/// One emoji, or another symbol of the kind: what a reader sees as a single character, never letters.
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
    /// Takes an emoji as sent.
    ///
    /// # Errors
    /// [`ErrorCode::EmojiInvalid`] when it is none, more than one, or longer than [`limits::EMOJI_BYTES`].
    pub fn parse(emoji: &str) -> Result<Self, ErrorCode> {
        let begins = emoji.starts_with(is_symbol) || (emoji.starts_with(is_key) && emoji.ends_with(KEYCAP));
        let fits = begins && emoji.len() <= limits::EMOJI_BYTES && emoji.chars().all(is_part);
        if fits && is_one(emoji) { Ok(Self(emoji.to_owned())) } else { Err(ErrorCode::EmojiInvalid) }
    }

    /// The emoji as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes a key of what a telephone has keys for.
const KEYCAP: char = '\u{20E3}';

pub(crate) fn is_key(c: char) -> bool {
    c.is_ascii_digit() || c == '#' || c == '*'
}

// The blocks that emoji are in, and the few that are elsewhere: a table of each single one would be large, and old
// with the next version of Unicode. Arrows and signs that are no emoji do no harm.
pub(crate) fn is_symbol(c: char) -> bool {
    matches!(u32::from(c),
        0xA9 | 0xAE | 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x27FF | 0x2900..=0x2BFF
        | 0x3030 | 0x303D | 0x3297 | 0x3299 | 0x1F000..=0x1FBFF)
}

// Joiners, and the tags that make a flag of a region.
fn is_part(c: char) -> bool {
    is_symbol(c) || is_key(c) || c == KEYCAP || matches!(u32::from(c), 0x200D | 0xFE0E | 0xFE0F | 0xE0020..=0xE007F)
}

#[cfg(not(target_arch = "wasm32"))]
fn is_one(emoji: &str) -> bool {
    use unicode_segmentation::UnicodeSegmentation;

    emoji.graphemes(true).count() == 1
}

// As with names, the browser leaves to the server what takes tables: it refuses no emoji that the server takes.
#[cfg(target_arch = "wasm32")]
fn is_one(_: &str) -> bool {
    true
}

checked_text!(Emoji, shown);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_however_it_is_made_is_taken() {
        for good in ["👍", "❤️", "❤", "👩‍💻", "👨‍👩‍👧‍👦", "🇯🇵", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "#⃣", "ℹ️", "Ⓜ️", "🅰️", "™", "☕", "🫶🏽", "㊗️"]
        {
            assert_eq!(Emoji::parse(good).map(String::from), Ok(good.to_owned()));
        }
    }

    #[test]
    fn the_longest_of_every_kind_is_taken() {
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
    fn what_is_no_emoji_or_more_than_one_is_refused() {
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

//! Character classes that decide where delimiter runs, URLs and names may start and end.
//!
//! They are a few ranges, because Unicode's tables would be too large a download. The ranges follow the general
//! categories Ps, Pe, Pi, Pf and Po (UAX #44) and the scripts of UAX #24, for the characters that are common in a chat.

/// The side of a phrase on which a punctuation character is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Before a phrase, such as an opening bracket.
    Opening,
    /// After a phrase, such as a closing bracket or a full stop.
    Closing,
    /// On either side: dashes, and quotes, which languages use in both directions.
    Either,
}

/// The side of a punctuation character; `None` for all other characters, including `< > - / \ = + & # % | ^`.
pub(super) fn side(c: char) -> Option<Side> {
    Some(match c {
        '(' | '[' | '{' | '¿' | '¡' | '\u{2045}' | '\u{207d}' | '\u{27e8}' | '\u{27ea}' | '\u{2e28}' | '\u{ff08}'
        | '\u{ff3b}' | '\u{ff5b}' | '\u{ff5f}' | '\u{ff62}' => Side::Opening,
        '"'
        | '\''
        | '«'
        | '»'
        | '\u{2012}'..='\u{2015}'
        | '\u{2018}'..='\u{201f}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{301d}'..='\u{301f}'
        | '\u{ff02}'
        | '\u{ff07}' => Side::Either,
        // East Asian brackets, in which opening and closing ones alternate, and their vertical forms.
        '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}' | '\u{fe35}'..='\u{fe44}' => {
            let first_opens = u32::from(c) >= 0xfe35;
            if (u32::from(c) % 2 == 1) == first_opens { Side::Opening } else { Side::Closing }
        }
        ')'
        | ']'
        | '}'
        | '.'
        | ','
        | ';'
        | ':'
        | '!'
        | '?'
        | '\u{2046}'
        | '\u{207e}'
        | '\u{27e9}'
        | '\u{27eb}'
        | '\u{2e29}'
        | '\u{2026}'
        | '\u{203c}'
        | '\u{203d}'
        | '\u{2047}'..='\u{2049}' => Side::Closing,
        // Full stops and commas: Greek, Armenian, Hebrew, Arabic, Syriac, NKo.
        '·'
        | '\u{37e}'
        | '\u{387}'
        | '\u{55c}'..='\u{55e}'
        | '\u{589}'
        | '\u{5c3}'
        | '\u{60c}'
        | '\u{61b}'
        | '\u{61d}'..='\u{61f}'
        | '\u{6d4}'
        | '\u{700}'..='\u{70a}'
        | '\u{7f8}'
        | '\u{7f9}' => Side::Closing,
        // India, Thailand, Tibet, Myanmar, Ethiopia, Cambodia, Mongolia.
        '\u{964}'
        | '\u{965}'
        | '\u{df4}'
        | '\u{e5a}'
        | '\u{e5b}'
        | '\u{f0d}'..='\u{f12}'
        | '\u{104a}'
        | '\u{104b}'
        | '\u{1361}'..='\u{1368}'
        | '\u{17d4}'..='\u{17d6}'
        | '\u{1802}'..='\u{1805}'
        | '\u{1808}'
        | '\u{1809}' => Side::Closing,
        // East Asian punctuation, in all widths.
        '\u{3001}'..='\u{3003}'
        | '\u{fe10}'..='\u{fe19}'
        | '\u{fe50}'..='\u{fe57}'
        | '\u{ff01}'
        | '\u{ff09}'
        | '\u{ff0c}'
        | '\u{ff0e}'
        | '\u{ff1a}'
        | '\u{ff1b}'
        | '\u{ff1f}'
        | '\u{ff3d}'
        | '\u{ff5d}'
        | '\u{ff60}'
        | '\u{ff61}'
        | '\u{ff63}'
        | '\u{ff64}' => Side::Closing,
        _ => return None,
    })
}

/// Whether a character belongs to a script without spaces between words (Han, Hiragana, Katakana, Thai, Lao, Khmer,
/// Myanmar), or to Hangul, in which particles follow a word without a space. A phrase may start or end anywhere next to
/// such a character.
pub(super) fn is_unspaced(c: char) -> bool {
    side(c).is_none()
        && matches!(c,
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
            | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{302f}' | '\u{3031}'..='\u{9fff}'
            | '\u{a960}'..='\u{a97f}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}' | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{1aff0}'..='\u{1b16f}'
            | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character extends the one before it: a combining mark, joiner, variation selector, skin tone or tag.
pub(super) fn extends(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200c}' | '\u{200d}'
        | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{ff9e}' | '\u{ff9f}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e01ef}')
        // Indic signs that are not letters.
        || matches!(c, '\u{93c}' | '\u{94d}' | '\u{9bc}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}' | '\u{bcd}'
            | '\u{c4d}' | '\u{ccd}' | '\u{d4d}' | '\u{dca}')
}

/// Whether a character can be in a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || extends(c)
}

/// Whether a character can be in a word of a script with spaces between words. No link or mention may start after it.
pub(super) fn is_spaced_word(c: char) -> bool {
    is_word(c) && !is_unspaced(c)
}

/// Whether a character is an invisible bidirectional control (UAX #9 §2). With it, a URL could look like a different
/// one.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character is a zero width space, a word joiner or a byte order mark.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character is an emoji (UTS #51, most of them), a symbol of the same blocks, or the emoji variation
/// selector.
pub(super) fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_and_closing_brackets_are_distinguished() {
        let brackets = "()[]{}「」『』（）《》〈〉【】〔〕〖〗〘〙〚〛［］｛｝｢｣⟨⟩︵︶︷︸︹︺﹁﹂﹃﹄";
        for (at, c) in brackets.chars().enumerate() {
            let expected = if at % 2 == 0 { Side::Opening } else { Side::Closing };
            assert!(side(c) == Some(expected), "{c}");
        }
    }

    #[test]
    fn full_stops_are_closing_and_quotes_are_on_either_side() {
        for c in "，。；：？！…、،؟؛।॥።၊။។։۔.,;:!?".chars() {
            assert!(side(c) == Some(Side::Closing) && !is_unspaced(c), "{c}");
        }
        for c in "“”‘’„‚«»‹›—–\"'".chars() {
            assert!(side(c) == Some(Side::Either), "{c}");
        }
        for c in "<>-/\\=+&#%|^*_~`@aя好ー・".chars() {
            assert!(side(c).is_none(), "{c}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_distinguished_from_others() {
        for c in "漢ひカไກກខမ한々ー".chars() {
            assert!(is_unspaced(c), "{c}");
        }
        for c in "aяλאعहა1ａ".chars() {
            assert!(!is_unspaced(c), "{c}");
        }
    }
}

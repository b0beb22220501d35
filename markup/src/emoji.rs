//! Detection of messages that consist of emoji only, which are displayed large.
//!
//! Unicode's tables would be too large a download. The few ranges here are those of `emoji-data.txt` (UTS #51),
//! extended over gaps that have no other characters. A mistake changes only the size of a message, never its text.

/// Maximum number of emoji in a message that is displayed large: more of them are a row or a pattern.
const MAX_JUMBO_EMOJI: usize = 3;

const JOINER: char = '\u{200d}';
const EMOJI_STYLE: char = '\u{fe0f}';

/// Whether a message consists of one to three emoji, with only white space around them.
pub fn is_jumbo(text: &str) -> bool {
    let mut rest = text.trim();
    let mut count = 0;
    while !rest.is_empty() {
        let Some(after) = strip_emoji(rest) else { return false };
        rest = after.trim_start();
        count += 1;
        if count > MAX_JUMBO_EMOJI {
            return false;
        }
    }
    count > 0
}

// Removes the emoji that a text starts with: a flag, a keycap, or one or more joined emoji (UTS #51 §1.4.9).
fn strip_emoji(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if is_regional(first) {
        return chars.next().filter(|second| is_regional(*second)).map(|_| chars.as_str());
    }
    if matches!(first, '0'..='9' | '#' | '*') {
        let styled = chars.as_str();
        return styled.strip_prefix(EMOJI_STYLE).unwrap_or(styled).strip_prefix('\u{20e3}');
    }
    let mut rest = text;
    loop {
        let mut chars = rest.chars();
        let base = chars.next()?;
        let styled = chars.as_str();
        let after = styled.strip_prefix(EMOJI_STYLE).unwrap_or(styled);
        let is_styled = after.len() < styled.len() || after.starts_with(is_tone_or_tag);
        let is_emoji = is_always_emoji(base) || (is_styled && is_sometimes_emoji(base));
        // Within a joined emoji such as ⛹🏽‍♂, a symbol may lack its variation selector.
        let is_joined = rest.len() < text.len() && is_sometimes_emoji(base);
        if !is_emoji && !is_joined {
            return None;
        }
        let after = after.trim_start_matches(is_tone_or_tag);
        match after.strip_prefix(JOINER) {
            Some(joined) => rest = joined,
            None => return Some(after),
        }
    }
}

fn is_regional(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

fn is_tone_or_tag(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

// `Emoji_Presentation` (UTS #51), and the heart, which is usually typed without its variation selector.
fn is_always_emoji(c: char) -> bool {
    matches!(u32::from(c),
        0x231A..=0x231B | 0x23E9..=0x23EC | 0x23F0 | 0x23F3 | 0x25FD..=0x25FE | 0x2614..=0x2615 | 0x2648..=0x2653
        | 0x267F | 0x2693 | 0x26A1 | 0x26AA..=0x26AB | 0x26BD..=0x26BE | 0x26C4..=0x26C5 | 0x26CE | 0x26D4 | 0x26EA
        | 0x26F2..=0x26F3 | 0x26F5 | 0x26FA | 0x26FD | 0x2705 | 0x270A..=0x270B | 0x2728 | 0x274C | 0x274E
        | 0x2753..=0x2755 | 0x2757 | 0x2764 | 0x2795..=0x2797 | 0x27B0 | 0x27BF | 0x2B1B..=0x2B1C | 0x2B50 | 0x2B55
        | 0x1F000..=0x1F0FF | 0x1F18E | 0x1F191..=0x1F19A | 0x1F200..=0x1F2FF | 0x1F300..=0x1F64F
        | 0x1F680..=0x1F6FF | 0x1F7E0..=0x1F7FF | 0x1F900..=0x1F9FF | 0x1FA70..=0x1FAFF)
}

// Symbols that are emoji if VARIATION SELECTOR-16 follows.
fn is_sometimes_emoji(c: char) -> bool {
    matches!(u32::from(c), 0xA9 | 0xAE | 0x2000..=0x33FF | 0x1F100..=0x1F1AF)
}

#[cfg(test)]
mod tests {
    use super::is_jumbo;

    #[test]
    fn one_to_three_emoji_alone_are_jumbo() {
        for text in ["👍", " 👍 ❤️\n🎉 ", "❤", "👩🏽‍💻", "🏳️‍🌈🇵🇹", "👨‍👩‍👧‍👦", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☀️", "⭐", "⛹🏽‍♂️", "🤷‍♀"]
        {
            assert!(is_jumbo(text), "{text}");
        }
        for text in [
            "",
            " ",
            "👍👍👍👍",
            "ok 👍",
            "1",
            "#",
            "12",
            "☀",
            "©",
            "🇵",
            "↔",
            "a",
            "👍!",
            "\u{200d}",
            "\u{fe0f}",
            "👍\u{200d}a",
            "→",
        ] {
            assert!(!is_jumbo(text), "{text}");
        }
    }
}

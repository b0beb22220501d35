//! Excerpts of search results. The host and the browser segment letters in different ways: one test for each holds both
//! to this table.

use parlor::{Search, time_zone::UTC};
use parlor_app::state::excerpt::excerpt;

/// A text, a search, and the excerpt with its matches in brackets.
pub(crate) const EXCERPTS: [(&str, &str, &str); 15] = [
    ("私は東京に", "from:ana 東京", "私は[東京]に"),
    ("ein Gruß an alle", "GRUSS", "ein [Gruß] an alle"),
    ("Straße", "s", "[S]tra[ß]e"),
    ("oﬃce hours", "fic", "o[ﬃc]e hours"),
    ("un cafe\u{301} noir", "café", "un [cafe\u{301}] noir"),
    ("un café noir", "cafe", "un [café] noir"),
    ("co\u{ad}op", "oo", "c[o\u{ad}o]p"),
    ("say “green tea”", "\"“green", "say “[green] tea”"),
    ("İSTANBUL’a", "istanbul'A", "[İSTANBUL’a]"),
    ("ﾀﾞｲｴｯﾄ", "イエ", "ﾀﾞ[ｲｴ]ｯﾄ"),
    ("대한민국", "한미", "대[한민]국"),
    ("👩\u{200d}💻 👩", "💻", "[👩\u{200d}💻] 👩"),
    ("\u{200b}\u{200b}tea", "tea", "\u{200b}\u{200b}[tea]"),
    ("ὈΔΌΣ", "οδος", "ὈΔΌΣ"),
    ("é\r\ntwo", "two", "é [two]"),
];

/// The excerpt of a text for a search, with its matches in brackets.
pub(crate) fn marked(text: &str, typed: &str) -> String {
    let search = Search::parse(typed, &UTC).unwrap_or_default();
    let parts = excerpt(&search, text, text).into_iter().enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("[{part}]") } else { part }).collect()
}

/// Letters (grapheme clusters) that no excerpt may cut.
pub(crate) const LETTERS: [&str; 6] = ["a", "緑", "e\u{301}", "🇯🇵", "👩🏽\u{200d}💻", "한"];

/// The excerpt around a word in the middle of a long text that repeats one letter.
pub(crate) fn cut(letter: &str) -> String {
    marked(&format!("{0} needle {0}", letter.repeat(300)), "needle")
}

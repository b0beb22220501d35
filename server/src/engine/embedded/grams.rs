//! The parts by which messages are found: every three characters that stand side by side in a text, its last two and its
//! last one, so that whatever stands in it is the beginning of one of them; and every beginning of the author's name.
//! They say which messages may be meant; the matcher says which are.
//!
//! The texts here are [folded](parlor::search::fold()) ones. Queries use only the [core](parlor::search::core()) of a
//! word: in the text, further combining marks may stand between those at its end.

use std::collections::BTreeSet;

use parlor::Search;
use parlor::search::{core, is_mark};

/// Characters of a gram: with three it is rare, and the index still smaller than with four.
const LONGEST: usize = 3;

/// Characters of a name by which it is found: names that are alike up to here are told apart by the matcher.
const NAME: usize = 16;

/// Stands before a beginning of a name, so that it is no part of a text.
const NAME_MARK: char = '\u{F8FF}';

/// The grams of a message, apart by spaces.
pub(super) fn of_message(name: &str, text: &str) -> String {
    let (name, text) = (letters(name.trim_start_matches(is_mark)), letters(text));
    let mut grams = String::new();
    for start in 0..text.len() {
        grams.extend(&text[start..text.len().min(start + LONGEST)]);
        grams.push(' ');
    }
    for end in 1..=name.len().min(NAME) {
        grams.push(NAME_MARK);
        grams.extend(&name[..end]);
        grams.push(' ');
    }
    grams
}

/// What a message has to have to be found, as FTS5 is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of these grams.
    Grams(String),
    /// A gram that begins so. FTS5 gathers all that there are of it before it gives the first: cheap if they are few.
    Beginning(String),
    /// Nothing that the index knows.
    Nothing,
}

/// What the index is asked for; the matcher has to look at what it says.
pub(super) fn asked(search: &Search) -> Asked {
    let words: Vec<_> = search.words().iter().map(|word| letters(core(word))).collect();
    let of_words = words.iter().flat_map(|word| word.windows(LONGEST).map(String::from_iter));
    // Names are indexed from their first letter on.
    let names = search.names().iter().map(|name| letters(core(name))).filter(|name| !name.iter().copied().all(is_mark));
    let of_names = names.map(|name| [NAME_MARK].iter().chain(name.iter().take(NAME)).collect());
    let grams: BTreeSet<String> = of_words.chain(of_names).collect();
    let quoted: Vec<_> = grams.iter().map(|gram| format!("\"{gram}\"")).collect();
    if !quoted.is_empty() {
        return Asked::Grams(quoted.join(" AND "));
    }
    // A combining mark is rarer than the single letter that it belongs to.
    let marks = search.words().iter().filter_map(|word| word[core(word).len()..].chars().next()).map(|mark| vec![mark]);
    match words.iter().cloned().chain(marks).max_by_key(Vec::len) {
        Some(word) => Asked::Beginning(format!("\"{}\" *", String::from_iter(word))),
        None => Asked::Nothing,
    }
}

/// Characters that FTS5's `ascii` tokenizer takes for parts of words: letters and digits are so, and whatever is not
/// ASCII; for the others something private stands.
fn letters(text: &str) -> Vec<char> {
    let letter = |c: char| if c.is_ascii() && !c.is_ascii_alphanumeric() { shifted(c) } else { c };
    text.chars().map(letter).collect()
}

fn shifted(c: char) -> char {
    char::from_u32(0xE000 + u32::from(c)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use parlor::time_zone::UTC;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_quotes_are_characters_as_any_other() {
        let asked = asked(&Search::parse("\"a bc\" x", &UTC).unwrap());
        assert_eq!(asked, Asked::Grams("\"a\u{E020}b\" AND \"\u{E020}bc\"".to_owned()));
    }

    #[test]
    fn short_words_are_asked_for_where_there_is_nothing_longer() {
        let asked = |typed| asked(&Search::parse(typed, &UTC).unwrap());
        assert_eq!(asked("a tea"), Asked::Grams("\"tea\"".to_owned()));
        assert_eq!(asked("a 緑茶"), Asked::Beginning("\"緑茶\" *".to_owned()));
        assert_eq!(asked("on:2026-01-31"), Asked::Nothing);
    }

    #[test]
    fn marks_at_the_end_of_a_word_are_left_to_the_matcher() {
        let asked = |typed| asked(&Search::parse(typed, &UTC).unwrap());
        assert_eq!(asked("café"), Asked::Grams("\"afe\" AND \"caf\"".to_owned()));
        assert_eq!(asked("éa"), Asked::Grams("\"e\u{301}a\"".to_owned()));
        assert_eq!(asked("né"), Asked::Beginning("\"ne\" *".to_owned()));
        assert_eq!(asked("é"), Asked::Beginning("\"\u{301}\" *".to_owned()), "rarer than e");
        assert_eq!(asked("from:É"), Asked::Grams(format!("\"{NAME_MARK}e\"")));
    }

    proptest! {
        #[test]
        fn what_is_found_has_all_that_is_asked_for(name in "[a-cA-CéßİƁ\u{301}\u{323}]{1,20}",
            text in "[a-cA-CéßsﬁİƁがﾞｶ\u{301}\u{323}\u{3099} \"“東京한]{1,40}",
            typed in "(from:)?[a-céßsıİɓfがｶ\u{301}\u{323} \"”東京한하]{1,8}",
        ) {
            let Ok(search) = Search::parse(&typed, &UTC) else { return Ok(()) };
            if search.matches(&name, &text, 0) {
                let grams = of_message(&parlor::search::fold(&name), &parlor::search::fold(&text));
                let has: BTreeSet<_> = grams.split(' ').collect();
                match asked(&search) {
                    Asked::Grams(all) => for gram in all.split(" AND ") {
                        prop_assert!(has.contains(gram.trim_matches('"')), "{gram}");
                    },
                    Asked::Beginning(quoted) => {
                        let start = quoted.trim_end_matches(" *").trim_matches('"');
                        prop_assert!(has.iter().any(|gram| gram.starts_with(start)), "{start}");
                    }
                    Asked::Nothing => {
                        prop_assert!(search.names().iter().all(|name| name.starts_with(is_mark)), "{typed}");
                    }
                }
            }
        }
    }
}

//! The n-grams by which messages are found. They select the messages that may match a search; the matcher decides.
//!
//! The n-grams of a text are every three consecutive characters, its last two, and its last one. So every part of up to
//! three characters of the text is the beginning of an n-gram. The n-grams of an author's name are all its prefixes.
//!
//! Texts and names here are [folded](parlor::search::fold()). Queries use only the [core](parlor::search::core()) of a
//! word: in the text, more combining marks may stand between those at the word's end.

use std::collections::BTreeSet;

use parlor::Search;
use parlor::search::{core, is_mark};

/// Characters of an n-gram. Three make it rare, and keep the index smaller than four would.
const NGRAM_CHARS: usize = 3;

/// Characters of the longest indexed prefix of a name. The matcher distinguishes names that share this prefix.
const NAME_PREFIX_CHARS: usize = 16;

/// Stands before each prefix of a name, so that it differs from the n-grams of texts.
const NAME_SENTINEL: char = '\u{F8FF}';

/// The n-grams of a message, separated by spaces.
pub(super) fn of_message(name: &str, text: &str) -> String {
    let (name, text) = (token_chars(name.trim_start_matches(is_mark)), token_chars(text));
    let mut ngrams = String::new();
    for start in 0..text.len() {
        ngrams.extend(&text[start..text.len().min(start + NGRAM_CHARS)]);
        ngrams.push(' ');
    }
    for end in 1..=name.len().min(NAME_PREFIX_CHARS) {
        ngrams.push(NAME_SENTINEL);
        ngrams.extend(&name[..end]);
        ngrams.push(' ');
    }
    ngrams
}

/// The condition on the n-grams of a message for it to be a candidate, as an FTS5 query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IndexQuery {
    /// The message has all of these n-grams.
    AllOf(String),
    /// The message has an n-gram with this prefix. FTS5 collects all such n-grams before it returns the first row,
    /// which is fast if they are few.
    Prefix(String),
    /// No condition: the search has nothing that the index contains.
    Unindexed,
}

/// The index query for a search. The messages that it selects are candidates, which the matcher has to check.
pub(super) fn index_query(search: &Search) -> IndexQuery {
    let words: Vec<_> = search.words().iter().map(|word| token_chars(core(word))).collect();
    let of_words = words.iter().flat_map(|word| word.windows(NGRAM_CHARS).map(String::from_iter));
    // Names are indexed without the combining marks at their beginning.
    let names =
        search.names().iter().map(|name| token_chars(core(name))).filter(|name| !name.iter().copied().all(is_mark));
    let of_names = names.map(|name| [NAME_SENTINEL].iter().chain(name.iter().take(NAME_PREFIX_CHARS)).collect());
    let ngrams: BTreeSet<String> = of_words.chain(of_names).collect();
    let quoted: Vec<_> = ngrams.iter().map(|ngram| format!("\"{ngram}\"")).collect();
    if !quoted.is_empty() {
        return IndexQuery::AllOf(quoted.join(" AND "));
    }
    // A combining mark is rarer than the single letter that it belongs to.
    let marks = search.words().iter().filter_map(|word| word[core(word).len()..].chars().next()).map(|mark| vec![mark]);
    match words.iter().cloned().chain(marks).max_by_key(Vec::len) {
        Some(word) => IndexQuery::Prefix(format!("\"{}\" *", String::from_iter(word))),
        None => IndexQuery::Unindexed,
    }
}

/// The characters of a text, changed so that FTS5's `ascii` tokenizer accepts each as part of a token. It accepts ASCII
/// letters, digits and everything beyond ASCII. Other characters are moved to the private use area.
fn token_chars(text: &str) -> Vec<char> {
    let token_char = |c: char| if c.is_ascii() && !c.is_ascii_alphanumeric() { to_private_use(c) } else { c };
    text.chars().map(token_char).collect()
}

fn to_private_use(c: char) -> char {
    char::from_u32(0xE000 + u32::from(c)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use parlor::time_zone::UTC;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_quotes_are_indexed_like_letters() {
        let query = index_query(&Search::parse("\"a bc\" x", &UTC).unwrap());
        assert_eq!(query, IndexQuery::AllOf("\"a\u{E020}b\" AND \"\u{E020}bc\"".to_owned()));
    }

    #[test]
    fn a_short_word_is_queried_only_without_a_longer_one() {
        let query = |typed| index_query(&Search::parse(typed, &UTC).unwrap());
        assert_eq!(query("a tea"), IndexQuery::AllOf("\"tea\"".to_owned()));
        assert_eq!(query("a 緑茶"), IndexQuery::Prefix("\"緑茶\" *".to_owned()));
        assert_eq!(query("on:2026-01-31"), IndexQuery::Unindexed);
    }

    #[test]
    fn combining_marks_at_the_end_of_a_word_are_not_queried() {
        let query = |typed| index_query(&Search::parse(typed, &UTC).unwrap());
        assert_eq!(query("café"), IndexQuery::AllOf("\"afe\" AND \"caf\"".to_owned()));
        assert_eq!(query("éa"), IndexQuery::AllOf("\"e\u{301}a\"".to_owned()));
        assert_eq!(query("né"), IndexQuery::Prefix("\"ne\" *".to_owned()));
        assert_eq!(query("é"), IndexQuery::Prefix("\"\u{301}\" *".to_owned()), "rarer than e");
        assert_eq!(query("from:É"), IndexQuery::AllOf(format!("\"{NAME_SENTINEL}e\"")));
    }

    proptest! {
        #[test]
        fn a_matching_message_satisfies_the_index_query(name in "[a-cA-CéßİƁ\u{301}\u{323}]{1,20}",
            text in "[a-cA-CéßsﬁİƁがﾞｶ\u{301}\u{323}\u{3099} \"“東京한]{1,40}",
            typed in "(from:)?[a-céßsıİɓfがｶ\u{301}\u{323} \"”東京한하]{1,8}",
        ) {
            let Ok(search) = Search::parse(&typed, &UTC) else { return Ok(()) };
            if search.matches(&name, &text, 0) {
                let ngrams = of_message(&parlor::search::fold(&name), &parlor::search::fold(&text));
                let has: BTreeSet<_> = ngrams.split(' ').collect();
                match index_query(&search) {
                    IndexQuery::AllOf(all) => for ngram in all.split(" AND ") {
                        prop_assert!(has.contains(ngram.trim_matches('"')), "{ngram}");
                    },
                    IndexQuery::Prefix(quoted) => {
                        let start = quoted.trim_end_matches(" *").trim_matches('"');
                        prop_assert!(has.iter().any(|ngram| ngram.starts_with(start)), "{start}");
                    }
                    IndexQuery::Unindexed => {
                        prop_assert!(search.names().iter().all(|name| name.starts_with(is_mark)), "{typed}");
                    }
                }
            }
        }
    }
}

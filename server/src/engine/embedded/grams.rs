//! The parts by which messages are found: every one, two and three characters that stand side by side in a text, and
//! every beginning of the author's name. They say which messages may be meant; the matcher says which are.
//!
//! The texts here are [folded](parlor::search::fold) ones.

use std::collections::BTreeSet;

use parlor::Search;

/// Characters of the longest gram: with three a gram is rare, and the index still smaller than with four.
const LONGEST: usize = 3;

/// Characters of a name by which it is found: names that are alike up to here are told apart by the matcher.
const NAME: usize = 16;

/// Stands before a beginning of a name, so that it is no part of a text.
const NAME_MARK: char = '\u{F8FF}';

/// The grams of a message, apart by spaces.
pub(super) fn of_message(name: &str, text: &str) -> String {
    let (name, text) = (letters(name), letters(text));
    let mut grams = String::new();
    for gram in (1..=LONGEST).flat_map(|size| text.windows(size)) {
        grams.extend(gram);
        grams.push(' ');
    }
    for end in 1..=name.len().min(NAME) {
        grams.push(NAME_MARK);
        grams.extend(&name[..end]);
        grams.push(' ');
    }
    grams
}

/// The grams that a message has to have to be found, as FTS5 is asked for them; nothing if it needs none.
pub(super) fn asked(search: &Search) -> Option<String> {
    let words = search.words().iter().map(|word| letters(word));
    let of_words = words.flat_map(|word| {
        let size = word.len().min(LONGEST);
        word.windows(size).map(String::from_iter).collect::<Vec<_>>()
    });
    let names = search.names().iter().map(|name| letters(name));
    let of_names = names.map(|name| [NAME_MARK].iter().chain(name.iter().take(NAME)).collect());
    let grams: BTreeSet<String> = of_words.chain(of_names).collect();
    let quoted: Vec<_> = grams.iter().map(|gram| format!("\"{gram}\"")).collect();
    (!quoted.is_empty()).then(|| quoted.join(" AND "))
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_quotes_are_characters_as_any_other() {
        let asked = asked(&Search::parse("\"a b\" x", 0).unwrap()).unwrap();
        assert_eq!(asked, "\"a\u{E020}b\" AND \"x\"");
    }

    #[test]
    fn a_search_for_days_alone_asks_for_nothing() {
        assert_eq!(asked(&Search::parse("on:2026-01-31", 0).unwrap()), None);
    }

    proptest! {
        #[test]
        fn what_is_found_has_all_that_is_asked_for(name in "[a-cA-C]{1,20}", text in "[a-cA-C \"東京]{1,40}", typed in "(from:)?[a-c \"東京]{1,8}") {
            let Ok(search) = Search::parse(&typed, 0) else { return Ok(()) };
            if search.matches(&name, &text, 0) {
                let grams = of_message(&parlor::search::fold(&name), &parlor::search::fold(&text));
                let has: BTreeSet<_> = grams.split(' ').collect();
                for gram in asked(&search).unwrap().split(" AND ") {
                    prop_assert!(has.contains(gram.trim_matches('"')), "{gram}");
                }
            }
        }
    }
}

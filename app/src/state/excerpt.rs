//! The excerpt of a message in a search result, with the matches marked.

use std::cmp::Reverse;
use std::ops::Range;

use parlor::Search;
use parlor::search::{find, fold};

use crate::graphemes::grapheme_at;

/// Maximum number of characters before the first match.
const BEFORE: usize = 40;
/// Maximum number of characters from the start of the first match on, unless the match is longer.
const AFTER: usize = 160;

/// Returns an excerpt of a message around its first match: from the text without markup (`plain`), or from the `source`
/// if only that matches.
///
/// The parts alternate between plain text and matches, and begin and end with plain text, which may be empty.
pub fn excerpt(search: &Search, source: &str, plain: &str) -> Vec<String> {
    let (text, first) = match first_match(search, plain) {
        Some(found) => (plain, found),
        None => (source, first_match(search, source).unwrap_or_default()),
    };
    let (start, end) = (cut_before(text, first.start), cut_after(text, &first));
    let mut parts = Vec::new();
    let (mut at, mut next) = (start, Some(first));
    while let Some(found) = next.filter(|found| !found.is_empty()) {
        parts.push(one_line(&text[at..found.start]));
        parts.push(one_line(&text[found.clone()]));
        at = found.end;
        next = first_match(search, &text[at..end]).map(|found| at + found.start..at + found.end);
    }
    parts.push(one_line(&text[at..end]));
    if start > 0 {
        parts[0].insert(0, '…');
    }
    if end < text.len()
        && let Some(last) = parts.last_mut()
    {
        last.push('…');
    }
    parts
}

// The byte range of the first match of any word in the original text, extended to whole graphemes. Of several matches
// with the same start, the longest one counts.
fn first_match(search: &Search, text: &str) -> Option<Range<usize>> {
    let folded = fold(text);
    let matches = search.words().iter().filter_map(|word| find(&folded, word));
    let first = matches.min_by_key(|range| (range.start, Reverse(range.end)))?;
    // A longer prefix never folds to a shorter text: a binary search finds the grapheme of a byte in the folded text.
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let grapheme = |byte: usize| {
        let after = starts.partition_point(|start| fold(&text[..*start]).len() <= byte);
        grapheme_at(text, starts.get(after.wrapping_sub(1)).copied().unwrap_or_default())
    };
    Some(grapheme(first.start).start..grapheme(first.end - 1).end)
}

// The start of the excerpt: after a space in the half of the context that is further from the match, or else between
// two graphemes.
fn cut_before(text: &str, found: usize) -> usize {
    let Some((from, _)) = text[..found].char_indices().rev().nth(BEFORE) else { return 0 };
    let part = &text[from..found];
    match part.find(char::is_whitespace).filter(|at| at * 2 < part.len()) {
        Some(at) => found - part[at..].trim_start().len(),
        None => grapheme_at(text, from).start,
    }
}

// The end of the excerpt, by the same rule.
fn cut_after(text: &str, found: &Range<usize>) -> usize {
    let Some((to, _)) = text[found.start..].char_indices().nth(AFTER) else { return text.len() };
    let to = found.end.max(grapheme_at(text, found.start + to).start);
    let part = &text[found.end..to];
    match part.rfind(char::is_whitespace).filter(|at| at * 2 > part.len()) {
        Some(at) => found.end + part[..at].trim_end().len(),
        None => to,
    }
}

fn one_line(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use parlor::time_zone::UTC;
    use proptest::prelude::*;

    use super::*;

    fn parts(source: &str, plain: &str, typed: &str) -> Vec<String> {
        excerpt(&Search::parse(typed, &UTC).unwrap(), source, plain)
    }

    // The excerpt with its matches in brackets.
    fn marked(text: &str, typed: &str) -> String {
        let parts = parts(text, text, typed).into_iter().enumerate();
        parts.map(|(at, part)| if at % 2 == 1 { format!("[{part}]") } else { part }).collect()
    }

    #[test]
    fn matches_are_marked_as_they_are_written_in_the_message() {
        for (text, typed, excerpt) in [
            ("Bring the Ladder,\nplease", "ladder", "Bring the [Ladder], please"),
            ("more green tea", "\"green tea\"", "more [green tea]"),
            ("Be my guest, Ana: tea", "from:\"Ana B\" tea", "Be my guest, Ana: [tea]"),
            ("on time", "on:2026-01-31 time", "on [time]"),
            ("a green cup of green tea", "tea green", "a [green] cup of [green] [tea]"),
            ("teapot, tea", "tea teapot", "[teapot], [tea]"),
            ("teapot", "tea pot", "[tea][pot]"),
            ("hello", "from:ana", "hello"),
            ("hello", "after:2026-01-31", "hello"),
        ] {
            assert_eq!(marked(text, typed), excerpt, "{typed}");
        }
    }

    #[test]
    fn markup_is_shown_only_if_the_search_matches_it() {
        let found = |typed| parts("a **big** [tent](https://example.org)", "a big tent", typed);
        assert_eq!(found("tent"), ["a big ", "tent", ""]);
        assert_eq!(found("example"), ["a **big** [tent](https://", "example", ".org)"]);
    }

    #[test]
    fn a_long_message_is_cut_between_words_on_both_sides() {
        let text = format!("{} needle {}", "hay ".repeat(100), "straw ".repeat(100));
        let [before, found, after] = &parts(&text, &text, "NEEDLE")[..] else { panic!("one match") };
        assert!(before.starts_with("…hay hay") && found == "needle" && after.ends_with(" straw…"));
        assert!(before.chars().count() <= BEFORE + 1 && after.chars().count() <= AFTER + 1);
    }

    proptest! {
        #[test]
        fn excerpts_are_parts_of_the_text_and_mark_what_matches(
            text in "([a-cß]|e\u{301}|ﬁ|İ|が|ｶﾞ|한|👩\u{200d}💻|\u{ad}| ){0,300}",
            typed in "([a-cß]|e\u{301}|ﬁ|İ|が|ｶﾞ|한|👩\u{200d}💻| ){1,4}",
        ) {
            let Ok(search) = Search::parse(&typed, &UTC) else { return Ok(()) };
            let parts = excerpt(&search, &text, &text);
            let all = parts.concat();
            let all = all.strip_prefix('…').unwrap_or(&all);
            prop_assert!(text.contains(all.strip_suffix('…').unwrap_or(all)));
            prop_assert_eq!(parts.len() > 1, search.words().iter().any(|word| find(&fold(&text), word).is_some()));
            for part in parts.iter().skip(1).step_by(2) {
                let part = fold(part);
                prop_assert!(search.words().iter().any(|word| find(&part, word).is_some()), "{}", part);
            }
        }
    }
}

//! What is shown of a message that was found: where the words are.

use crate::letters::lower;

/// Characters before the first word found.
const BEFORE: usize = 40;
/// Characters from the first word on.
const AFTER: usize = 160;

/// The text before the first word found, that word as it stands there, and the text after it: in the message without
/// its marks, or as typed if the word is found only there.
pub fn excerpt(typed: &str, plain: &str, words: &str) -> (String, String, String) {
    let found = around(plain, words);
    if found.1.is_empty() { around(typed, words) } else { found }
}

fn around(text: &str, words: &str) -> (String, String, String) {
    let letters: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let small: Vec<char> = lower(&letters.iter().collect::<String>()).chars().collect();
    // A few letters become two when they are made small: then places would not be the same.
    let small = if small.len() == letters.len() { &small } else { &letters };
    let words = lower(words);
    let found = words
        .split(|c: char| c.is_whitespace() || c == '"')
        .filter(|word| {
            !word.is_empty() && !["from:", "before:", "after:", "on:"].iter().any(|key| word.starts_with(key))
        })
        .find_map(|word| place(small, word));
    let (start, end) = found.unwrap_or((0, 0));
    let from = start.saturating_sub(BEFORE);
    let to = (start + AFTER).min(letters.len()).max(end);
    let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    let (cut_before, cut_after) = (if from > 0 { "…" } else { "" }, if to < letters.len() { "…" } else { "" });
    (format!("{cut_before}{}", part(from, start)), part(start, end), format!("{}{cut_after}", part(end, to)))
}

fn place(letters: &[char], word: &str) -> Option<(usize, usize)> {
    let word: Vec<char> = word.chars().collect();
    let at = letters.windows(word.len()).position(|part| part == word)?;
    Some((at, at + word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, words: &str) -> (String, String, String) {
        excerpt(text, text, words)
    }

    #[test]
    fn the_first_word_found_is_marked_as_it_stands() {
        let strings = |(a, b, c): (&str, &str, &str)| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(of("Bring the Ladder,\nplease", "ladder"), strings(("Bring the ", "Ladder", ", please")));
        assert_eq!(of("私は東京に", "from:ana 東京"), strings(("私は", "東京", "に")));
        assert_eq!(of("hello", "from:ana"), strings(("", "", "hello")));
    }

    #[test]
    fn marks_are_shown_only_where_they_were_looked_for() {
        let found = |words| excerpt("a **big** [tent](https://example.org)", "a big tent", words);
        assert_eq!(found("tent").0, "a big ");
        assert_eq!(found("example").0, "a **big** [tent](https://");
    }

    #[test]
    fn a_long_message_is_cut_on_both_sides() {
        let text = format!("{} needle {}", "a".repeat(500), "b".repeat(500));
        let (before, found, after) = of(&text, "NEEDLE");
        assert!(before.starts_with("…a") && found == "needle" && after.ends_with("b…"));
        assert!(before.chars().count() <= BEFORE + 1 && after.chars().count() <= AFTER + 1);
    }
}

//! The search language: parses a query and decides which messages match. Server and page use the same code.
//!
//! A message matches if it fulfils all terms of the query:
//!
//! | term | matching messages |
//! |---|---|
//! | `tea` | contain this text, also inside a word |
//! | `"green tea"` | contain this phrase; a quote that is not closed extends to the end of the query |
//! | `from:ana`, `from:"Ana B"` | their author's name, at the time of posting, starts with this text |
//! | `before:2026-01-31` | were posted before that day |
//! | `after:2026-01-31` | were posted on that day or later |
//! | `on:2026-01-31` | were posted on that day |
//!
//! Query, text and names are [folded](fold()) before they are compared, so texts that look equal are equal: case, full
//! and half width, composed and decomposed letters, and all kinds of quotes, which also delimit phrases. A search may
//! find more messages than intended, but never fewer than a comparison of the unfolded characters.
//!
//! Days are those of the reader's time zone. A term with any other word before a colon is plain text: `http://x`,
//! `12:30`.

mod fold;
mod matching;

use std::ops::Range;

pub use self::{
    fold::{fold, fold_char, is_mark},
    matching::{core, find},
};
use crate::{ErrorCode, TimeZone, UnixMillis, day, limits};

/// A parsed search query.
///
/// ```
/// use parlor::{ErrorCode, Search, time_zone::UTC};
///
/// let search = Search::parse("from:ana Tea", &UTC).unwrap();
/// assert!(search.matches("Ana", "More steamed milk?", 1764000000000));
/// assert!(!search.matches("ben", "tea", 1764000000000));
/// assert_eq!(Search::parse("before:yesterday", &UTC), Err(ErrorCode::BadSearch));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
    names: Vec<String>,
    since: Option<i64>,
    until: Option<i64>,
}

impl Search {
    /// Parses a query, with days in the given time zone.
    ///
    /// # Errors
    /// [`ErrorCode::BadSearch`] if the query has no terms, is longer than [`limits::SEARCH_BYTES`], or has a term whose
    /// date or name is missing or invalid.
    pub fn parse(query: &str, zone: &dyn TimeZone) -> Result<Self, ErrorCode> {
        if query.len() > limits::SEARCH_BYTES {
            return Err(ErrorCode::BadSearch);
        }
        let mut search = Self::default();
        let folded = fold(query);
        let mut rest = folded.trim_start();
        while !rest.is_empty() {
            let (key, after) = key(rest);
            let (value, after) = value(after);
            // Combining marks at the start belong to a letter outside the query.
            let word = || match value.trim_start_matches(is_mark) {
                "" => value.to_owned(),
                word => word.to_owned(),
            };
            let day_start = |offset_days: i64| {
                let day = day::parse(value).ok_or(ErrorCode::BadSearch)?;
                Ok(zone.day_start(day + offset_days))
            };
            match key {
                "" if value.is_empty() => {}
                "" => search.words.push(word()),
                "from:" if value.is_empty() => return Err(ErrorCode::BadSearch),
                "from:" => search.names.push(word()),
                "before:" => search.restrict_until(day_start(0)?),
                "after:" => search.restrict_since(day_start(0)?),
                _ => {
                    search.restrict_since(day_start(0)?);
                    search.restrict_until(day_start(1)?);
                }
            }
            rest = after.trim_start();
        }
        if search == Self::default() { Err(ErrorCode::BadSearch) } else { Ok(search) }
    }

    fn restrict_since(&mut self, at: i64) {
        self.since = Some(self.since.map_or(at, |since| since.max(at)));
    }

    fn restrict_until(&mut self, at: i64) {
        self.until = Some(self.until.map_or(at, |until| until.min(at)));
    }

    /// Whether a message with this author, text and time matches the query.
    pub fn matches(&self, author_name: &str, body: &str, at: UnixMillis) -> bool {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        if self.since.is_some_and(|since| at < since) || self.until.is_some_and(|until| at >= until) {
            return false;
        }
        let matches_names = || {
            let name = fold(author_name);
            let has_prefix = |prefix: &String| {
                let is_at_start = |found: Range<usize>| name[..found.start].chars().all(is_mark);
                name.starts_with(prefix) || !name.is_ascii() && find(&name, prefix).is_some_and(is_at_start)
            };
            self.names.iter().all(has_prefix)
        };
        let matches_words = || {
            let body = fold(body);
            self.words.iter().all(|word| matching::contains(&body, word))
        };
        (self.names.is_empty() || matches_names()) && (self.words.is_empty() || matches_words())
    }

    /// The words and phrases, [folded](fold()). [`find`] finds each of them in the folded text of every matching
    /// message.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The prefixes of the author's name, [folded](fold()).
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The start of the time range, inclusive, in milliseconds since the Unix epoch.
    pub fn since(&self) -> Option<i64> {
        self.since
    }

    /// The end of the time range, exclusive, in milliseconds since the Unix epoch.
    pub fn until(&self) -> Option<i64> {
        self.until
    }
}

/// Splits a folded text into the key at its start, which may be empty, and the rest.
fn key(text: &str) -> (&'static str, &str) {
    let mut keys = ["from:", "before:", "after:", "on:"].into_iter();
    keys.find_map(|key| Some((key, text.strip_prefix(key)?))).unwrap_or(("", text))
}

/// Splits a folded text into the word or phrase at its start and the rest. Any quote closes a phrase, whichever opened
/// it: languages and keyboards pair quotes differently.
fn value(text: &str) -> (&str, &str) {
    const QUOTES: [char; 3] = ['"', '«', '»'];
    match text.strip_prefix(QUOTES) {
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
        Some(phrase) => {
            let (phrase, rest) = phrase.split_once(QUOTES).unwrap_or((phrase, ""));
            // French typography has spaces inside its quotes.
            (if text.starts_with('"') { phrase } else { phrase.trim() }, rest)
        }
    }
}

#[cfg(test)]
mod tests;

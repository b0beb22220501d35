//! What somebody looks for, and which messages it finds: the same on both sides.
//!
//! A search is typed as one line. All that stands in it has to hold:
//!
//! | typed | found are messages |
//! |---|---|
//! | `tea` | with this text anywhere, inside a word too; capitals do not matter |
//! | `"green tea"` | with these words just so; a quote that is not closed goes to the end |
//! | `from:ana`, `from:"Ana B"` | whose author was called so then, or by a name that begins so |
//! | `before:2026-01-31` | from before that day |
//! | `after:2026-01-31` | from that day or later |
//! | `on:2026-01-31` | from that day |
//!
//! A day is one of the reader's time zone. What has any other word before its colon is plain text: `http://x`, `12:30`.

use crate::{ErrorCode, TimeZone, UnixMillis, day, limits};

/// What somebody looks for.
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
    /// Takes a search as typed, by a reader in this time zone.
    ///
    /// # Errors
    /// [`ErrorCode::BadSearch`] when it looks for nothing, is longer than [`limits::SEARCH_BYTES`], or has no day or
    /// name where one has to be.
    pub fn parse(typed: &str, zone: &dyn TimeZone) -> Result<Self, ErrorCode> {
        if typed.len() > limits::SEARCH_BYTES {
            return Err(ErrorCode::BadSearch);
        }
        let mut search = Self::default();
        let mut rest = typed.trim_start();
        while !rest.is_empty() {
            let (key, after) = key(rest);
            let (value, after) = value(after);
            let day = |later: i64| {
                let day = day::number(value).ok_or(ErrorCode::BadSearch)?;
                Ok(zone.day_start(day + later))
            };
            match key {
                "" if value.is_empty() => {}
                "" => search.words.push(fold(value)),
                "from:" if value.is_empty() => return Err(ErrorCode::BadSearch),
                "from:" => search.names.push(fold(value)),
                "before:" => search.ends(day(0)?),
                "after:" => search.begins(day(0)?),
                _ => {
                    search.begins(day(0)?);
                    search.ends(day(1)?);
                }
            }
            rest = after.trim_start();
        }
        if search == Self::default() { Err(ErrorCode::BadSearch) } else { Ok(search) }
    }

    fn begins(&mut self, at: i64) {
        self.since = Some(self.since.map_or(at, |since| since.max(at)));
    }

    fn ends(&mut self, at: i64) {
        self.until = Some(self.until.map_or(at, |until| until.min(at)));
    }

    /// Whether it finds a message.
    pub fn matches(&self, author_name: &str, body: &str, at: UnixMillis) -> bool {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        if self.since.is_some_and(|since| at < since) || self.until.is_some_and(|until| at >= until) {
            return false;
        }
        let called_so = || {
            let name = fold(author_name);
            self.names.iter().all(|wanted| name.starts_with(wanted))
        };
        let says_so = || {
            let body = fold(body);
            self.words.iter().all(|word| body.contains(word))
        };
        (self.names.is_empty() || called_so()) && (self.words.is_empty() || says_so())
    }

    /// The words and phrases, [folded](fold): what to mark in what was found.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// How the author's name has to begin, [folded](fold).
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The first moment that counts, in milliseconds since the Unix epoch.
    pub fn since(&self) -> Option<i64> {
        self.since
    }

    /// The first moment that does not count any more.
    pub fn until(&self) -> Option<i64> {
        self.until
    }
}

/// A text as it is compared: without capitals. Greek has two small forms of one letter, and keeps one of them.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // Most of what is compared in many a room, and many times faster.
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(fold_char).collect()
}

/// The same for one character, which may become several.
pub fn fold_char(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

/// The key at the start, and what follows it.
fn key(text: &str) -> (&'static str, &str) {
    let keys = ["from:", "before:", "after:", "on:"].into_iter();
    let mut known = keys.filter(|key| text.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key)));
    known.next().map_or(("", text), |key| (key, &text[key.len()..]))
}

/// The word or the phrase at the start, and what follows it.
fn value(text: &str) -> (&str, &str) {
    match text.strip_prefix('"') {
        Some(phrase) => phrase.split_once('"').unwrap_or((phrase, "")),
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time_zone::{FixedOffset, UTC};

    const NOON: UnixMillis = 1_769_860_800_000; // 2026-01-31 12:00 UTC

    fn finds(typed: &str, name: &str, body: &str) -> bool {
        Search::parse(typed, &UTC).unwrap().matches(name, body, NOON)
    }

    #[test]
    fn words_are_found_anywhere_in_any_order_whatever_their_capitals() {
        assert!(finds("TEA green", "Ana", "Green steam"));
        assert!(!finds("tea black", "Ana", "Green tea"));
        assert!(finds("東京", "Ana", "私は東京に住んでいます"));
        assert!(finds("京", "Ana", "私は東京に住んでいます"));
        assert!(finds("ΟΔΟΣ", "Ana", "η οδος"));
        assert!(finds("straße", "Ana", "STRAßE"));
    }

    #[test]
    fn phrases_are_found_just_so() {
        assert!(finds("\"Green tea\"", "Ana", "more green tea"));
        assert!(!finds("\"green tea\"", "Ana", "tea, green"));
        assert!(!finds("\"green tea", "Ana", "tea, green"), "a quote that is not closed goes to the end");
        assert!(finds("\"from:ana\"", "ben", "type from:ana"), "what is quoted is text");
    }

    #[test]
    fn names_are_found_by_how_they_begin() {
        assert!(finds("from:an", "Ana", "hi"));
        assert!(finds("FROM:\"Ana B\" hi", "ana b", "hi"));
        assert!(!finds("from:na", "Ana", "hi"));
        assert!(!finds("from:ana from:ben", "Ana", "hi"), "all that is typed has to hold");
    }

    #[test]
    fn days_are_the_readers() {
        for (typed, offset, found) in [
            ("before:2026-01-31", 0, false),
            ("before:2026-02-01", 0, true),
            ("after:2026-01-31", 0, true),
            ("after:2026-02-01", 0, false),
            ("on:2026-01-31", 0, true),
            ("on:2026-01-30", 0, false),
            ("on:2026-02-01", 13 * 60, true),
            ("on:2026-01-31", 13 * 60, false),
            ("on:2026-01-30", -13 * 60, true),
            ("after:2026-01-01 before:2026-02-01", 0, true),
            ("after:2026-01-01 before:2026-01-02", 0, false),
        ] {
            assert_eq!(
                Search::parse(typed, &FixedOffset(offset)).unwrap().matches("Ana", "hi", NOON),
                found,
                "{typed} {offset}"
            );
        }
    }

    #[test]
    fn what_looks_for_nothing_or_names_no_day_is_refused() {
        let long = "x".repeat(limits::SEARCH_BYTES + 1);
        for bad in [
            "",
            "  ",
            "\"\"",
            "from:",
            "from:\"\"",
            "before:",
            "on:today",
            "after:2026-02-29",
            "on:2026-13-01",
            "on:2026-1-1",
            "on:2026-01-00",
            "on:2026-01-011",
            "before:２０26-01",
            &long,
        ] {
            assert_eq!(Search::parse(bad, &UTC), Err(ErrorCode::BadSearch), "{bad:?}");
        }
    }

    #[test]
    fn other_words_with_a_colon_are_text() {
        assert!(finds("http://x 12:30 until:now", "Ana", "until:now see http://x at 12:30"));
    }

    proptest! {
        #[test]
        fn what_contains_all_words_is_found(
            words in prop::collection::vec("[\\p{L}\\p{N}]{1,6}", 1..5),
            between in "[\\p{L} ]{0,5}",
            at: u64,
        ) {
            let search = Search::parse(&words.join(" "), &UTC).unwrap();
            let backwards: Vec<&str> = words.iter().rev().map(String::as_str).collect();
            prop_assert!(search.matches("Ana", &backwards.join(&between), at));
            prop_assert!(!search.matches("Ana", "", at));
        }

        #[test]
        fn no_text_makes_it_panic(typed in "(from:|on:|before:|[0-9]{4}-[0-9]{2}-[0-9]{2}|[ \":]|\\PC){0,40}", offset: i32) {
            if let Ok(search) = Search::parse(&typed, &FixedOffset(offset)) {
                prop_assert!(typed.len() <= limits::SEARCH_BYTES);
                search.matches(&typed, &typed, 0);
            }
        }
    }
}

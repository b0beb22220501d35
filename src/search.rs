//! The search language: which messages a typed line finds. Server and page use the same code.
//!
//! All parts of the line have to match:
//!
//! | typed | finds messages |
//! |---|---|
//! | `tea` | with this text anywhere, also inside a word |
//! | `"green tea"` | with this phrase; a quote that is not closed extends to the end of the line |
//! | `from:ana`, `from:"Ana B"` | whose author's name, when it was posted, begins so |
//! | `before:2026-01-31` | from before that day |
//! | `after:2026-01-31` | from that day or later |
//! | `on:2026-01-31` | from that day |
//!
//! Line, text and names are [folded](fold()) before they are compared, so whatever looks equal is equal: case, full and
//! half width, composed and decomposed letters, and all kinds of quotes, which also delimit phrases. A search may find
//! more than was meant, but never less than a comparison of the characters would.
//!
//! A day is one of the reader's time zone. Text with any other word before a colon is plain text: `http://x`, `12:30`.

mod fold;

use std::ops::Range;

pub use self::fold::{core, find, fold, fold_char, is_mark};
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
        let folded = fold(typed);
        let mut rest = folded.trim_start();
        while !rest.is_empty() {
            let (key, after) = key(rest);
            let (value, after) = value(after);
            // Marks at the start belong to a letter that was not typed.
            let word = || match value.trim_start_matches(is_mark) {
                "" => value.to_owned(),
                word => word.to_owned(),
            };
            let day = |later: i64| {
                let day = day::number(value).ok_or(ErrorCode::BadSearch)?;
                Ok(zone.day_start(day + later))
            };
            match key {
                "" if value.is_empty() => {}
                "" => search.words.push(word()),
                "from:" if value.is_empty() => return Err(ErrorCode::BadSearch),
                "from:" => search.names.push(word()),
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
            let begins = |wanted: &String| {
                let is_first = |found: Range<usize>| name[..found.start].chars().all(is_mark);
                name.starts_with(wanted) || !name.is_ascii() && find(&name, wanted).is_some_and(is_first)
            };
            self.names.iter().all(begins)
        };
        let says_so = || {
            let body = fold(body);
            self.words.iter().all(|word| fold::contains(&body, word))
        };
        (self.names.is_empty() || called_so()) && (self.words.is_empty() || says_so())
    }

    /// The words and phrases, [folded](fold()): what [`find`] finds in the folded text of each message that matches.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The beginnings of the author's name, [folded](fold()).
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

/// The key at the start of a folded text, and what follows it.
fn key(text: &str) -> (&'static str, &str) {
    let mut keys = ["from:", "before:", "after:", "on:"].into_iter();
    keys.find_map(|key| Some((key, text.strip_prefix(key)?))).unwrap_or(("", text))
}

/// The word or the phrase at the start of a folded text, and what follows it. Any quote closes a phrase, whichever
/// opened it: languages and keyboards pair them differently.
fn value(text: &str) -> (&str, &str) {
    const QUOTES: [char; 3] = ['"', '«', '»'];
    match text.strip_prefix(QUOTES) {
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
        Some(phrase) => {
            let (phrase, rest) = phrase.split_once(QUOTES).unwrap_or((phrase, ""));
            // French sets spaces inside its quotes.
            (if text.starts_with('"') { phrase } else { phrase.trim() }, rest)
        }
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

    #[test]
    fn what_looks_equal_is_found() {
        for (typed, body) in [
            ("café", "cafe\u{301}"),
            ("cafe\u{301}", "CAFÉ"),
            ("ệ", "e\u{302}\u{323}"),
            ("e\u{302}\u{323}", "VI\u{1EC6}T"),
            ("“green tea” cup", "a cup of green tea"),
            ("„green tea“", "green tea"),
            ("«\u{a0}green tea\u{202f}» cup", "a cup of green tea"),
            ("»green tea«", "green tea"),
            ("‹green tea›", "green tea"),
            ("「緑の お茶」", "緑の お茶"),
            ("『お茶』", "お茶"),
            ("\"green tea”", "green tea"),
            ("don't", "I don’t"),
            ("don’t", "I don't"),
            ("don´t", "I donʼt"),
            ("e-mail", "e\u{2011}mail"),
            ("istanbul", "İSTANBUL"),
            ("İSTANBUL", "istanbul"),
            ("ISPARTA", "ısparta"),
            ("ısparta", "isparta"),
            ("ＡＢＣ１２３", "abc123"),
            ("abc123", "ａｂｃ１２３"),
            ("カタカナ", "ｶﾀｶﾅ"),
            ("ｶﾞｷﾞ", "ガギ"),
            ("STRASSE", "straße"),
            ("straße", "STRASSE"),
            ("STRAẞE", "straße"),
            ("office", "oﬃce"),
            ("273 k", "273 \u{212A}"),
            ("ὀδός", "ὈΔΌΣ"),
            ("한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
            ("سلام", "\u{FEB3}\u{FEFC}\u{FEE1}"),
            ("محمد", "محـــمد"),
            ("cooperate", "co\u{AD}operate"),
            ("میخواهم", "می\u{200c}خواهم"),
            ("❤", "❤\u{fe0f}"),
            ("1/2", "½"),
            ("緑\u{3000}お茶", "お茶と緑"),
            ("from：ａｎａ", "x"),
            ("ＦＲＯＭ:“Ana B”", "x"),
            ("on:２０２６-０１-３１", "x"),
            ("on:2026\u{2011}01\u{2011}31", "x"),
        ] {
            assert!(finds(typed, "Ana B", body), "{typed} in {body}");
        }
        assert!(finds("from:Jürgen", "Ju\u{308}rgen", "x") && finds("from:„STRAẞE X“", "straße x", "x"));
        assert!(finds("from:ju", "Jürgen", "x") && !finds("from:rg", "Jürgen", "x"));
    }

    #[test]
    fn what_looks_different_is_not_found() {
        for (typed, body) in [
            ("é", "e"),
            ("é", "è"),
            ("resume", "résumé"),
            ("mà", "má"),
            ("ば", "は"),
            ("ぱ", "ば"),
            ("はは", "ぱぱ"),
            ("한국", "하국"),
            ("o", "0"),
            ("\"green tea\"", "green-tea"),
        ] {
            assert!(!finds(typed, "Ana", body), "{typed} in {body}");
        }
        assert!(!finds("from:é", "Eva", "x") && !finds("from:ana", "Ána", "x"));
    }

    #[test]
    fn the_last_letter_may_have_further_marks() {
        for (typed, body) in [
            ("e", "é"),
            ("e", "e\u{301}"),
            ("cafe", "café"),
            ("aa", "aaa\u{301}"),
            ("aá", "aaa\u{301}"),
            ("ê", "e\u{302}\u{323}"),
            ("ẹ", "ệ"),
            ("かき", "かぎ"),
            ("하", "한"),
            ("\u{302}\u{323}x", "ex"),
            ("\u{301}", "e\u{323}\u{301}"),
            ("from:e", "x"),
            ("from:eva", "x"),
        ] {
            assert!(finds(typed, "Evá", body), "{typed} in {body}");
        }
    }

    #[test]
    fn nothing_but_what_is_not_seen_looks_for_nothing() {
        for typed in ["\u{200b}", "\"\u{ad}\"", "«\u{a0}»", "from:\u{2060}", "from:“”"] {
            assert_eq!(Search::parse(typed, &UTC), Err(ErrorCode::BadSearch), "{typed:?}");
        }
    }

    // Characters that folding changes, removes or reorders.
    const LETTERS: &str = "aAeéÉêệiıIİsSßẞſσςΣΐᾳfﬁﬃkK'’“”\"«»「」-–‑ \u{a0}\u{3000}ａＡ１1カｶガｶﾞﾟかハ한하국محـمﻻﷲ";
    const MARKS: &str = "\u{300}\u{301}\u{302}\u{307}\u{308}\u{323}\u{345}\u{34f}\u{64b}\u{5b0}\u{94d}\u{e38}\u{e48}\
        \u{3099}\u{1100}\u{1161}\u{11a8}\u{ad}\u{200d}\u{fe0f}";

    fn folding() -> impl Strategy<Value = String> {
        let one_of = |characters: &str| prop::sample::select(characters.chars().collect::<Vec<_>>());
        let character = prop_oneof![4 => one_of(LETTERS), 2 => one_of(MARKS), 1 => any::<char>()];
        prop::collection::vec(character, 1..6).prop_map(String::from_iter)
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
        fn a_part_of_a_text_is_found_wherever_it_begins_and_ends(
            before in folding(), word in folding(), after in folding(), end in folding(),
        ) {
            let text = format!("{before}{word}{after}");
            let name = format!("{word}{after}");
            // The dot of an i is removed, and can't be found without its letter.
            prop_assume!(!(fold(&before).ends_with('i') && fold(&word).starts_with('\u{307}')));
            let phrase = fold(&word).replace(['"', '«', '»'], "");
            if let Ok(search) = Search::parse(&format!("“{phrase}”"), &UTC)
                && phrase == fold(&word)
            {
                prop_assert!(search.matches("Ana", &text, 0), "{word:?} in {text:?}");
            }
            if let Ok(search) = Search::parse(&format!("from:“{phrase}”"), &UTC)
                && phrase == fold(&word)
            {
                prop_assert!(search.matches(&name, &end, 0), "{word:?} in {name:?}");
            }
            if let Ok(search) = Search::parse(&word, &UTC) {
                prop_assert!(search.matches(&name, &text, 0), "{word:?} in {text:?}");
            }
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

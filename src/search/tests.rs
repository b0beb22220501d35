//! Tests of the search language: which messages a query matches.

use proptest::prelude::*;

use super::*;
use crate::time_zone::{FixedOffset, UTC};

const NOON: UnixMillis = 1_769_860_800_000; // 2026-01-31 12:00 UTC

fn finds(query: &str, name: &str, body: &str) -> bool {
    Search::parse(query, &UTC).unwrap().matches(name, body, NOON)
}

#[test]
fn words_match_anywhere_in_any_order_and_case() {
    assert!(finds("TEA green", "Ana", "Green steam"));
    assert!(!finds("tea black", "Ana", "Green tea"));
    assert!(finds("東京", "Ana", "私は東京に住んでいます"));
    assert!(finds("京", "Ana", "私は東京に住んでいます"));
    assert!(finds("ΟΔΟΣ", "Ana", "η οδος"));
    assert!(finds("straße", "Ana", "STRAßE"));
}

#[test]
fn phrases_match_as_a_whole() {
    assert!(finds("\"Green tea\"", "Ana", "more green tea"));
    assert!(!finds("\"green tea\"", "Ana", "tea, green"));
    assert!(!finds("\"green tea", "Ana", "tea, green"), "a quote that is not closed extends to the end");
    assert!(finds("\"from:ana\"", "ben", "type from:ana"), "quoted text has no keys");
}

#[test]
fn names_match_by_prefix() {
    assert!(finds("from:an", "Ana", "hi"));
    assert!(finds("FROM:\"Ana B\" hi", "ana b", "hi"));
    assert!(!finds("from:na", "Ana", "hi"));
    assert!(!finds("from:ana from:ben", "Ana", "hi"), "all terms have to match");
}

#[test]
fn days_are_those_of_the_readers_time_zone() {
    for (query, offset, found) in [
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
            Search::parse(query, &FixedOffset(offset)).unwrap().matches("Ana", "hi", NOON),
            found,
            "{query} {offset}"
        );
    }
}

#[test]
fn queries_without_terms_or_with_invalid_dates_are_rejected() {
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
fn other_words_before_a_colon_are_text() {
    assert!(finds("http://x 12:30 until:now", "Ana", "until:now see http://x at 12:30"));
}

#[test]
fn texts_that_look_equal_match() {
    for (query, body) in [
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
        assert!(finds(query, "Ana B", body), "{query} in {body}");
    }
    assert!(finds("from:Jürgen", "Ju\u{308}rgen", "x") && finds("from:„STRAẞE X“", "straße x", "x"));
    assert!(finds("from:ju", "Jürgen", "x") && !finds("from:rg", "Jürgen", "x"));
}

#[test]
fn texts_that_look_different_do_not_match() {
    for (query, body) in [
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
        assert!(!finds(query, "Ana", body), "{query} in {body}");
    }
    assert!(!finds("from:é", "Eva", "x") && !finds("from:ana", "Ána", "x"));
}

#[test]
fn the_last_letter_of_a_word_may_have_further_marks() {
    for (query, body) in [
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
        assert!(finds(query, "Evá", body), "{query} in {body}");
    }
}

#[test]
fn queries_of_invisible_characters_are_rejected() {
    for query in ["\u{200b}", "\"\u{ad}\"", "«\u{a0}»", "from:\u{2060}", "from:“”"] {
        assert_eq!(Search::parse(query, &UTC), Err(ErrorCode::BadSearch), "{query:?}");
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
    fn texts_with_all_words_match(
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
    fn any_substring_of_a_text_matches(
        before in folding(), word in folding(), after in folding(), end in folding(),
    ) {
        let text = format!("{before}{word}{after}");
        let name = format!("{word}{after}");
        // The dot of an i is removed and cannot be found without its letter.
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
    fn no_query_panics(query in "(from:|on:|before:|[0-9]{4}-[0-9]{2}-[0-9]{2}|[ \":]|\\PC){0,40}", offset: i32) {
        if let Ok(search) = Search::parse(&query, &FixedOffset(offset)) {
            prop_assert!(query.len() <= limits::SEARCH_BYTES);
            search.matches(&query, &query, 0);
        }
    }
}

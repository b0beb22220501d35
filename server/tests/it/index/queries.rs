//! Searches for words, authors, days and spellings, with and without the index.

use std::fs;

use jiff::Timestamp;
use parlor::time_zone::FixedOffset;
use parlor::{RoomName, Search, limits};

use super::fixture::{Fixture, apply, kitchen, person, post, post_all, search, search_lobby, wait_until_indexed};
use crate::support::engine::{ana, permit, room};

pub(super) async fn words_of_any_length_and_script_are_found(fixture: &mut impl Fixture) {
    post_all(fixture, &["Green tea, please", "私は東京に住んでいます", "steam \"engines\" & co.", "ÄPFEL und Straße"])
        .await;
    for _ in 0..2 {
        for (typed, found) in [
            ("tea", vec![3, 1]),
            ("TEA green", vec![1]),
            ("\"green tea\"", vec![1]),
            ("\"tea green\"", vec![]),
            ("東京", vec![2]),
            ("京", vec![2]),
            ("東京に住", vec![2]),
            ("京東", vec![]),
            ("e", vec![4, 3, 1]),
            ("&", vec![3]),
            ("co.", vec![3]),
            ("äpfel", vec![4]),
            ("nowhere", vec![]),
            ("aße ÄP", vec![4]),
        ] {
            assert_eq!(search_lobby(fixture, typed).await, found, "{typed}");
        }
        // The second time with a complete index.
        wait_until_indexed(fixture, &[room()]).await;
    }
    let longest = "é".repeat(limits::SEARCH_BYTES / 2);
    assert!(search_lobby(fixture, &longest).await.is_empty());
    let many = (0..limits::SEARCH_BYTES / 4).map(|n| format!("{:03}", 7 * n)).collect::<Vec<_>>().join(" ");
    assert!(search_lobby(fixture, &many).await.is_empty());
}

pub(super) async fn messages_are_found_by_the_authors_name_at_the_time(fixture: &mut impl Fixture) {
    let (long, alike) = (person("Maximiliana von Anders"), person("Maximiliana von Unten"));
    for (id, who) in [&ana(), &long, &alike].into_iter().enumerate() {
        apply(fixture, &room(), who, id, post("hello")).await;
    }
    for _ in 0..2 {
        assert_eq!(search_lobby(fixture, "from:ana").await, [1]);
        assert_eq!(search_lobby(fixture, "from:m hello").await, [3, 2]);
        assert_eq!(search_lobby(fixture, "from:\"maximiliana von u\"").await, [3]);
        assert!(search_lobby(fixture, "from:von").await.is_empty());
        assert!(search_lobby(fixture, "maximiliana").await.is_empty(), "a name is no text");
        wait_until_indexed(fixture, &[room()]).await;
    }
}

pub(super) async fn days_are_found_also_where_the_clock_went_back(fixture: &mut impl Fixture) {
    post_all(fixture, &["one", "two", "three", "four"]).await;
    let lobby = fixture.room_id(&room());
    fixture.close().await;
    for (seq, at) in
        [(1, "2026-01-30T23:59Z"), (2, "2026-01-31T00:00Z"), (3, "2026-01-29T12:00Z"), (4, "2026-02-01T00:00Z")]
    {
        let at = at.parse::<Timestamp>().unwrap().as_millisecond();
        fixture.change_log(&format!("UPDATE messages SET at = {at} WHERE place = {}", lobby << 40 | seq));
    }
    fs::remove_file(fixture.index()).unwrap();
    fixture.open().await;
    for _ in 0..2 {
        for (typed, found) in [
            ("before:2026-01-31", vec![3, 1]),
            ("after:2026-01-31", vec![4, 2]),
            ("on:2026-01-30", vec![1]),
            ("t on:2026-01-31", vec![2]),
            ("t before:2026-02-01", vec![3, 2]),
            ("from:ana after:2026-01-30 before:2026-02-01", vec![2, 1]),
            ("on:2025-01-01", vec![]),
        ] {
            assert_eq!(search_lobby(fixture, typed).await, found, "{typed}");
        }
        wait_until_indexed(fixture, &[room()]).await;
    }
    // In this reader's time zone the last minute of the 30th belongs to the 31st.
    let search = Search::parse("on:2026-01-31", &FixedOffset(60)).unwrap();
    let found = fixture.log().search(vec![permit(&room())], search, ana().id).await.unwrap();
    assert_eq!(found.hits.iter().map(|hit| hit.event.seq).collect::<Vec<_>>(), [2, 1]);
}

pub(super) async fn equivalent_spellings_are_found_with_and_without_the_index(fixture: &mut impl Fixture) {
    let jose = person("Jose\u{301} Ｗeiß");
    apply(fixture, &room(), &jose, 1, post("cafe\u{301} at İstanbul’s “Straße”")).await;
    apply(fixture, &room(), &ana(), 2, post("ﾀﾞｲｴｯﾄ ＡＢＣ１２３ 한국")).await;
    apply(fixture, &room(), &ana(), 3, post("VIỆT oﬃce é")).await;
    for _ in 0..2 {
        for (typed, found) in [
            ("café", vec![1]),
            ("CAFÉ", vec![1]),
            ("istanbul's", vec![1]),
            ("ıstanbul", vec![1]),
            ("strasse", vec![1]),
            ("„café at i“", vec![1]),
            ("ダイエット", vec![2]),
            ("abc123", vec![2]),
            ("\u{1112}\u{1161}\u{11ab}", vec![2]),
            ("vie\u{302}\u{323}t", vec![3]),
            ("vie\u{323}\u{302}", vec![3]),
            ("office", vec![3]),
            ("é", vec![3, 1]),
            ("\u{301}", vec![3, 1]),
            ("e", vec![3, 1]),
            ("viet", vec![]),
            ("from:josé", vec![1]),
            ("from:“JOSÉ weiss” café", vec![1]),
            ("from:jose", vec![1]),
            ("from:jo\u{301}", vec![]),
            ("from:\u{301}", vec![]),
        ] {
            assert_eq!(search_lobby(fixture, typed).await, found, "{typed}");
        }
        wait_until_indexed(fixture, &[room()]).await;
    }
}

pub(super) async fn only_the_given_rooms_are_searched_and_the_newest_matches_come_first(fixture: &mut impl Fixture) {
    for number in 0..limits::SEARCH_HITS {
        apply(fixture, &room(), &ana(), number, post(&format!("tea {number}"))).await;
    }
    let found = search(fixture, &[room()], "tea").await;
    assert_eq!((found.hits.len(), found.has_more), (limits::SEARCH_HITS, false));
    apply(fixture, &kitchen(), &ana(), 1, post("tea in the kitchen")).await;
    for _ in 0..2 {
        let found = search(fixture, &[room(), kitchen()], "tea").await;
        assert_eq!((found.hits.len(), found.has_more), (limits::SEARCH_HITS, true));
        assert_eq!(found.hits[0].room, kitchen());
        let others: Vec<u64> = found.hits[1..].iter().map(|hit| hit.event.seq).collect();
        assert_eq!(others, (2..=limits::SEARCH_HITS as u64).rev().collect::<Vec<_>>());
        assert!(!search(fixture, &[room()], "tea").await.has_more);
        assert_eq!(search(fixture, &[], "tea").await.hits, []);
        assert_eq!(search(fixture, &[RoomName::parse("empty").unwrap()], "tea").await.hits, []);
        wait_until_indexed(fixture, &[room(), kitchen()]).await;
    }
}

pub(super) async fn results_with_long_messages_have_fewer_of_them(fixture: &mut impl Fixture) {
    for number in 0..20 {
        apply(fixture, &room(), &ana(), number, post(&"long ".repeat(limits::BODY_BYTES / 5))).await;
    }
    let found = search(fixture, &[room()], "long").await;
    assert!(found.has_more && (2..20).contains(&found.hits.len()), "{}", found.hits.len());
    assert_eq!(found.hits[0].event.seq, 20);
}

//! Searches for words, authors, days and spellings, with and without the index.

use std::fs;

use parlor::time_zone::FixedOffset;
use parlor::{RoomName, Search, limits};
use parlor_server::engine::EventLog;
use rusqlite::Connection;

use super::fixture::{apply, kitchen, person, post, post_all, search, search_lobby, wait_until_indexed};
use crate::support::engine::{TempDir, ana, open, permit, room};

#[tokio::test]
async fn words_of_any_length_and_script_are_found() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    post_all(&engine, &["Green tea, please", "私は東京に住んでいます", "steam \"engines\" & co.", "ÄPFEL und Straße"])
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
            assert_eq!(search_lobby(&engine, typed).await, found, "{typed}");
        }
        // The second time with a complete index.
        wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    }
    let longest = "é".repeat(limits::SEARCH_BYTES / 2);
    assert!(search_lobby(&engine, &longest).await.is_empty());
    let many = (0..limits::SEARCH_BYTES / 4).map(|n| format!("{:03}", 7 * n)).collect::<Vec<_>>().join(" ");
    assert!(search_lobby(&engine, &many).await.is_empty());
}

#[tokio::test]
async fn messages_are_found_by_the_authors_name_at_the_time() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    let (long, alike) = (person("Maximiliana von Anders"), person("Maximiliana von Unten"));
    for (id, who) in [&ana(), &long, &alike].into_iter().enumerate() {
        apply(&engine, &room(), who, id, post("hello")).await;
    }
    for _ in 0..2 {
        assert_eq!(search_lobby(&engine, "from:ana").await, [1]);
        assert_eq!(search_lobby(&engine, "from:m hello").await, [3, 2]);
        assert_eq!(search_lobby(&engine, "from:\"maximiliana von u\"").await, [3]);
        assert!(search_lobby(&engine, "from:von").await.is_empty());
        assert!(search_lobby(&engine, "maximiliana").await.is_empty(), "a name is no text");
        wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    }
}

#[tokio::test]
async fn days_are_found_also_where_the_clock_went_back() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    post_all(&engine, &["one", "two", "three", "four"]).await;
    engine.close().await;
    drop(engine);
    let log = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    for (seq, at) in [(1, "2026-01-30 23:59"), (2, "2026-01-31 00:00"), (3, "2026-01-29 12:00"), (4, "2026-02-01")] {
        let change = "UPDATE messages SET at = unixepoch(?2) * 1000 WHERE place = (1 << 40) + ?1";
        assert_eq!(log.execute(change, (seq, at)).unwrap(), 1);
    }
    fs::remove_file(temp_dir.0.join("search.db")).unwrap();
    let (engine, _deliveries) = open(&temp_dir.0);
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
            assert_eq!(search_lobby(&engine, typed).await, found, "{typed}");
        }
        wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    }
    // In this reader's time zone the last minute of the 30th belongs to the 31st.
    let search = Search::parse("on:2026-01-31", &FixedOffset(60)).unwrap();
    let found = engine.search(vec![permit(&room())], search, ana().id).await.unwrap();
    assert_eq!(found.hits.iter().map(|hit| hit.event.seq).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn equivalent_spellings_are_found_with_and_without_the_index() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    let jose = person("Jose\u{301} Ｗeiß");
    apply(&engine, &room(), &jose, 1, post("cafe\u{301} at İstanbul’s “Straße”")).await;
    apply(&engine, &room(), &ana(), 2, post("ﾀﾞｲｴｯﾄ ＡＢＣ１２３ 한국")).await;
    apply(&engine, &room(), &ana(), 3, post("VIỆT oﬃce é")).await;
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
            assert_eq!(search_lobby(&engine, typed).await, found, "{typed}");
        }
        wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    }
}

#[tokio::test]
async fn only_the_given_rooms_are_searched_and_the_newest_matches_come_first() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    for number in 0..limits::SEARCH_HITS {
        apply(&engine, &room(), &ana(), number, post(&format!("tea {number}"))).await;
    }
    let found = search(&engine, &[room()], "tea").await;
    assert_eq!((found.hits.len(), found.has_more), (limits::SEARCH_HITS, false));
    apply(&engine, &kitchen(), &ana(), 1, post("tea in the kitchen")).await;
    for _ in 0..2 {
        let found = search(&engine, &[room(), kitchen()], "tea").await;
        assert_eq!((found.hits.len(), found.has_more), (limits::SEARCH_HITS, true));
        assert_eq!(found.hits[0].room, kitchen());
        let others: Vec<u64> = found.hits[1..].iter().map(|hit| hit.event.seq).collect();
        assert_eq!(others, (2..=limits::SEARCH_HITS as u64).rev().collect::<Vec<_>>());
        assert!(!search(&engine, &[room()], "tea").await.has_more);
        assert_eq!(search(&engine, &[], "tea").await.hits, []);
        assert_eq!(search(&engine, &[RoomName::parse("empty").unwrap()], "tea").await.hits, []);
        wait_until_indexed(&engine, &temp_dir.0, &[room(), kitchen()]).await;
    }
}

#[tokio::test]
async fn results_with_long_messages_have_fewer_of_them() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    for number in 0..20 {
        apply(&engine, &room(), &ana(), number, post(&"long ".repeat(limits::BODY_BYTES / 5))).await;
    }
    let found = search(&engine, &[room()], "long").await;
    assert!(found.has_more && (2..20).contains(&found.hits.len()), "{}", found.hits.len());
    assert_eq!(found.hits[0].event.seq, 20);
}

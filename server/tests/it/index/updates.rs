//! The index after edits, deletions, restarts and damage.

use std::fs;

use parlor::EventKind;
use parlor::message::PageOf;
use parlor_server::engine::{EventLog, LogHistory as _, Operation};
use rusqlite::Connection;

use super::fixture::{apply, index_contains, person, post_all, search, search_lobby, wait_until_indexed};
use crate::support::engine::{TempDir, ana, body, open, permit, read_context, room};
use crate::support::wait_until;

#[tokio::test]
async fn messages_are_found_in_their_current_state_with_their_quotes() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    post_all(&engine, &["green tea", "secretcocoa"]).await;
    apply(
        &engine,
        &room(),
        &person("Bo"),
        1,
        Operation::Post { body: body("me too"), mentions: None, reply_to: Some(1.into()) },
    )
    .await;
    wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    assert!(index_contains(&temp_dir.0, "secretcocoa") && index_contains(&temp_dir.0, "ecr"));
    apply(
        &engine,
        &room(),
        &ana(),
        2,
        Operation::Edit { target: 1.into(), body: body("black coffee"), mentions: None },
    )
    .await;
    apply(&engine, &room(), &ana(), 3, Operation::Delete { target: 2.into() }).await;
    for _ in 0..2 {
        assert!(search_lobby(&engine, "tea").await.is_empty());
        assert_eq!(search_lobby(&engine, "coffee").await, [1]);
        assert!(search_lobby(&engine, "secretcocoa").await.is_empty());
        assert_eq!(search_lobby(&engine, "from:ana").await, [1]);
        wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    }
    let found = search(&engine, &[room()], "too").await;
    let page = engine.page(&permit(&room()), PageOf::Around(3), read_context(5)).await.unwrap();
    assert_eq!(found.hits[0].event, *page.events.last().unwrap());
    let EventKind::Posted { reply_to: Some(quote), .. } = &found.hits[0].event.kind else { panic!("{found:?}") };
    assert_eq!(quote.excerpt.as_deref(), Some("black coffee"));
}

#[tokio::test]
async fn a_deleted_text_is_erased_from_the_index() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    post_all(&engine, &["qxzvw jkpqy", "something else"]).await;
    wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    assert!(["qxzvw jkpqy", "xzv"].iter().all(|text| index_contains(&temp_dir.0, text)));
    apply(&engine, &room(), &ana(), 9, Operation::Delete { target: 1.into() }).await;
    // The write-ahead log of the index is truncated right after the commit.
    let is_erased = || async { !["qxzvw", "xzv", "kpq"].iter().any(|text| index_contains(&temp_dir.0, text)) };
    wait_until("the text is erased", is_erased).await;
    assert_eq!(search_lobby(&engine, "else").await, [2]);
}

#[tokio::test]
async fn an_outdated_missing_damaged_or_foreign_index_changes_no_results() {
    let temp_dir = TempDir::new();
    let (log, index) = (temp_dir.0.join("parlor.db"), temp_dir.0.join("search.db"));
    let (engine, _deliveries) = open(&temp_dir.0);
    post_all(&engine, &["green tea", "black tea", "qxzvw jkpqy"]).await;
    wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    engine.close().await;
    drop(engine);
    let (old_log, old_index) = (fs::read(&log).unwrap(), fs::read(&index).unwrap());

    let (engine, _deliveries) = open(&temp_dir.0);
    apply(&engine, &room(), &ana(), 1, Operation::Edit { target: 2.into(), body: body("coffee"), mentions: None })
        .await;
    apply(&engine, &room(), &ana(), 2, Operation::Delete { target: 3.into() }).await;
    post_all(&engine, &["red tea"]).await;
    wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    engine.close().await;
    drop(engine);

    let new_index = fs::read(&index).unwrap();
    for state in [Some(old_index), None, Some(b"no database".to_vec()), Some(new_index.clone())] {
        match state {
            Some(bytes) => fs::write(&index, bytes).unwrap(),
            None => fs::remove_file(&index).unwrap(),
        }
        let (engine, _deliveries) = open(&temp_dir.0);
        for _ in 0..2 {
            assert_eq!(search_lobby(&engine, "tea").await, [6, 1]);
            assert_eq!(search_lobby(&engine, "coffee").await, [2]);
            assert!(search_lobby(&engine, "qxzvw").await.is_empty());
            wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
        }
        engine.close().await;
        drop(engine);
        assert!(!index_contains(&temp_dir.0, "xzv"), "what was deleted meanwhile is erased");
    }

    // The log is restored from a backup, and then continued with other events at the same seqs.
    fs::write(&log, old_log).unwrap();
    let (engine, _deliveries) = open(&temp_dir.0);
    post_all(&engine, &["a", "b", "white tea"]).await;
    for _ in 0..2 {
        assert_eq!(search_lobby(&engine, "tea").await, [6, 2, 1]);
        wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    }
}

#[tokio::test]
async fn an_index_of_an_older_format_version_is_made_anew() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    post_all(&engine, &["cafe\u{301} noir", "Straße"]).await;
    wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    engine.close().await;
    drop(engine);
    // The content of the previous format version for these messages: lower-case texts and their n-grams.
    let index = Connection::open(temp_dir.0.join("search.db")).unwrap();
    let current: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    index
        .execute_batch(
            "INSERT INTO grams (grams) VALUES ('delete-all');
             DELETE FROM texts;
             INSERT INTO texts
                 VALUES ((1 << 40) + 1, 'ana', 'cafe\u{301} noir', 0), ((1 << 40) + 2, 'ana', 'straße', 0);
             INSERT INTO grams (rowid, gram) SELECT place, 'str tra raß aße' FROM texts WHERE text = 'straße';
             PRAGMA user_version = 2;",
        )
        .unwrap();
    drop(index);

    let (engine, _deliveries) = open(&temp_dir.0);
    for _ in 0..2 {
        assert_eq!(search_lobby(&engine, "café").await, [1]);
        assert_eq!(search_lobby(&engine, "strasse").await, [2]);
        wait_until_indexed(&engine, &temp_dir.0, &[room()]).await;
    }
    let index = Connection::open(temp_dir.0.join("search.db")).unwrap();
    let version: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert!(current > 2 && version == current);
    let texts = "SELECT group_concat(text ORDER BY place) FROM texts";
    let texts: String = index.query_row(texts, [], |row| row.get(0)).unwrap();
    assert_eq!(texts, "cafe\u{301} noir,strasse");
}

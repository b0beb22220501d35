//! The index after edits, deletions, restarts and damage.

use std::fs;
use std::time::Duration;

use parlor::EventKind;
use parlor::message::PageOf;
use parlor_server::engine::Operation;
use rusqlite::Connection;

use super::fixture::{
    Fixture, apply, edit, index_contains, kitchen, person, post, post_all, search, search_lobby, wait_until_erased,
    wait_until_indexed,
};
use crate::support::engine::{ana, body, permit, read_context, room};
use crate::support::wait_until;

pub(super) async fn messages_are_found_in_their_current_state_with_their_quotes(fixture: &mut impl Fixture) {
    post_all(fixture, &["green tea", "secretcocoa"]).await;
    apply(
        fixture,
        &room(),
        &person("Bo"),
        1,
        Operation::Post { body: body("me too"), mentions: None, reply_to: Some(1.into()) },
    )
    .await;
    wait_until_indexed(fixture, &[room()]).await;
    assert!(index_contains(fixture, "secretcocoa") && index_contains(fixture, "ecr"));
    apply(fixture, &room(), &ana(), 2, edit(1, "black coffee")).await;
    apply(fixture, &room(), &ana(), 3, Operation::Delete { target: 2.into() }).await;
    for _ in 0..2 {
        assert!(search_lobby(fixture, "tea").await.is_empty());
        assert_eq!(search_lobby(fixture, "coffee").await, [1]);
        assert!(search_lobby(fixture, "secretcocoa").await.is_empty());
        assert_eq!(search_lobby(fixture, "from:ana").await, [1]);
        wait_until_indexed(fixture, &[room()]).await;
    }
    let found = search(fixture, &[room()], "too").await;
    let page = fixture.log().page(&permit(&room()), PageOf::Around(3), read_context(5)).await.unwrap();
    assert_eq!(found.hits[0].event, *page.events.last().unwrap());
    let EventKind::Posted { reply_to: Some(quote), .. } = &found.hits[0].event.kind else { panic!("{found:?}") };
    assert_eq!(quote.excerpt.as_deref(), Some("black coffee"));
}

pub(super) async fn a_deleted_text_is_erased_from_the_index(fixture: &mut impl Fixture) {
    post_all(fixture, &["qxzvw jkpqy", "something else"]).await;
    wait_until_indexed(fixture, &[room()]).await;
    assert!(["qxzvw jkpqy", "xzv"].iter().all(|text| index_contains(fixture, text)));
    apply(fixture, &room(), &ana(), 9, Operation::Delete { target: 1.into() }).await;
    wait_until_erased(fixture, &["qxzvw", "xzv", "kpq"]).await;
    assert_eq!(search_lobby(fixture, "else").await, [2]);
}

pub(super) async fn an_edited_text_is_erased_from_the_index(fixture: &mut impl Fixture) {
    post_all(fixture, &["qxzvw jkpqy", "something else"]).await;
    wait_until_indexed(fixture, &[room()]).await;
    apply(fixture, &room(), &ana(), 9, edit(1, "qxzvw only")).await;
    wait_until_erased(fixture, &["jkpqy", "kpq"]).await;
    assert!(index_contains(fixture, "qxzvw"));
}

pub(super) async fn a_deleted_room_is_erased_from_the_index(fixture: &mut impl Fixture) {
    post_all(fixture, &["green tea"]).await;
    apply(fixture, &kitchen(), &ana(), 1, post("qxzvw jkpqy")).await.unwrap();
    wait_until_indexed(fixture, &[room(), kitchen()]).await;
    assert!(index_contains(fixture, "xzv"));
    fixture.directory().delete_room(&kitchen()).await.unwrap();
    assert!(search(fixture, &[room(), kitchen()], "qxzvw").await.hits.is_empty());
    wait_until_erased(fixture, &["qxzvw", "xzv", "kpq"]).await;
    let index = Connection::open(fixture.index()).unwrap();
    for table in ["followed", "texts", "hours"] {
        let count = index.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, u32>(0));
        assert_eq!(count, Ok(1), "rows of the lobby only in {table}");
    }
}

pub(super) async fn what_the_index_has_of_another_log_is_erased_while_it_is_used(fixture: &mut impl Fixture) {
    post_all(fixture, &["green tea", "black tea"]).await;
    wait_until_indexed(fixture, &[room()]).await;
    let index = Connection::open(fixture.index()).unwrap();
    index.busy_timeout(Duration::from_secs(5)).unwrap();
    // The database was replaced by a copy that had another event at this seq.
    index.execute("UPDATE followed SET link = zeroblob(32)", []).unwrap();
    index.execute("UPDATE texts SET text = 'qxzvw' WHERE text = 'black tea'", []).unwrap();
    post_all(fixture, &["red tea"]).await;
    let is_made_anew = || async {
        let texts = index.query_row("SELECT group_concat(text ORDER BY place) FROM texts", [], |row| row.get(0));
        texts.is_ok_and(|texts: Option<String>| texts.as_deref() == Some("green tea,black tea,red tea"))
    };
    wait_until("the index is made anew", is_made_anew).await;
    assert_eq!(search_lobby(fixture, "tea").await, [3, 2, 1]);
}

pub(super) async fn an_outdated_missing_damaged_or_foreign_index_changes_no_results(fixture: &mut impl Fixture) {
    let index = fixture.index();
    post_all(fixture, &["green tea", "black tea", "qxzvw jkpqy"]).await;
    wait_until_indexed(fixture, &[room()]).await;
    fixture.close().await;
    fixture.back_up();
    let old_index = fs::read(&index).unwrap();

    fixture.open().await;
    apply(fixture, &room(), &ana(), 1, edit(2, "coffee")).await;
    apply(fixture, &room(), &ana(), 2, Operation::Delete { target: 3.into() }).await;
    post_all(fixture, &["red tea"]).await;
    wait_until_indexed(fixture, &[room()]).await;
    fixture.close().await;

    let new_index = fs::read(&index).unwrap();
    for state in [Some(old_index), None, Some(b"no database".to_vec()), Some(new_index.clone())] {
        match state {
            Some(bytes) => fs::write(&index, bytes).unwrap(),
            None => fs::remove_file(&index).unwrap(),
        }
        fixture.open().await;
        for _ in 0..2 {
            assert_eq!(search_lobby(fixture, "tea").await, [6, 1]);
            assert_eq!(search_lobby(fixture, "coffee").await, [2]);
            assert!(search_lobby(fixture, "qxzvw").await.is_empty());
            wait_until_indexed(fixture, &[room()]).await;
        }
        fixture.close().await;
        assert!(!index_contains(fixture, "xzv"), "what was deleted meanwhile is erased");
    }

    // The log is restored from a backup, and then continued with other events at the same seqs.
    fixture.restore();
    fixture.open().await;
    post_all(fixture, &["a", "b", "white tea"]).await;
    for _ in 0..2 {
        assert_eq!(search_lobby(fixture, "tea").await, [6, 2, 1]);
        wait_until_indexed(fixture, &[room()]).await;
    }
}

pub(super) async fn an_index_of_an_older_format_version_is_made_anew(fixture: &mut impl Fixture) {
    post_all(fixture, &["cafe\u{301} noir", "Straße"]).await;
    wait_until_indexed(fixture, &[room()]).await;
    fixture.close().await;
    // The content of the previous format version for these messages: lower-case texts and their n-grams.
    let index = Connection::open(fixture.index()).unwrap();
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

    fixture.open().await;
    for _ in 0..2 {
        assert_eq!(search_lobby(fixture, "café").await, [1]);
        assert_eq!(search_lobby(fixture, "strasse").await, [2]);
        wait_until_indexed(fixture, &[room()]).await;
    }
    let index = Connection::open(fixture.index()).unwrap();
    let version: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert!(current > 2 && version == current);
    let texts = "SELECT group_concat(text ORDER BY place) FROM texts";
    let texts: String = index.query_row(texts, [], |row| row.get(0)).unwrap();
    assert_eq!(texts, "cafe\u{301} noir,strasse");
}

//! Several nodes with one database, each of which has an index of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use parlor_server::engine::{OpenError, Operation, PostgresError};

use super::fixture::{
    Fixture as _, apply, edit, index_contains, kitchen, post, post_all, search, search_lobby, wait_until_erased,
    wait_until_indexed,
};
use super::postgres_fixture::PostgresFixture;
use crate::support::engine::{ana, room};

#[tokio::test]
async fn a_search_finds_what_another_node_has_just_committed() {
    let first = PostgresFixture::create().await;
    let second = first.another_node().await;
    for number in 1..=20 {
        apply(&first, &room(), &ana(), number, post(&format!("tea {number}"))).await.unwrap();
        assert_eq!(search_lobby(&second, &format!("\"tea {number}\"")).await[0], number as u64);
    }
    apply(&first, &room(), &ana(), 21, edit(1, "coffee")).await.unwrap();
    assert_eq!(search_lobby(&second, "coffee").await, [1]);
    apply(&first, &room(), &ana(), 22, Operation::Delete { target: 1.into() }).await.unwrap();
    assert!(search_lobby(&second, "coffee").await.is_empty());
}

#[tokio::test]
async fn a_new_node_indexes_the_logs_that_there_are() {
    let first = PostgresFixture::create().await;
    post_all(&first, &["green tea", "black tea", "coffee"]).await;
    apply(&first, &kitchen(), &ana(), 1, post("tea in the kitchen")).await.unwrap();
    apply(&first, &room(), &ana(), 2, edit(2, "red wine")).await.unwrap();
    let second = first.another_node().await;
    for _ in 0..2 {
        assert_eq!(search_lobby(&second, "tea").await, [1]);
        assert_eq!(search_lobby(&second, "wine").await, [2]);
        assert_eq!(search(&second, &[room(), kitchen()], "tea").await.hits.len(), 2);
        wait_until_indexed(&second, &[room(), kitchen()]).await;
    }
    assert!(index_contains(&second, "green tea") && !index_contains(&second, "black tea"));
}

#[tokio::test]
async fn an_edit_on_one_node_erases_the_old_text_from_the_index_of_another() {
    let first = PostgresFixture::create().await;
    let second = first.another_node().await;
    post_all(&first, &["qxzvw jkpqy", "something else"]).await;
    wait_until_indexed(&second, &[room()]).await;
    assert!(["qxzvw jkpqy", "xzv"].iter().all(|text| index_contains(&second, text)));
    apply(&first, &room(), &ana(), 9, edit(1, "harmless")).await.unwrap();
    wait_until_erased(&second, &["qxzvw", "xzv", "kpq"]).await;
    assert_eq!(search_lobby(&second, "harmless").await, [1]);
}

#[tokio::test]
async fn a_room_that_was_deleted_while_a_node_was_stopped_is_erased_from_its_index() {
    let first = PostgresFixture::create().await;
    let mut second = first.another_node().await;
    post_all(&first, &["green tea"]).await;
    apply(&first, &kitchen(), &ana(), 1, post("qxzvw jkpqy")).await.unwrap();
    wait_until_indexed(&second, &[room(), kitchen()]).await;
    second.close().await;
    first.directory().delete_room(&kitchen()).await.unwrap();
    assert!(index_contains(&second, "xzv"));
    second.open().await;
    assert!(search(&second, &[room(), kitchen()], "qxzvw").await.hits.is_empty());
    wait_until_erased(&second, &["qxzvw", "xzv", "kpq"]).await;
    assert!(index_contains(&second, "green tea"), "what it has of other rooms stays");
}

#[tokio::test]
async fn the_files_of_a_node_are_readable_by_their_owner_only() {
    let node = PostgresFixture::create().await;
    post_all(&node, &["green tea"]).await;
    wait_until_indexed(&node, &[room()]).await;
    for name in ["lock", "search.db", "search.db-wal", "search.db-shm"] {
        let mode = fs::metadata(node.data().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "mode of {name}");
    }
}

#[tokio::test]
async fn two_nodes_cannot_share_a_data_directory() {
    let first = PostgresFixture::create().await;
    let refused = first.database().open_in(first.data()).await.map(drop).unwrap_err();
    assert!(matches!(&refused, PostgresError::Data(OpenError::InUse)), "{refused}");
}

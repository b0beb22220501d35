//! Migration from the first schema version.

use parlor::{Cursor, Epoch, RoomName};
use rusqlite::Connection;

use crate::log::records::{apply, bo, bodies, delete, edit, newest, post, whole_log};
use crate::support::embedded_fixture::EmbeddedFixture;
use crate::support::engine::{TempDir, ana, permit, read_context, room};
use crate::support::fixture::Fixture as _;

#[tokio::test]
async fn a_database_of_schema_version_1_is_migrated() {
    let temp_dir = TempDir::new();
    let old = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    old.execute_batch(include_str!("../../fixtures/schema-1.sql")).unwrap();
    drop(old);
    let fixture = &EmbeddedFixture::open(temp_dir);
    let log = fixture.log();
    let end = Cursor { epoch: Epoch("old-epoch".into()), seq: 3, hash: parlor::ChainMark("9fb3e9534c".into()) };
    assert_eq!(log.log_end(&permit(&room())).await.unwrap(), Some(end.clone()));
    let page = newest(log).await;
    assert_eq!(page.events, whole_log(log).await, "the messages have no changes yet");
    assert_eq!(bodies(&page.events), [Some("old hello"), Some("old hi, with an é"), Some("old bye")]);
    assert_eq!(page.events[2].hash, end.hash);
    assert_eq!(log.first_break(&room()).await.unwrap(), None);
    assert_eq!(fixture.directory().read_up_to(&ana().id, &room()).await.unwrap(), Some(2));

    assert_eq!(apply(fixture, &ana(), "m1", post("again", None)).await, 1, "its receipt was migrated");
    assert_eq!(apply(fixture, &ana(), "e", edit(1, "new hello")).await, 4);
    assert_eq!(apply(fixture, &bo(), "d", delete(2)).await, 5);
    assert_eq!(bodies(&newest(log).await.events), [Some("new hello"), None, Some("old bye")]);
    assert_eq!(log.first_break(&room()).await.unwrap(), None);
    let kitchen = RoomName::parse("kitchen").unwrap();
    assert_eq!(bodies(&log.newest(&permit(&kitchen), read_context(1)).await.unwrap().events), [Some("old soup")]);
}

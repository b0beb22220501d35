//! The files of the embedded engine: opening a data directory, migrations, and what the database file contains. What it has
//! in common with the other engine is in `log` and `directory`.

mod erasure;
mod migration;

use std::fs;

use parlor_server::engine::{Directory as _, EmbeddedEngine, EventLog as _, NameDirectory as _, NameHolder, OpenError};
use rusqlite::Connection;

use crate::support::engine::{TempDir, ana, append_all, open, permit, room};

#[test]
fn a_directory_is_used_by_one_process_at_a_time() {
    let temp_dir = TempDir::new();
    let _first = open(&temp_dir.0);
    assert!(matches!(EmbeddedEngine::open(&temp_dir.0), Err(OpenError::InUse)));
}

#[test]
fn a_file_that_is_no_parlor_database_is_refused_and_unchanged() {
    for content in [&b"shopping list"[..], &[0; 4096], b"SQLite format 3\0 and then nothing that makes sense at all"] {
        let temp_dir = TempDir::new();
        let file = temp_dir.0.join("parlor.db");
        fs::write(&file, content).unwrap();
        assert!(EmbeddedEngine::open(&temp_dir.0).is_err());
        assert_eq!(fs::read(&file).unwrap(), content);
    }
}

#[tokio::test]
async fn a_newer_or_damaged_database_is_refused_and_unchanged() {
    let temp_dir = TempDir::new();
    {
        let (engine, _deliveries) = open(&temp_dir.0);
        append_all(&engine, 1..=200).await;
        engine.close().await;
    }
    let file = temp_dir.0.join("parlor.db");
    let intact = fs::read(&file).unwrap();

    let mut newer = intact.clone();
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&file, &newer).unwrap();
    assert!(matches!(EmbeddedEngine::open(&temp_dir.0), Err(OpenError::Newer { found: 99, .. })));
    assert_eq!(fs::read(&file).unwrap(), newer);

    // The page with the names of the tables, without the header at its start.
    let mut damaged = intact;
    damaged[100..4096].fill(0xA5);
    fs::write(&file, &damaged).unwrap();
    assert!(matches!(EmbeddedEngine::open(&temp_dir.0), Err(OpenError::Damaged(_))));
    assert_eq!(fs::read(&file).unwrap(), damaged);
}

#[tokio::test]
async fn a_migration_gives_memberships_the_name_that_is_held() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    engine.join_room(&ana(), &room()).await.unwrap();
    engine.claim_name(&ana(), NameHolder::Account).await.unwrap();
    engine.close().await;
    drop(engine);
    // Undo the last three migrations: then the database has schema version 5.
    let database = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    let sql = "DROP TABLE accounts; DROP TABLE sessions; DROP TABLE device_links; DROP TABLE server_keys;
        DROP TABLE room_names; DROP TABLE room_members; DROP TABLE retired_names; DROP TABLE invitations;
        DROP TABLE ended_rights; DROP TABLE server_policy; DROP TABLE recovery_codes; DROP TABLE bot_tokens;
        DROP TABLE bot_token_rooms; DROP TABLE audit_log;
        ALTER TABLE rooms DROP COLUMN kind; ALTER TABLE rooms DROP COLUMN title;
        ALTER TABLE rooms DROP COLUMN archived; ALTER TABLE rooms DROP COLUMN announcements_only;
        DROP INDEX memberships_by_name;
        ALTER TABLE memberships DROP COLUMN name; ALTER TABLE memberships DROP COLUMN name_key;
        DROP VIEW events;
        ALTER TABLE messages DROP COLUMN mentions; ALTER TABLE messages DROP COLUMN text_mentions;
        ALTER TABLE changes DROP COLUMN mentions;
        CREATE VIEW events AS SELECT place, at, CAST('posted' AS TEXT) AS kind, author, name, client_id,
            reply_to AS target, CAST(NULL AS TEXT) AS emoji, salt, body, digest, link FROM messages;
        PRAGMA user_version = 5;";
    database.execute_batch(sql).unwrap();
    drop(database);
    let (engine, _deliveries) = open(&temp_dir.0);
    let found = engine.joined_people_named(&permit(&room()), vec!["ana".to_owned()]).await.unwrap();
    assert_eq!(found, [("ana".to_owned(), ana().id)]);
}

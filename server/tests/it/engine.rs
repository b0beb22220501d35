//! What an engine guarantees: order, receipts, pages, backlogs, and opening a data directory. The tests of its operations
//! are in `messages`, those of its directory in `directory`.

use std::fs;

use parlor::message::{PageOf, ResetReason};
use parlor::{Author, AuthorId, Cursor, Epoch, EventKind, Name, RoomName};
use parlor_server::engine::{
    Append, Backlog, Delivery, Directory as _, EmbeddedEngine, EngineError, EventLog, LogHistory as _,
    NameDirectory as _, NameHolder, OpenError, Operation, Signal,
};
use rusqlite::Connection;

use crate::support::engine::{TempDir, ana, append, append_all, body, message, open, permit, read_context, room, seqs};

#[tokio::test]
async fn deliveries_are_in_log_order_with_signals_between_them() {
    let temp_dir = TempDir::new();
    let (engine, mut deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=3).await;
    engine.signal(room(), Signal::Joined(ana())).await;
    append_all(&engine, 4..=5).await;
    let mut seqs = Vec::new();
    for _ in 0..6 {
        seqs.push(match deliveries.recv().await.unwrap() {
            Delivery::Committed { event, .. } => Some(event.seq),
            _ => None,
        });
    }
    assert_eq!(seqs, [Some(1), Some(2), Some(3), None, Some(4), Some(5)]);
}

#[tokio::test]
async fn a_retried_message_has_one_event_and_one_receipt_also_after_a_restart() {
    let temp_dir = TempDir::new();
    let first = {
        let (engine, _deliveries) = open(&temp_dir.0);
        let first = append(&engine, message(1)).await.unwrap();
        assert_eq!(append(&engine, message(1)).await.unwrap(), first);
        engine.close().await;
        first
    };
    let (engine, mut deliveries) = open(&temp_dir.0);
    assert_eq!(append(&engine, message(1)).await.unwrap(), first);
    // The same client id of another person, or in another room, is another message.
    let somebody = Author { id: AuthorId("bo-id".into()), name: Name::parse("Bo").unwrap() };
    assert_eq!(append(&engine, Append { author: somebody, ..message(1) }).await.unwrap().seq, 2);
    let kitchen = RoomName::parse("kitchen").unwrap();
    assert_eq!(append(&engine, Append { room: kitchen.clone(), ..message(1) }).await.unwrap().seq, 1);
    let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else { panic!("it was committed") };
    assert_eq!(event.seq, 2, "the retry is not delivered");
}

#[tokio::test]
async fn a_restarted_engine_continues_its_logs() {
    let temp_dir = TempDir::new();
    let before = {
        let (engine, _deliveries) = open(&temp_dir.0);
        append_all(&engine, 1..=120).await;
        engine.close().await;
        engine.log_end(&permit(&room())).await.unwrap().unwrap()
    };
    let (engine, _deliveries) = open(&temp_dir.0);
    assert_eq!(engine.log_end(&permit(&room())).await.unwrap().unwrap(), before);
    assert_eq!(append(&engine, message(121)).await.unwrap().seq, 121);
    let page = engine.newest(&permit(&room()), read_context(121)).await.unwrap();
    assert_eq!(seqs(&page.events), (72..=121).collect::<Vec<_>>());
    let EventKind::Posted { author, body: Some(body), .. } = &page.events[0].kind else { panic!("it was posted") };
    assert_eq!((author, body.as_str()), (&ana(), "message 72"));
}

#[tokio::test]
async fn pages_cover_the_whole_log_in_both_directions() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=230).await;
    let (mut backwards, mut at, mut more) = (Vec::new(), 231, true);
    while more {
        let page = engine.page(&permit(&room()), PageOf::Before(at), read_context(230)).await.unwrap();
        at = page.events[0].seq;
        backwards.splice(0..0, seqs(&page.events));
        more = page.has_older;
    }
    let (mut forwards, mut at, mut more) = (Vec::new(), 0, true);
    while more {
        let page = engine.page(&permit(&room()), PageOf::After(at), read_context(230)).await.unwrap();
        at = page.events.last().unwrap().seq;
        forwards.extend(seqs(&page.events));
        more = page.has_newer;
    }
    assert_eq!(backwards, (1..=230).collect::<Vec<_>>());
    assert_eq!(forwards, backwards);
    let around = engine.page(&permit(&room()), PageOf::Around(100), read_context(230)).await.unwrap();
    assert!(around.events[0].seq < 80 && around.events.last().unwrap().seq > 120);
    assert!(around.has_older && around.has_newer);
    let end = engine.page(&permit(&room()), PageOf::After(230), read_context(230)).await.unwrap();
    assert!(end.events.is_empty() && end.has_older && !end.has_newer);
}

#[tokio::test]
async fn pages_have_no_message_after_the_contexts_seq() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=20).await;
    assert_eq!(
        seqs(&engine.newest(&permit(&room()), read_context(12)).await.unwrap().events),
        (1..=12).collect::<Vec<_>>()
    );
    let page = engine.page(&permit(&room()), PageOf::After(10), read_context(12)).await.unwrap();
    assert_eq!((seqs(&page.events), page.has_newer), (vec![11, 12], false));
}

#[tokio::test]
async fn pages_of_long_messages_have_fewer_of_them_and_a_next_page() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    let long = "x".repeat(parlor::limits::BODY_BYTES);
    for number in 1..=30 {
        let operation = Operation::post(body(&long));
        append(&engine, Append { operation, ..message(number) }).await.unwrap();
    }
    let page = engine.newest(&permit(&room()), read_context(30)).await.unwrap();
    assert!(page.events.len() < 30 && page.has_older && !page.has_newer);
    assert_eq!(page.events.last().unwrap().seq, 30);
    let page = engine.page(&permit(&room()), PageOf::After(0), read_context(30)).await.unwrap();
    assert!(page.events[0].seq == 1 && page.has_newer);
}

#[tokio::test]
async fn a_backlog_has_exactly_the_events_after_the_cursor() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=10).await;
    let mut cursor = engine.log_end(&permit(&room())).await.unwrap().unwrap();
    append_all(&engine, 11..=140).await;
    let mut received = Vec::new();
    loop {
        let Backlog::Events(page) = engine.backlog(&permit(&room()), &cursor, 140).await.unwrap() else {
            panic!("the cursor is valid")
        };
        let last = page.events.last().unwrap();
        cursor = Cursor { seq: last.seq, hash: last.hash.clone(), ..cursor };
        received.extend(seqs(&page.events));
        if !page.has_newer {
            break;
        }
    }
    assert_eq!(received, (11..=140).collect::<Vec<_>>());
    assert_eq!(Some(cursor), engine.log_end(&permit(&room())).await.unwrap());
}

#[tokio::test]
async fn a_cursor_of_another_log_is_reset() {
    let (one, other) = (TempDir::new(), TempDir::new());
    let (engine, _deliveries) = open(&one.0);
    let (another, _others) = open(&other.0);
    append_all(&engine, 1..=5).await;
    append_all(&another, 2..=6).await;
    let theirs = another.log_end(&permit(&room())).await.unwrap().unwrap();
    assert_eq!(theirs.seq, 5);
    let ours = engine.log_end(&permit(&room())).await.unwrap().unwrap();
    let newer = Cursor { seq: 9, ..ours.clone() };
    let other_epoch = Cursor { epoch: Epoch("second".into()), ..ours };
    for invalid in [theirs, newer, other_epoch] {
        let backlog = engine.backlog(&permit(&room()), &invalid, 5).await.unwrap();
        assert_eq!(backlog, Backlog::Reset(ResetReason::OtherLog), "{invalid:?}");
    }
}

#[tokio::test]
async fn reading_a_room_does_not_create_it() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    assert_eq!(engine.log_end(&permit(&room())).await.unwrap(), None);
    assert!(engine.newest(&permit(&room()), read_context(0)).await.unwrap().events.is_empty());
    append_all(&engine, 1..=1).await;
    assert_eq!(engine.log_end(&permit(&room())).await.unwrap().unwrap().epoch, Epoch("first".into()));
}

#[tokio::test]
async fn without_failures_rich_and_plain_messages_are_accepted() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    assert_eq!(engine.failures(), 0);
    append(&engine, message(1)).await.unwrap();
    // A plain message keeps no order across failures.
    let (room, epoch) = (room(), Epoch("first".into()));
    let plain = Append::from_plain(room, epoch, ana(), body("plain"));
    assert_eq!(append(&engine, plain).await.unwrap().seq, 2);
}

#[tokio::test]
async fn a_closed_engine_accepts_nothing() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append(&engine, message(1)).await.unwrap();
    engine.close().await;
    let late = match engine.append(message(2)).await {
        Ok(pending) => pending.committed().await,
        Err(error) => Err(error),
    };
    assert_eq!(late, Err(EngineError::Unavailable));
}

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

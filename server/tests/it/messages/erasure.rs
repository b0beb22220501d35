//! Mentions and texts are erased on deletion, and the hash chain stays valid.

use std::fs;

use parlor::{AuthorId, Event, EventKind, Mention};
use parlor_server::engine::{Backlog, EventLog, LogHistory as _, Operation};
use rusqlite::Connection;

use super::fixture::{apply, bo, bodies, body_of, delete, edit, newest, post, react, reactions_of, whole_log};
use crate::support::engine::{TempDir, ana, append_all, body, open, permit, read_context, room, seqs};

/// A mention of this person in the first two bytes of a text, as in "@X".
fn mentioned(id: &str) -> Vec<Mention> {
    vec![Mention { start: 0, end: 2, author: AuthorId(id.into()) }]
}

/// The mentions of a message or an edit.
fn mentions_of(event: &Event) -> Option<&[Mention]> {
    match &event.kind {
        EventKind::Posted { mentions, .. } | EventKind::Edited { mentions, .. } => mentions.as_deref(),
        _ => None,
    }
}

#[tokio::test]
async fn mentions_are_stored_with_their_text_and_erased_with_it() {
    let temp_dir = TempDir::new();
    let (engine, mut deliveries) = open(&temp_dir.0);
    let posted = Operation::Post { body: body("@X"), mentions: Some(mentioned("first-hidden")), reply_to: None };
    apply(&engine, &ana(), "m1", posted).await;
    apply(&engine, &ana(), "m2", post("no mention", None)).await;
    let before = newest(&engine).await;
    assert_eq!(mentions_of(&before.events[0]), Some(&mentioned("first-hidden")[..]));
    assert_eq!(mentions_of(&before.events[1]), None);
    let edited = Operation::Edit { target: 1.into(), body: body("@Y"), mentions: Some(mentioned("second-hidden")) };
    apply(&engine, &ana(), "e1", edited).await;
    assert_eq!(mentions_of(&newest(&engine).await.events[0]), Some(&mentioned("second-hidden")[..]));
    let past = engine.newest(&permit(&room()), read_context(2)).await.unwrap();
    assert_eq!(past.events, before.events, "as before the edit");
    let events = whole_log(&engine).await;
    assert_eq!(mentions_of(&events[0]), Some(&mentioned("first-hidden")[..]));
    assert_eq!(mentions_of(&events[2]), Some(&mentioned("second-hidden")[..]));
    apply(&engine, &ana(), "e2", edit(1, "nobody any more")).await;
    assert_eq!(mentions_of(&newest(&engine).await.events[0]), None);
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);

    apply(&engine, &ana(), "d", delete(1)).await;
    assert!(whole_log(&engine).await.iter().all(|event| mentions_of(event).is_none()));
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    engine.close().await;
    while deliveries.recv().await.is_some() {}
    let bytes = fs::read(temp_dir.0.join("parlor.db")).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"hidden"), "the file still contains it");
}

#[tokio::test]
async fn a_deleted_text_is_erased_everywhere_and_the_chain_stays_valid() {
    let temp_dir = TempDir::new();
    let (engine, mut deliveries) = open(&temp_dir.0);
    apply(&engine, &bo(), "m0", post("stays", None)).await;
    apply(&engine, &ana(), "m1", post("first whisper", None)).await;
    apply(&engine, &ana(), "e1", edit(2, "second whisper")).await;
    apply(&engine, &bo(), "a", post("answer", Some(2))).await;
    apply(&engine, &bo(), "r", react(2, "👍", true)).await;
    apply(&engine, &ana(), "e2", edit(2, "third whisper")).await;
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    let before = engine.log_end(&permit(&room())).await.unwrap().unwrap();
    apply(&engine, &ana(), "d", delete(2)).await;
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    let Backlog::Events(_) = engine.backlog(&permit(&room()), &before, 7).await.unwrap() else {
        panic!("the cursor stays valid")
    };

    let events = whole_log(&engine).await;
    assert_eq!(seqs(&events), (1..=7).collect::<Vec<_>>());
    assert_eq!((body_of(&events[1]), body_of(&events[2]), body_of(&events[5])), (None, None, None));
    let page = newest(&engine).await;
    assert_eq!(bodies(&page.events), [Some("stays"), None, Some("answer")]);
    assert!(reactions_of(&page.events[1]).is_empty());
    engine.close().await;
    while deliveries.recv().await.is_some() {}

    let file = temp_dir.0.join("parlor.db");
    let database = Connection::open(&file).unwrap();
    let kept =
        "SELECT count(*) FROM events WHERE body LIKE '%whisper%' OR place & 255 IN (2, 3, 6) AND salt IS NOT NULL";
    assert_eq!(database.query_row(kept, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
    let kept = "SELECT count(*) FROM messages WHERE body LIKE '%whisper%' OR text LIKE '%whisper%'";
    assert_eq!(database.query_row(kept, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
    drop(database);
    let bytes = fs::read(&file).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"whisper"), "the file still contains it");
    assert!(bytes.windows(5).any(|window| window == b"stays"));
}

#[tokio::test]
async fn verification_finds_an_altered_dropped_or_moved_event() {
    let temp_dir = TempDir::new();
    {
        let (engine, _deliveries) = open(&temp_dir.0);
        append_all(&engine, 1..=3).await;
        apply(&engine, &bo(), "r", react(2, "👍", true)).await;
        apply(&engine, &ana(), "e", edit(2, "other")).await;
        apply(&engine, &ana(), "a", post("answer", Some(1))).await;
        apply(&engine, &ana(), "d", delete(3)).await;
        let mention = Operation::Post { body: body("@X"), mentions: Some(mentioned("bo")), reply_to: None };
        apply(&engine, &ana(), "m8", mention).await;
        engine.close().await;
    }
    let file = temp_dir.0.join("parlor.db");
    let intact = fs::read(&file).unwrap();
    for (sql, at) in [
        ("UPDATE messages SET body = 'message 9' WHERE place & 255 = 1", 1),
        ("UPDATE messages SET name = 'Bo' WHERE place & 255 = 2", 2),
        ("UPDATE messages SET digest = zeroblob(32) WHERE place & 255 = 3", 3),
        ("UPDATE changes SET emoji = '🎉' WHERE place & 255 = 4", 4),
        ("UPDATE changes SET target = target - 1 WHERE place & 255 = 5", 5),
        ("UPDATE messages SET reply_to = NULL WHERE place & 255 = 6", 6),
        ("DELETE FROM messages WHERE place & 255 = 2", 2),
        ("UPDATE changes SET kind = 'edited' WHERE place & 255 = 7", 7),
        ("UPDATE messages SET mentions = replace(mentions, 'bo', 'ana') WHERE place & 255 = 8", 8),
        ("UPDATE messages SET mentions = NULL WHERE place & 255 = 8", 8),
    ] {
        fs::write(&file, &intact).unwrap();
        Connection::open(&file).unwrap().execute(sql, []).unwrap();
        let (engine, _deliveries) = open(&temp_dir.0);
        assert_eq!(engine.first_break(&room()).await.unwrap(), Some(at), "{sql}");
        engine.close().await;
    }
}

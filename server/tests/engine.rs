//! What every engine has to keep; so far there is one. What it makes of messages is in `messages.rs`.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "support/engine.rs"]
mod support;

use std::fs;

use parlor::message::{PageOf, ResetReason};
use parlor::{Author, AuthorId, Cursor, Epoch, EventKind, Name, RoomName, limits};
use parlor_server::engine::{
    Append, Delivery, EmbeddedEngine, Engine, EngineError, Note, OpenError, Operation, Signal, Since,
};
use rusqlite::Connection;
use support::{Scratch, ana, append, append_all, body, message, open, reading, room, seqs};

#[tokio::test]
async fn events_come_in_the_order_of_their_dense_seqs_and_signals_between_them() {
    let scratch = Scratch::new();
    let (engine, mut deliveries) = open(&scratch.0);
    append_all(&engine, 1..=3).await;
    engine.signal(room(), Signal::Joined(ana())).await;
    append_all(&engine, 4..=5).await;
    let mut came = Vec::new();
    for _ in 0..6 {
        came.push(match deliveries.recv().await.unwrap() {
            Delivery::Committed { event, .. } => Some(event.seq),
            Delivery::Signal { .. } => None,
        });
    }
    assert_eq!(came, [Some(1), Some(2), Some(3), None, Some(4), Some(5)]);
}

#[tokio::test]
async fn the_same_message_has_one_event_and_one_receipt_also_after_a_restart() {
    let scratch = Scratch::new();
    let first = {
        let (engine, _deliveries) = open(&scratch.0);
        let first = append(&engine, message(1)).await.unwrap();
        assert_eq!(append(&engine, message(1)).await.unwrap(), first);
        engine.close().await;
        first
    };
    let (engine, mut deliveries) = open(&scratch.0);
    assert_eq!(append(&engine, message(1)).await.unwrap(), first);
    // The same id of somebody else, or in another room, is another message.
    let somebody = Author { id: AuthorId("bo-id".into()), name: Name::parse("Bo").unwrap() };
    assert_eq!(append(&engine, Append { author: somebody, ..message(1) }).await.unwrap().seq, 2);
    let kitchen = RoomName::parse("kitchen").unwrap();
    assert_eq!(append(&engine, Append { room: kitchen.clone(), ..message(1) }).await.unwrap().seq, 1);
    let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else { panic!("it was committed") };
    assert_eq!(event.seq, 2, "the repeated message is not shown again");
}

#[tokio::test]
async fn a_restart_finds_everything_and_goes_on_where_it_was() {
    let scratch = Scratch::new();
    let before = {
        let (engine, _deliveries) = open(&scratch.0);
        append_all(&engine, 1..=120).await;
        engine.close().await;
        engine.end(&room()).await.unwrap().unwrap()
    };
    let (engine, _deliveries) = open(&scratch.0);
    assert_eq!(engine.end(&room()).await.unwrap().unwrap(), before);
    assert_eq!(append(&engine, message(121)).await.unwrap().seq, 121);
    let page = engine.newest(&room(), reading(121)).await.unwrap();
    assert_eq!(seqs(&page.events), (72..=121).collect::<Vec<_>>());
    let EventKind::Posted { author, body: Some(body), .. } = &page.events[0].kind else { panic!("it was posted") };
    assert_eq!((author, body.as_str()), (&ana(), "message 72"));
}

#[tokio::test]
async fn pages_lead_through_the_whole_log_in_both_directions() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=230).await;
    let (mut back, mut at, mut more) = (Vec::new(), 231, true);
    while more {
        let page = engine.page(&room(), PageOf::Before(at), reading(230)).await.unwrap();
        at = page.events[0].seq;
        back.splice(0..0, seqs(&page.events));
        more = page.has_older;
    }
    let (mut on, mut at, mut more) = (Vec::new(), 0, true);
    while more {
        let page = engine.page(&room(), PageOf::After(at), reading(230)).await.unwrap();
        at = page.events.last().unwrap().seq;
        on.extend(seqs(&page.events));
        more = page.has_newer;
    }
    assert_eq!(back, (1..=230).collect::<Vec<_>>());
    assert_eq!(on, back);
    let around = engine.page(&room(), PageOf::Around(100), reading(230)).await.unwrap();
    assert!(around.events[0].seq < 80 && around.events.last().unwrap().seq > 120);
    assert!(around.has_older && around.has_newer);
    let end = engine.page(&room(), PageOf::After(230), reading(230)).await.unwrap();
    assert!(end.events.is_empty() && end.has_older && !end.has_newer);
}

#[tokio::test]
async fn nothing_above_the_asked_place_is_read() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=20).await;
    assert_eq!(seqs(&engine.newest(&room(), reading(12)).await.unwrap().events), (1..=12).collect::<Vec<_>>());
    let page = engine.page(&room(), PageOf::After(10), reading(12)).await.unwrap();
    assert_eq!((seqs(&page.events), page.has_newer), (vec![11, 12], false));
}

#[tokio::test]
async fn pages_of_long_messages_are_short_and_still_lead_on() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    let long = "x".repeat(parlor::limits::BODY_BYTES);
    for number in 1..=30 {
        let operation = Operation::post(body(&long));
        append(&engine, Append { operation, ..message(number) }).await.unwrap();
    }
    let page = engine.newest(&room(), reading(30)).await.unwrap();
    assert!(page.events.len() < 30 && page.has_older && !page.has_newer);
    assert_eq!(page.events.last().unwrap().seq, 30);
    let page = engine.page(&room(), PageOf::After(0), reading(30)).await.unwrap();
    assert!(page.events[0].seq == 1 && page.has_newer);
}

#[tokio::test]
async fn a_cursor_brings_exactly_what_came_after_it() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=10).await;
    let mut cursor = engine.end(&room()).await.unwrap().unwrap();
    append_all(&engine, 11..=140).await;
    let mut missed = Vec::new();
    loop {
        let Since::Events(page) = engine.since(&room(), &cursor, 140).await.unwrap() else { panic!("it is a cursor") };
        let last = page.events.last().unwrap();
        cursor = Cursor { seq: last.seq, hash: last.hash.clone(), ..cursor };
        missed.extend(seqs(&page.events));
        if !page.has_newer {
            break;
        }
    }
    assert_eq!(missed, (11..=140).collect::<Vec<_>>());
    assert_eq!(Some(cursor), engine.end(&room()).await.unwrap());
}

#[tokio::test]
async fn a_cursor_of_another_history_is_reset() {
    let (one, other) = (Scratch::new(), Scratch::new());
    let (engine, _deliveries) = open(&one.0);
    let (another, _others) = open(&other.0);
    append_all(&engine, 1..=5).await;
    append_all(&another, 2..=6).await;
    let theirs = another.end(&room()).await.unwrap().unwrap();
    assert_eq!(theirs.seq, 5);
    let ours = engine.end(&room()).await.unwrap().unwrap();
    let newer = Cursor { seq: 9, ..ours.clone() };
    let elsewhere = Cursor { epoch: Epoch("second".into()), ..ours };
    for bad in [theirs, newer, elsewhere] {
        let since = engine.since(&room(), &bad, 5).await.unwrap();
        assert_eq!(since, Since::Reset(ResetReason::OtherLog), "{bad:?}");
    }
}

#[tokio::test]
async fn looking_at_a_room_makes_none() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    assert_eq!(engine.end(&room()).await.unwrap(), None);
    assert!(engine.newest(&room(), reading(0)).await.unwrap().events.is_empty());
    append_all(&engine, 1..=1).await;
    assert_eq!(engine.end(&room()).await.unwrap().unwrap().epoch, Epoch("first".into()));
}

#[tokio::test]
async fn names_and_read_markers_outlive_the_process() {
    let scratch = Scratch::new();
    let bo = Author { id: AuthorId("bo-id".into()), name: Name::parse("Bo").unwrap() };
    {
        let (engine, _deliveries) = open(&scratch.0);
        append_all(&engine, 1..=9).await;
        let renamed = Author { name: Name::parse("Ana Maria").unwrap(), ..ana() };
        for note in [
            Note::Holds(ana()),
            Note::Holds(bo.clone()),
            Note::Holds(renamed),
            Note::HoldsNothing(vec![bo.id.clone()]),
            Note::HasRead { who: ana().id, room: room(), seq: 7 },
            Note::HasRead { who: ana().id, room: room(), seq: 5 },
        ] {
            engine.note(note).await.unwrap();
        }
        engine.close().await;
    }
    let (engine, _deliveries) = open(&scratch.0);
    let holders = engine.holders().await.unwrap();
    assert_eq!(holders.iter().map(|holder| holder.name.as_str()).collect::<Vec<_>>(), ["Ana Maria"]);
    assert_eq!(engine.read_up_to(&ana().id, &room()).await.unwrap(), Some(7), "markers never go back");
    assert_eq!(engine.read_up_to(&bo.id, &room()).await.unwrap(), None);
}

#[tokio::test]
async fn many_names_are_released_by_one_request() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    let holder = |number: usize| Author { id: AuthorId(format!("id-{number}").into()), name: ana().name };
    for number in 0..100 {
        engine.note(Note::Holds(holder(number))).await.unwrap();
    }
    let released = (1..100).map(|number| holder(number).id).collect();
    engine.note(Note::HoldsNothing(released)).await.unwrap();
    assert_eq!(engine.holders().await.unwrap(), [holder(0)]);
}

#[tokio::test]
async fn whoever_does_not_know_of_a_failure_is_held_back() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    assert_eq!(engine.failures(), 0);
    append(&engine, message(1)).await.unwrap();
    // A plain message is owed no order across failures.
    let (room, epoch) = (room(), Epoch("first".into()));
    let plain = Append::from_plain(room, epoch, ana(), body("plain"));
    assert_eq!(append(&engine, plain).await.unwrap().seq, 2);
}

#[tokio::test]
async fn nothing_is_taken_after_the_end() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append(&engine, message(1)).await.unwrap();
    engine.close().await;
    let late = match engine.append(message(2)).await {
        Ok(appending) => appending.committed().await,
        Err(error) => Err(error),
    };
    assert_eq!(late, Err(EngineError::Unavailable));
}

#[test]
fn a_directory_is_used_by_one_process_at_a_time() {
    let scratch = Scratch::new();
    let _first = open(&scratch.0);
    assert!(matches!(EmbeddedEngine::open(&scratch.0), Err(OpenError::InUse)));
}

#[test]
fn what_is_no_database_of_parlor_is_left_as_it_is() {
    for content in [&b"shopping list"[..], &[0; 4096], b"SQLite format 3\0 and then nothing that makes sense at all"] {
        let scratch = Scratch::new();
        let file = scratch.0.join("parlor.db");
        fs::write(&file, content).unwrap();
        assert!(EmbeddedEngine::open(&scratch.0).is_err());
        assert_eq!(fs::read(&file).unwrap(), content);
    }
}

#[tokio::test]
async fn a_newer_or_damaged_database_is_refused_and_left_as_it_is() {
    let scratch = Scratch::new();
    {
        let (engine, _deliveries) = open(&scratch.0);
        append_all(&engine, 1..=200).await;
        engine.close().await;
    }
    let file = scratch.0.join("parlor.db");
    let good = fs::read(&file).unwrap();

    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&file, &newer).unwrap();
    assert!(matches!(EmbeddedEngine::open(&scratch.0), Err(OpenError::Newer { found: 99, .. })));
    assert_eq!(fs::read(&file).unwrap(), newer);

    // The page with the tables' names, but for the header that comes first in it.
    let mut damaged = good;
    damaged[100..4096].fill(0xA5);
    fs::write(&file, &damaged).unwrap();
    assert!(matches!(EmbeddedEngine::open(&scratch.0), Err(OpenError::Damaged(_))));
    assert_eq!(fs::read(&file).unwrap(), damaged);
}

#[tokio::test]
async fn a_member_is_found_by_their_last_name_and_of_several_the_latest() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    let member = |id: &str, name: &str| Author { id: AuthorId(id.into()), name: Name::parse(name).unwrap() };
    let art = RoomName::parse("art").unwrap();
    for (who, room) in [
        (member("1", "Ana"), room()),
        (member("2", "Mary Ann"), room()),
        (member("3", "ANA"), room()),
        (member("4", "Bo"), art.clone()),
    ] {
        engine.note(Note::Belongs { who, room }).await.unwrap();
    }
    let named = async |room: &RoomName, keys: &[&str]| {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let found = engine.members_named(room, keys).await.unwrap().into_iter();
        found.map(|(key, author)| format!("{key}: {}", author.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(named(&room(), &["ana", "bo", "mary", "mary ann"]).await, ["ana: 3", "mary ann: 2"]);
    engine.note(Note::Holds(member("2", "Maria"))).await.unwrap();
    assert_eq!(named(&room(), &["maria", "mary ann"]).await, ["maria: 2"]);
    engine.note(Note::BelongsNoMore { who: AuthorId("3".into()), room: room() }).await.unwrap();
    assert_eq!(named(&room(), &["ana"]).await, ["ana: 1"]);
    assert_eq!(named(&art, &["ana", "bo"]).await, ["bo: 4"]);
}

#[tokio::test]
async fn memberships_without_a_name_get_the_one_that_is_held() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    engine.note(Note::Belongs { who: ana(), room: room() }).await.unwrap();
    engine.note(Note::Holds(ana())).await.unwrap();
    engine.close().await;
    drop(engine);
    // As in the form before.
    let database = Connection::open(scratch.0.join("parlor.db")).unwrap();
    let sql = "DROP INDEX memberships_by_name;
        ALTER TABLE memberships DROP COLUMN name; ALTER TABLE memberships DROP COLUMN name_key;
        DROP VIEW events;
        ALTER TABLE messages DROP COLUMN mentions; ALTER TABLE messages DROP COLUMN text_mentions;
        ALTER TABLE changes DROP COLUMN mentions;
        CREATE VIEW events AS SELECT place FROM messages;
        PRAGMA user_version = 5;";
    database.execute_batch(sql).unwrap();
    drop(database);
    let (engine, _deliveries) = open(&scratch.0);
    let found = engine.members_named(&room(), vec!["ana".to_owned()]).await.unwrap();
    assert_eq!(found, [("ana".to_owned(), ana().id)]);
}

#[tokio::test]
async fn of_too_many_memberships_the_oldest_goes() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    let who = ana().id;
    let room = |number: usize| RoomName::parse(&format!("r{number:03}")).unwrap();
    for number in 0..=limits::ROOMS_PER_CONNECTION {
        engine.note(Note::Belongs { who: ana(), room: room(number) }).await.unwrap();
    }
    let expected: Vec<_> = (1..=limits::ROOMS_PER_CONNECTION).map(room).collect();
    assert_eq!(engine.memberships(&who).await.unwrap(), expected);
    engine.note(Note::BelongsNowhere(who.clone())).await.unwrap();
    assert_eq!(engine.memberships(&who).await.unwrap(), []);
}

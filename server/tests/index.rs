//! What an engine finds: exactly what the matcher of the shared crate says, whatever its index knows by then.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "support/engine.rs"]
mod support;

use std::fs;
use std::path::Path;

use parlor::message::PageOf;
use parlor::time_zone::{FixedOffset, UTC};
use parlor::{Author, AuthorId, ClientId, EventKind, Name, RoomName, Search, limits};
use parlor_server::engine::{Append, EmbeddedEngine, Engine, Found, Operation};
use proptest::prelude::*;
use rusqlite::Connection;
use support::{Scratch, ana, append, body, message, open, reading, room};

fn person(name: &str) -> Author {
    Author { id: AuthorId(format!("{name}-id").into()), name: Name::parse(name).unwrap() }
}

fn kitchen() -> RoomName {
    RoomName::parse("kitchen").unwrap()
}

async fn does(
    engine: &EmbeddedEngine,
    room: &RoomName,
    author: &Author,
    id: usize,
    operation: Operation,
) -> Option<u64> {
    let (room, author) = (room.clone(), author.clone());
    let client_id = ClientId::parse(&format!("c{id}")).unwrap();
    let asked = Append { room, author, client_id, operation, ..message(0) };
    append(engine, asked).await.ok().map(|receipt| receipt.seq)
}

fn post(text: &str) -> Operation {
    Operation::post(body(text))
}

/// Ana says these, one after another.
async fn says(engine: &EmbeddedEngine, texts: &[&str]) {
    for text in texts {
        let id = text.len() + 100 * usize::try_from(end(engine, &room()).await).unwrap();
        does(engine, &room(), &ana(), id, post(text)).await.unwrap();
    }
}

async fn end(engine: &EmbeddedEngine, room: &RoomName) -> u64 {
    engine.end(room).await.unwrap().map_or(0, |end| end.seq)
}

async fn look(engine: &EmbeddedEngine, rooms: &[RoomName], typed: &str) -> Found {
    engine.search(rooms.to_vec(), Search::parse(typed, &UTC).unwrap(), ana().id).await.unwrap()
}

/// The seqs of what is found in the lobby.
async fn finds(engine: &EmbeddedEngine, typed: &str) -> Vec<u64> {
    look(engine, &[room()], typed).await.hits.iter().map(|hit| hit.event.seq).collect()
}

/// Waits until the index is up with these rooms, and lets go of what has been erased.
async fn caught_up(engine: &EmbeddedEngine, directory: &Path, rooms: &[RoomName]) {
    let log = Connection::open(directory.join("parlor.db")).unwrap();
    let index = Connection::open(directory.join("search.db")).unwrap();
    for room in rooms {
        let wanted = end(engine, room).await;
        let id: i64 = log.query_row("SELECT id FROM rooms WHERE name = ?1", [room.as_str()], |row| row.get(0)).unwrap();
        let followed = || {
            index.query_row("SELECT seq FROM followed WHERE room = ?1", [id], |row| row.get::<_, u64>(0)).unwrap_or(0)
        };
        while followed() < wanted {
            tokio::task::yield_now().await;
        }
    }
}

/// Whether a text stands in the file of the index, or beside it.
fn stands_in_files(directory: &Path, text: &str) -> bool {
    ["search.db", "search.db-wal"].iter().any(|name| {
        let bytes = fs::read(directory.join(name)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn words_are_found_whatever_their_length_and_script() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    says(&engine, &["Green tea, please", "私は東京に住んでいます", "steam \"engines\" & co.", "ÄPFEL und Straße"])
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
            assert_eq!(finds(&engine, typed).await, found, "{typed}");
        }
        // The second time with an index that has all of it.
        caught_up(&engine, &scratch.0, &[room()]).await;
    }
    let longest = "é".repeat(limits::SEARCH_BYTES / 2);
    assert!(finds(&engine, &longest).await.is_empty());
    let many = (0..limits::SEARCH_BYTES / 4).map(|n| format!("{:03}", 7 * n)).collect::<Vec<_>>().join(" ");
    assert!(finds(&engine, &many).await.is_empty());
}

#[tokio::test]
async fn authors_are_found_by_the_name_they_had() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    let (long, alike) = (person("Maximiliana von Anders"), person("Maximiliana von Unten"));
    for (id, who) in [&ana(), &long, &alike].into_iter().enumerate() {
        does(&engine, &room(), who, id, post("hello")).await;
    }
    for _ in 0..2 {
        assert_eq!(finds(&engine, "from:ana").await, [1]);
        assert_eq!(finds(&engine, "from:m hello").await, [3, 2]);
        assert_eq!(finds(&engine, "from:\"maximiliana von u\"").await, [3]);
        assert!(finds(&engine, "from:von").await.is_empty());
        assert!(finds(&engine, "maximiliana").await.is_empty(), "a name is not said");
        caught_up(&engine, &scratch.0, &[room()]).await;
    }
}

#[tokio::test]
async fn days_are_looked_for_also_where_the_clock_went_back() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    says(&engine, &["one", "two", "three", "four"]).await;
    engine.close().await;
    drop(engine);
    let log = Connection::open(scratch.0.join("parlor.db")).unwrap();
    for (seq, at) in [(1, "2026-01-30 23:59"), (2, "2026-01-31 00:00"), (3, "2026-01-29 12:00"), (4, "2026-02-01")] {
        let change = "UPDATE messages SET at = unixepoch(?2) * 1000 WHERE place = (1 << 40) + ?1";
        assert_eq!(log.execute(change, (seq, at)).unwrap(), 1);
    }
    fs::remove_file(scratch.0.join("search.db")).unwrap();
    let (engine, _deliveries) = open(&scratch.0);
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
            assert_eq!(finds(&engine, typed).await, found, "{typed}");
        }
        caught_up(&engine, &scratch.0, &[room()]).await;
    }
    // At this reader's the last minute of the 30th is the 31st.
    let search = Search::parse("on:2026-01-31", &FixedOffset(60)).unwrap();
    let found = engine.search(vec![room()], search, ana().id).await.unwrap();
    assert_eq!(found.hits.iter().map(|hit| hit.event.seq).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn messages_are_found_as_they_are_now_with_what_belongs_to_them() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    says(&engine, &["green tea", "secretcocoa"]).await;
    does(
        &engine,
        &room(),
        &person("Bo"),
        1,
        Operation::Post { body: body("me too"), mentions: None, reply_to: Some(1.into()) },
    )
    .await;
    caught_up(&engine, &scratch.0, &[room()]).await;
    assert!(stands_in_files(&scratch.0, "secretcocoa") && stands_in_files(&scratch.0, "ecr"));
    does(&engine, &room(), &ana(), 2, Operation::Edit { target: 1.into(), body: body("black coffee"), mentions: None })
        .await;
    does(&engine, &room(), &ana(), 3, Operation::Delete { target: 2.into() }).await;
    for _ in 0..2 {
        assert!(finds(&engine, "tea").await.is_empty());
        assert_eq!(finds(&engine, "coffee").await, [1]);
        assert!(finds(&engine, "secretcocoa").await.is_empty());
        assert_eq!(finds(&engine, "from:ana").await, [1]);
        caught_up(&engine, &scratch.0, &[room()]).await;
    }
    let found = look(&engine, &[room()], "too").await;
    let page = engine.page(&room(), PageOf::Around(3), reading(5)).await.unwrap();
    assert_eq!(found.hits[0].event, *page.events.last().unwrap());
    let EventKind::Posted { reply_to: Some(quote), .. } = &found.hits[0].event.kind else { panic!("{found:?}") };
    assert_eq!(quote.excerpt.as_deref(), Some("black coffee"));
}

#[tokio::test]
async fn what_is_deleted_is_gone_from_the_index_too() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    says(&engine, &["qxzvw jkpqy", "something else"]).await;
    caught_up(&engine, &scratch.0, &[room()]).await;
    assert!(["qxzvw jkpqy", "xzv"].iter().all(|text| stands_in_files(&scratch.0, text)));
    does(&engine, &room(), &ana(), 9, Operation::Delete { target: 1.into() }).await;
    // The log beside the file is emptied right after the commit.
    while ["qxzvw", "xzv", "kpq"].iter().any(|text| stands_in_files(&scratch.0, text)) {
        tokio::task::yield_now().await;
    }
    assert_eq!(finds(&engine, "else").await, [2]);
}

#[tokio::test]
async fn only_the_rooms_asked_for_are_looked_through_and_the_newest_come_first() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    for number in 0..limits::SEARCH_HITS {
        does(&engine, &room(), &ana(), number, post(&format!("tea {number}"))).await;
    }
    let found = look(&engine, &[room()], "tea").await;
    assert_eq!((found.hits.len(), found.more), (limits::SEARCH_HITS, false));
    does(&engine, &kitchen(), &ana(), 1, post("tea in the kitchen")).await;
    for _ in 0..2 {
        let found = look(&engine, &[room(), kitchen()], "tea").await;
        assert_eq!((found.hits.len(), found.more), (limits::SEARCH_HITS, true));
        assert_eq!(found.hits[0].room, kitchen());
        let there: Vec<u64> = found.hits[1..].iter().map(|hit| hit.event.seq).collect();
        assert_eq!(there, (2..=limits::SEARCH_HITS as u64).rev().collect::<Vec<_>>());
        assert!(!look(&engine, &[room()], "tea").await.more);
        assert_eq!(look(&engine, &[], "tea").await.hits, []);
        assert_eq!(look(&engine, &[RoomName::parse("empty").unwrap()], "tea").await.hits, []);
        caught_up(&engine, &scratch.0, &[room(), kitchen()]).await;
    }
}

#[tokio::test]
async fn long_messages_are_fewer() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    for number in 0..20 {
        does(&engine, &room(), &ana(), number, post(&"long ".repeat(limits::BODY_BYTES / 5))).await;
    }
    let found = look(&engine, &[room()], "long").await;
    assert!(found.more && (2..20).contains(&found.hits.len()), "{}", found.hits.len());
    assert_eq!(found.hits[0].event.seq, 20);
}

#[tokio::test]
async fn an_index_that_is_behind_missing_damaged_or_of_another_log_makes_no_difference() {
    let scratch = Scratch::new();
    let (log, index) = (scratch.0.join("parlor.db"), scratch.0.join("search.db"));
    let (engine, _deliveries) = open(&scratch.0);
    says(&engine, &["green tea", "black tea", "qxzvw jkpqy"]).await;
    caught_up(&engine, &scratch.0, &[room()]).await;
    engine.close().await;
    drop(engine);
    let (old_log, old_index) = (fs::read(&log).unwrap(), fs::read(&index).unwrap());

    let (engine, _deliveries) = open(&scratch.0);
    does(&engine, &room(), &ana(), 1, Operation::Edit { target: 2.into(), body: body("coffee"), mentions: None }).await;
    does(&engine, &room(), &ana(), 2, Operation::Delete { target: 3.into() }).await;
    says(&engine, &["red tea"]).await;
    caught_up(&engine, &scratch.0, &[room()]).await;
    engine.close().await;
    drop(engine);

    let new_index = fs::read(&index).unwrap();
    for state in [Some(old_index), None, Some(b"no database".to_vec()), Some(new_index.clone())] {
        match state {
            Some(bytes) => fs::write(&index, bytes).unwrap(),
            None => fs::remove_file(&index).unwrap(),
        }
        let (engine, _deliveries) = open(&scratch.0);
        for _ in 0..2 {
            assert_eq!(finds(&engine, "tea").await, [6, 1]);
            assert_eq!(finds(&engine, "coffee").await, [2]);
            assert!(finds(&engine, "qxzvw").await.is_empty());
            caught_up(&engine, &scratch.0, &[room()]).await;
        }
        engine.close().await;
        drop(engine);
        assert!(!stands_in_files(&scratch.0, "xzv"), "what has been deleted meanwhile is gone");
    }

    // The log is that of a backup, and then another one with the same numbers.
    fs::write(&log, old_log).unwrap();
    let (engine, _deliveries) = open(&scratch.0);
    says(&engine, &["a", "b", "white tea"]).await;
    for _ in 0..2 {
        assert_eq!(finds(&engine, "tea").await, [6, 2, 1]);
        caught_up(&engine, &scratch.0, &[room()]).await;
    }
}

#[tokio::test]
async fn what_looks_equal_is_found_with_and_without_the_index() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    let jose = person("Jose\u{301} Ｗeiß");
    does(&engine, &room(), &jose, 1, post("cafe\u{301} at İstanbul’s “Straße”")).await;
    does(&engine, &room(), &ana(), 2, post("ﾀﾞｲｴｯﾄ ＡＢＣ１２３ 한국")).await;
    does(&engine, &room(), &ana(), 3, post("VIỆT oﬃce é")).await;
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
            assert_eq!(finds(&engine, typed).await, found, "{typed}");
        }
        caught_up(&engine, &scratch.0, &[room()]).await;
    }
}

#[tokio::test]
async fn an_index_of_an_older_form_is_made_anew() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    says(&engine, &["cafe\u{301} noir", "Straße"]).await;
    caught_up(&engine, &scratch.0, &[room()]).await;
    engine.close().await;
    drop(engine);
    // What the form before this one has of these messages: texts in small letters, and grams of those.
    let index = Connection::open(scratch.0.join("search.db")).unwrap();
    let current: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    index
        .execute_batch(
            "INSERT INTO grams (grams) VALUES ('delete-all');
             DELETE FROM texts;
             INSERT INTO texts VALUES ((1 << 40) + 1, 'ana', 'cafe\u{301} noir'), ((1 << 40) + 2, 'ana', 'straße');
             INSERT INTO grams (rowid, gram) SELECT place, 'str tra raß aße' FROM texts WHERE text = 'straße';
             PRAGMA user_version = 2;",
        )
        .unwrap();
    drop(index);

    let (engine, _deliveries) = open(&scratch.0);
    for _ in 0..2 {
        assert_eq!(finds(&engine, "café").await, [1]);
        assert_eq!(finds(&engine, "strasse").await, [2]);
        caught_up(&engine, &scratch.0, &[room()]).await;
    }
    let index = Connection::open(scratch.0.join("search.db")).unwrap();
    let form: u32 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert!(current > 2 && form == current);
    let texts = "SELECT group_concat(text ORDER BY place) FROM texts";
    let texts: String = index.query_row(texts, [], |row| row.get(0)).unwrap();
    assert_eq!(texts, "cafe\u{301} noir,strasse");
}

fn operations() -> impl Strategy<Value = Vec<(bool, usize, Operation)>> {
    let text = || "[abAßsé東京.がﾞｶ한İı’ﬁ\u{301}\u{323}\u{3099}\u{ad} ]{1,8}[ab東]";
    let operation = prop_oneof![
        6 => text().prop_map(|text| post(&text)),
        2 => (1u64..12, text()).prop_map(|(target, text)| Operation::Edit { target: target.into(), body: body(&text), mentions: None }),
        1 => (1u64..12).prop_map(|target| Operation::Delete { target: target.into() }),
    ];
    prop::collection::vec((any::<bool>(), 0usize..2, operation), 1..30)
}

/// What the matcher says of all messages of a room, newest first.
async fn by_hand(engine: &EmbeddedEngine, room: &RoomName, search: &Search) -> Vec<u64> {
    let page = engine.newest(room, reading(end(engine, room).await)).await.unwrap();
    let found = page.events.iter().rev().filter(|event| match &event.kind {
        EventKind::Posted { author, body: Some(body), .. } => {
            search.matches(author.name.as_str(), body.as_str(), event.at)
        }
        _ => false,
    });
    found.map(|event| event.seq).collect()
}

async fn check(
    engine: &EmbeddedEngine,
    directory: &Path,
    operations: Vec<(bool, usize, Operation)>,
    typed: Vec<String>,
) {
    let (rooms, people) = ([room(), kitchen()], [person("A\u{323}\u{301}b a"), person("aﬁß")]);
    for (id, (there, who, operation)) in operations.into_iter().enumerate() {
        does(engine, &rooms[usize::from(there)], &people[who], id, operation).await;
    }
    for known in [false, true] {
        for room in &rooms {
            if known && end(engine, room).await > 0 {
                caught_up(engine, directory, std::slice::from_ref(room)).await;
            }
            for typed in &typed {
                let Ok(search) = Search::parse(typed, &UTC) else { continue };
                let found = engine.search(vec![room.clone()], search.clone(), ana().id).await.unwrap();
                let seqs: Vec<u64> = found.hits.iter().map(|hit| hit.event.seq).collect();
                assert_eq!(seqs, by_hand(engine, room, &search).await, "{typed:?}, known: {known}");
                assert!(!found.more);
            }
        }
    }
    let index = Connection::open(directory.join("search.db")).unwrap();
    index.execute("INSERT INTO grams (grams) VALUES ('integrity-check')", []).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_found_is_what_the_matcher_says(
        operations in operations(),
        typed in prop::collection::vec("(from:)?[\"“«]?[abßsé東 .がカ하iıf'\u{301}\u{323}]{1,4}[\"”]?( [ab京á]{1,3})?", 8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let scratch = Scratch::new();
        let (engine, _deliveries) = open(&scratch.0);
        runtime.block_on(check(&engine, &scratch.0, operations, typed));
    }
}

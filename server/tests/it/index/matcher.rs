//! Random operations and searches: the results equal those of the matcher, with and without the index.

use std::path::Path;

use parlor::time_zone::UTC;
use parlor::{EventKind, RoomName, Search};
use parlor_server::engine::{EmbeddedEngine, EventLog, LogHistory as _, Operation};
use proptest::prelude::*;
use rusqlite::Connection;

use super::fixture::{apply, kitchen, last_seq, person, post, wait_until_indexed};
use crate::support::engine::{TempDir, ana, body, open, permit, read_context, room};

fn operations() -> impl Strategy<Value = Vec<(bool, usize, Operation)>> {
    let text = || "[abAßsé東京.がﾞｶ한İı’ﬁ\u{301}\u{323}\u{3099}\u{ad} ]{1,8}[ab東]";
    let operation = prop_oneof![
        6 => text().prop_map(|text| post(&text)),
        2 => (1u64..12, text()).prop_map(|(target, text)| Operation::Edit { target: target.into(), body: body(&text), mentions: None }),
        1 => (1u64..12).prop_map(|target| Operation::Delete { target: target.into() }),
    ];
    prop::collection::vec((any::<bool>(), 0usize..2, operation), 1..30)
}

/// The seqs of the messages of a room that the matcher accepts, newest first.
async fn matching_seqs(engine: &EmbeddedEngine, room: &RoomName, search: &Search) -> Vec<u64> {
    let page = engine.newest(&permit(room), read_context(last_seq(engine, room).await)).await.unwrap();
    let found = page.events.iter().rev().filter(|event| match &event.kind {
        EventKind::Posted { author, body: Some(body), .. } => {
            search.matches(author.name.as_str(), body.as_str(), event.at)
        }
        _ => false,
    });
    found.map(|event| event.seq).collect()
}

async fn check_searches(
    engine: &EmbeddedEngine,
    directory: &Path,
    operations: Vec<(bool, usize, Operation)>,
    typed: Vec<String>,
) {
    let (rooms, people) = ([room(), kitchen()], [person("A\u{323}\u{301}b a"), person("aﬁß")]);
    for (id, (room, author, operation)) in operations.into_iter().enumerate() {
        apply(engine, &rooms[usize::from(room)], &people[author], id, operation).await;
    }
    for indexed in [false, true] {
        for room in &rooms {
            if indexed && last_seq(engine, room).await > 0 {
                wait_until_indexed(engine, directory, std::slice::from_ref(room)).await;
            }
            for typed in &typed {
                let Ok(search) = Search::parse(typed, &UTC) else { continue };
                let found = engine.search(vec![permit(room)], search.clone(), ana().id).await.unwrap();
                let seqs: Vec<u64> = found.hits.iter().map(|hit| hit.event.seq).collect();
                assert_eq!(seqs, matching_seqs(engine, room, &search).await, "{typed:?}, indexed: {indexed}");
                assert!(!found.has_more);
            }
        }
    }
    let index = Connection::open(directory.join("search.db")).unwrap();
    index.execute("INSERT INTO grams (grams) VALUES ('integrity-check')", []).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_search_finds_exactly_what_the_matcher_accepts(
        operations in operations(),
        typed in prop::collection::vec("(from:)?[\"“«]?[abßsé東 .がカ하iıf'\u{301}\u{323}]{1,4}[\"”]?( [ab京á]{1,3})?", 8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let temp_dir = TempDir::new();
        let (engine, _deliveries) = open(&temp_dir.0);
        runtime.block_on(check_searches(&engine, &temp_dir.0, operations, typed));
    }
}

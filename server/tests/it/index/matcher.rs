//! Random operations and searches: the results equal those of the matcher, with and without the index.

use std::cell::Cell;

use parlor::time_zone::UTC;
use parlor::{EventKind, RoomName, Search};
use parlor_server::engine::Operation;
use proptest::prelude::*;
use rusqlite::Connection;

use super::fixture::{Fixture, apply, edit, last_seq, person, post, wait_until_indexed};
use crate::support::engine::{ana, permit, read_context};

fn operations() -> impl Strategy<Value = Vec<(bool, usize, Operation)>> {
    let text = || "[abAßsé東京.がﾞｶ한İı’ﬁ\u{301}\u{323}\u{3099}\u{ad} ]{1,8}[ab東]";
    let operation = prop_oneof![
        6 => text().prop_map(|text| post(&text)),
        2 => (1u64..12, text()).prop_map(|(target, text)| edit(target, &text)),
        1 => (1u64..12).prop_map(|target| Operation::Delete { target: target.into() }),
    ];
    prop::collection::vec((any::<bool>(), 0usize..2, operation), 1..30)
}

/// The seqs of the messages of a room that the matcher accepts, newest first.
async fn matching_seqs(fixture: &impl Fixture, room: &RoomName, search: &Search) -> Vec<u64> {
    let page = fixture.log().newest(&permit(room), read_context(last_seq(fixture, room).await)).await.unwrap();
    let found = page.events.iter().rev().filter(|event| match &event.kind {
        EventKind::Posted { author, body: Some(body), .. } => {
            search.matches(author.name.as_str(), body.as_str(), event.at)
        }
        _ => false,
    });
    found.map(|event| event.seq).collect()
}

/// Applies operations in two rooms that have none yet, and searches them.
async fn check_searches(
    fixture: &impl Fixture,
    rooms: &[RoomName; 2],
    operations: Vec<(bool, usize, Operation)>,
    typed: Vec<String>,
) {
    let people = [person("A\u{323}\u{301}b a"), person("aﬁß")];
    for (id, (room, author, operation)) in operations.into_iter().enumerate() {
        apply(fixture, &rooms[usize::from(room)], &people[author], id, operation).await;
    }
    for indexed in [false, true] {
        for room in rooms {
            if indexed && last_seq(fixture, room).await > 0 {
                wait_until_indexed(fixture, std::slice::from_ref(room)).await;
            }
            for typed in &typed {
                let Ok(search) = Search::parse(typed, &UTC) else { continue };
                let found = fixture.log().search(vec![permit(room)], search.clone(), ana().id).await.unwrap();
                let seqs: Vec<u64> = found.hits.iter().map(|hit| hit.event.seq).collect();
                assert_eq!(seqs, matching_seqs(fixture, room, &search).await, "{typed:?}, indexed: {indexed}");
                assert!(!found.has_more);
            }
        }
    }
    let index = Connection::open(fixture.index()).unwrap();
    index.execute("INSERT INTO grams (grams) VALUES ('integrity-check')", []).unwrap();
}

/// Checks that a search finds exactly what the matcher accepts, in rooms of one engine.
pub(super) fn check_random_searches<F: Fixture>() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fixture = runtime.block_on(F::create());
    let case = Cell::new(0);
    proptest!(ProptestConfig::with_cases(32), |(
        operations in operations(),
        typed in prop::collection::vec("(from:)?[\"“«]?[abßsé東 .がカ하iıf'\u{301}\u{323}]{1,4}[\"”]?( [ab京á]{1,3})?", 8),
    )| {
        case.set(case.get() + 1);
        let rooms = ["first", "second"].map(|name| RoomName::parse(&format!("{name}-{}", case.get())).unwrap());
        runtime.block_on(check_searches(&fixture, &rooms, operations, typed));
    });
    runtime.block_on(async { drop(fixture) });
}

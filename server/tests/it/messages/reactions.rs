//! Counting, limiting and naming reactions.

use std::sync::Arc;

use parlor::{Author, AuthorId, limits};
use parlor_server::engine::{Delivery, EngineError, LogHistory as _, ReadContext};

use super::fixture::{apply, bo, newest, react, reactions_of, submit};
use crate::support::engine::{TempDir, ana, append_all, open, permit, room};

#[tokio::test]
async fn concurrent_reactions_of_one_person_count_once() {
    let temp_dir = TempDir::new();
    let (engine, mut deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=1).await;
    let engine = Arc::new(engine);
    let tabs: Vec<_> = (0..20)
        .map(|tab| {
            let engine = engine.clone();
            tokio::spawn(async move { apply(&engine, &bo(), &format!("tab{tab}"), react(1, "👍", true)).await })
        })
        .collect();
    for tab in tabs {
        assert_eq!(tab.await.unwrap(), 2);
    }
    append_all(&engine, 2..=2).await;
    let mut delivered = Vec::new();
    for _ in 0..3 {
        let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else {
            panic!("no event was delivered")
        };
        delivered.push(event.seq);
    }
    assert_eq!(delivered, [1, 2, 3]);
    assert_eq!(reactions_of(&newest(&engine).await.events[0]), [("👍", 1, vec!["bo-id"])]);
}

#[tokio::test]
async fn a_message_accepts_only_a_limited_number_of_different_emoji() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=1).await;
    let emoji = |number: usize| char::from_u32(0x1F600 + u32::try_from(number).unwrap()).unwrap().to_string();
    for number in 0..limits::REACTIONS_PER_MESSAGE {
        apply(&engine, &bo(), &format!("r{number}"), react(1, &emoji(number), true)).await;
    }
    let more = react(1, &emoji(99), true);
    assert_eq!(submit(&engine, &bo(), "more", more.clone()).await, Err(EngineError::TooManyReactions));
    apply(&engine, &ana(), "join", react(1, &emoji(0), true)).await;
    apply(&engine, &bo(), "less", react(1, &emoji(1), false)).await;
    apply(&engine, &bo(), "more", more).await;
    // The emoji are in the order of their first reactions, even after the first reaction was removed.
    apply(&engine, &bo(), "gone", react(1, &emoji(0), false)).await;
    let page = newest(&engine).await;
    let shown: Vec<_> = reactions_of(&page.events[0]).iter().map(|(emoji, ..)| (*emoji).to_owned()).collect();
    let expected: Vec<_> = [0].into_iter().chain(2..20).chain([99]).map(emoji).collect();
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn all_reactions_are_counted_and_the_reader_is_always_named() {
    let temp_dir = TempDir::new();
    let (engine, _deliveries) = open(&temp_dir.0);
    append_all(&engine, 1..=1).await;
    for number in 0..30 {
        let who = Author { id: AuthorId(format!("p{number}").into()), ..bo() };
        apply(&engine, &who, "r", react(1, "👍", true)).await;
    }
    let newest_for = async |reader: &str| {
        let context = ReadContext { up_to: 31, reader: AuthorId(reader.into()) };
        engine.newest(&permit(&room()), context).await.unwrap()
    };
    let page = newest_for("p29").await;
    let [("👍", 30, people)] = &reactions_of(&page.events[0])[..] else { panic!("{page:?}") };
    assert_eq!((people.len(), people[0], people[1]), (limits::REACTION_PEOPLE, "p29", "p0"));
    let page = newest_for("nobody").await;
    let [("👍", 30, people)] = &reactions_of(&page.events[0])[..] else { panic!("{page:?}") };
    assert_eq!((people.len(), people[0]), (limits::REACTION_PEOPLE, "p0"));
}

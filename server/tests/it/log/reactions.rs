//! Counting, limiting and naming reactions.

use futures_util::future::join_all;
use parlor::{AuthorId, limits};
use parlor_server::engine::{EngineError, ReadContext};

use super::records::{append_all, apply, bo, newest, next_events, person, react, reactions_of, submit, subscribe};
use crate::support::engine::{ana, permit, room, seqs};
use crate::support::fixture::Fixture;

pub(super) async fn reactions_of_one_person_at_the_same_time_count_once(fixture: &mut impl Fixture) {
    subscribe(fixture.log(), &room()).await;
    append_all(fixture, 1..=1).await;
    let react_in = async |tab: usize| apply(fixture, &bo(), &format!("tab{tab}"), react(1, "👍", true)).await;
    assert_eq!(join_all((0..20).map(react_in)).await, [2; 20]);
    append_all(fixture, 2..=2).await;
    assert_eq!(seqs(&next_events(fixture, 3).await), [1, 2, 3]);
    assert_eq!(reactions_of(&newest(fixture.log()).await.events[0]), [("👍", 1, vec!["bo-id"])]);
}

pub(super) async fn a_message_accepts_only_a_limited_number_of_different_emoji(fixture: &impl Fixture) {
    append_all(fixture, 1..=1).await;
    let emoji = |number: usize| char::from_u32(0x1F600 + u32::try_from(number).unwrap()).unwrap().to_string();
    for number in 0..limits::REACTIONS_PER_MESSAGE {
        apply(fixture, &bo(), &format!("r{number}"), react(1, &emoji(number), true)).await;
    }
    let more = react(1, &emoji(99), true);
    assert_eq!(submit(fixture, &bo(), "more", more.clone()).await, Err(EngineError::TooManyReactions));
    apply(fixture, &ana(), "join", react(1, &emoji(0), true)).await;
    apply(fixture, &bo(), "less", react(1, &emoji(1), false)).await;
    apply(fixture, &bo(), "more", more).await;
    // The emoji are in the order of their first reactions, even after the first reaction was removed.
    apply(fixture, &bo(), "gone", react(1, &emoji(0), false)).await;
    let page = newest(fixture.log()).await;
    let shown: Vec<_> = reactions_of(&page.events[0]).iter().map(|(emoji, ..)| (*emoji).to_owned()).collect();
    let expected: Vec<_> = [0].into_iter().chain(2..20).chain([99]).map(emoji).collect();
    assert_eq!(shown, expected);
}

pub(super) async fn all_reactions_are_counted_and_the_reader_is_always_named(fixture: &impl Fixture) {
    append_all(fixture, 1..=1).await;
    for number in 0..30 {
        apply(fixture, &person(number), "r", react(1, "👍", true)).await;
    }
    let newest_for = async |reader: &str| {
        let context = ReadContext { up_to: 31, reader: AuthorId(reader.into()) };
        fixture.log().newest(&permit(&room()), context).await.unwrap()
    };
    let page = newest_for("p29").await;
    let [("👍", 30, people)] = &reactions_of(&page.events[0])[..] else { panic!("{page:?}") };
    assert_eq!((people.len(), people[0], people[1]), (limits::REACTION_PEOPLE, "p29", "p0"));
    let page = newest_for("nobody").await;
    let [("👍", 30, people)] = &reactions_of(&page.events[0])[..] else { panic!("{page:?}") };
    assert_eq!((people.len(), people[0]), (limits::REACTION_PEOPLE, "p0"));
}

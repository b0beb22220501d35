//! Pages of messages that were changed: their state as of a seq, and their neighbours.

use parlor::message::PageOf;
use parlor::{EventKind, RoomName, limits};

use super::records::{
    append_all, append_all_in, apply, bo, bodies, body_of, delete, edit, last_seq, newest, react, reactions_of,
    room_named, submit,
};
use crate::support::engine::{ana, permit, read_context, room, seqs};
use crate::support::fixture::Fixture;

pub(super) async fn pages_have_messages_in_their_current_state_and_count_no_other_events(fixture: &impl Fixture) {
    append_all(fixture, 1..=60).await;
    for number in 0..30 {
        apply(fixture, &bo(), &format!("r{number}"), react(60, "👍", number % 2 == 0)).await;
    }
    let edited = submit(fixture, &ana(), "e", edit(60, "better")).await.unwrap();
    apply(fixture, &ana(), "d", delete(59)).await;
    append_all(fixture, 61..=62).await;
    let page = newest(fixture.log()).await;
    let expected: Vec<u64> = (13..=60).chain(93..=94).collect();
    assert_eq!(seqs(&page.events), expected);
    assert!(page.has_older && !page.has_newer);
    let [.., deleted, changed, _, last] = &page.events[..] else { panic!("{page:?}") };
    assert_eq!((body_of(deleted), body_of(changed), body_of(last)), (None, Some("better"), Some("message 62")));
    let EventKind::Posted { edited_at, .. } = &changed.kind else { panic!("{changed:?}") };
    assert_eq!(*edited_at, Some(edited.at));
    // The hash is that of the event, so that a client can resume from it.
    assert_eq!(last.hash, fixture.log().log_end(&permit(&room())).await.unwrap().unwrap().hash);
    let first = fixture.log().page(&permit(&room()), PageOf::Before(13), read_context(94)).await.unwrap();
    assert_eq!((seqs(&first.events), first.has_older, first.has_newer), ((1..=12).collect(), false, true));
    let after = fixture.log().page(&permit(&room()), PageOf::After(60), read_context(92)).await.unwrap();
    assert!(after.events.is_empty() && after.has_older && !after.has_newer, "only reactions follow");
}

pub(super) async fn a_page_around_the_seq_of_another_event_has_the_messages_around_it(fixture: &impl Fixture) {
    append_all(fixture, 1..=40).await;
    let seq = apply(fixture, &bo(), "r", react(3, "👍", true)).await;
    append_all(fixture, 41..=80).await;
    let around = fixture.log().page(&permit(&room()), PageOf::Around(seq), read_context(81)).await.unwrap();
    assert_eq!(seqs(&around.events), (16..=40).chain(42..=66).collect::<Vec<_>>());
    assert!(around.has_older && around.has_newer);
    let beyond = fixture.log().page(&permit(&room()), PageOf::Around(1000), read_context(81)).await.unwrap();
    assert_eq!((beyond.events.last().unwrap().seq, beyond.has_newer), (81, false));
}

/// Appends messages with these times to a room.
async fn append_at(fixture: &impl Fixture, room: &RoomName, times: &[u64]) {
    append_all_in(fixture, room, 1..=times.len() as u64).await;
    let set_time = |(seq, time): (usize, &u64)| {
        let room = room.as_str();
        format!(
            "UPDATE messages SET at = {time} WHERE place = (SELECT id << 40 FROM rooms WHERE name = '{room}') + {seq};"
        )
    };
    fixture.execute(&(1..).zip(times).map(set_time).collect::<String>());
}

pub(super) async fn a_page_at_a_time_has_the_messages_around_it(fixture: &impl Fixture) {
    let half = limits::PAGE_EVENTS as u64 / 2;
    let times: Vec<_> = (1..=200).map(|seq| seq * 10).collect();
    let [regular, empty, mixed] = ["regular", "empty", "mixed"].map(room_named);
    append_at(fixture, &regular, &times).await;
    append_at(fixture, &mixed, &[10, 20, 15, 30]).await;
    let page_at = async |room: &RoomName, time| {
        let context = read_context(last_seq(fixture.log(), room).await);
        seqs(&fixture.log().page(&permit(room), PageOf::At(time), context).await.unwrap().events)
    };
    let around = |seq: u64| (seq.saturating_sub(half - 1).max(1)..=seq + half).collect::<Vec<_>>();
    assert_eq!(page_at(&regular, 1_000).await, around(100), "the exact time");
    assert_eq!(page_at(&regular, 995).await, around(100), "just before");
    assert_eq!(page_at(&regular, 0).await, around(1), "before everything");
    assert_eq!(page_at(&regular, 2_001).await, (151..=200).collect::<Vec<_>>(), "after everything: the newest page");
    assert_eq!(page_at(&empty, 5).await, [0; 0]);
    assert_eq!(page_at(&mixed, u64::MAX).await, [1, 2, 3, 4], "with a clock that went back");
}

pub(super) async fn a_page_shows_messages_as_of_the_contexts_seq(fixture: &impl Fixture) {
    append_all(fixture, 1..=2).await;
    apply(fixture, &ana(), "e1", edit(1, "second")).await;
    apply(fixture, &bo(), "r1", react(1, "👍", true)).await;
    let seq = apply(fixture, &ana(), "r2", react(1, "👍", true)).await;
    let before = fixture.log().newest(&permit(&room()), read_context(seq)).await.unwrap();
    apply(fixture, &ana(), "e2", edit(1, "third")).await;
    apply(fixture, &ana(), "e3", edit(2, "changed")).await;
    apply(fixture, &bo(), "r3", react(1, "👍", false)).await;
    apply(fixture, &bo(), "r4", react(1, "👍", true)).await;
    apply(fixture, &ana(), "r5", react(1, "👍", false)).await;
    apply(fixture, &bo(), "r6", react(2, "🎉", true)).await;
    apply(fixture, &bo(), "r7", react(2, "🎉", false)).await;
    append_all(fixture, 3..=3).await;
    let mut again = fixture.log().newest(&permit(&room()), read_context(seq)).await.unwrap();
    assert_eq!(reactions_of(&again.events[0]), [("👍", 2, vec!["ana-id", "bo-id"])]);
    assert_eq!(reactions_of(&before.events[0]), reactions_of(&again.events[0]));
    assert_eq!(again, before);
    // Only erased content is missing.
    apply(fixture, &ana(), "d", delete(1)).await;
    again = fixture.log().newest(&permit(&room()), read_context(seq)).await.unwrap();
    assert_eq!(bodies(&again.events), [None, Some("message 2")]);
    assert!(reactions_of(&again.events[0]).is_empty());
}

//! Backlogs, and the ends of logs from which they begin.

use parlor::message::ResetReason;
use parlor::{Cursor, Epoch, EventKind};
use parlor_server::engine::Backlog;

use super::records::append_all;
use crate::support::engine::{ana, message, permit, read_context, room, seqs};
use crate::support::fixture::{Fixture, append};

pub(super) async fn a_backlog_has_exactly_the_events_after_the_cursor(fixture: &impl Fixture) {
    append_all(fixture, 1..=10).await;
    let mut cursor = fixture.log().log_end(&permit(&room())).await.unwrap().unwrap();
    append_all(fixture, 11..=140).await;
    let mut received = Vec::new();
    loop {
        let Backlog::Events(page) = fixture.log().backlog(&permit(&room()), &cursor, 140).await.unwrap() else {
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
    assert_eq!(Some(cursor), fixture.log().log_end(&permit(&room())).await.unwrap());
}

pub(super) async fn a_cursor_of_another_log_is_reset<F: Fixture>(fixture: &F) {
    let another = F::create().await;
    append_all(fixture, 1..=5).await;
    append_all(&another, 2..=6).await;
    let theirs = another.log().log_end(&permit(&room())).await.unwrap().unwrap();
    assert_eq!(theirs.seq, 5);
    let ours = fixture.log().log_end(&permit(&room())).await.unwrap().unwrap();
    let newer = Cursor { seq: 9, ..ours.clone() };
    let other_epoch = Cursor { epoch: Epoch("second".into()), ..ours };
    for invalid in [theirs, newer, other_epoch] {
        let backlog = fixture.log().backlog(&permit(&room()), &invalid, 5).await.unwrap();
        assert_eq!(backlog, Backlog::Reset(ResetReason::OtherLog), "{invalid:?}");
    }
}

pub(super) async fn reading_a_room_does_not_create_it(fixture: &impl Fixture) {
    assert_eq!(fixture.log().log_end(&permit(&room())).await.unwrap(), None);
    assert!(fixture.log().newest(&permit(&room()), read_context(0)).await.unwrap().events.is_empty());
    append_all(fixture, 1..=1).await;
    assert_eq!(fixture.log().log_end(&permit(&room())).await.unwrap().unwrap().epoch, Epoch("first".into()));
}

pub(super) async fn a_log_continues_after_a_restart(fixture: &mut impl Fixture) {
    append_all(fixture, 1..=120).await;
    let before = fixture.log().log_end(&permit(&room())).await.unwrap().unwrap();
    fixture.reopen().await;
    assert_eq!(fixture.log().log_end(&permit(&room())).await.unwrap().unwrap(), before);
    assert_eq!(append(fixture, message(121)).await.unwrap().seq, 121);
    let page = fixture.log().newest(&permit(&room()), read_context(121)).await.unwrap();
    assert_eq!(seqs(&page.events), (72..=121).collect::<Vec<_>>());
    let EventKind::Posted { author, body: Some(body), .. } = &page.events[0].kind else { panic!("it was posted") };
    assert_eq!((author, body.as_str()), (&ana(), "message 72"));
    assert_eq!(fixture.log().first_break(&room()).await, Ok(None));
}

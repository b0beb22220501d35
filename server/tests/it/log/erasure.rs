//! Mentions and texts are erased on deletion, and the hash chain stays valid.

use parlor::{AuthorId, Event, EventKind, Mention};
use parlor_server::engine::{Backlog, Operation};

use super::records::{apply, bo, bodies, body_of, delete, edit, newest, post, react, reactions_of, whole_log};
use crate::support::engine::{ana, body, permit, read_context, room, seqs};
use crate::support::fixture::Fixture;

/// A mention of this person in the first two bytes of a text, as in "@X".
pub(super) fn mentioned(id: &str) -> Vec<Mention> {
    vec![Mention { start: 0, end: 2, author: AuthorId(id.into()) }]
}

/// The mentions of a message or an edit.
fn mentions_of(event: &Event) -> Option<&[Mention]> {
    match &event.kind {
        EventKind::Posted { mentions, .. } | EventKind::Edited { mentions, .. } => mentions.as_deref(),
        _ => None,
    }
}

pub(crate) async fn mentions_are_stored_with_their_text_and_erased_with_it(fixture: &impl Fixture) {
    let posted = Operation::Post { body: body("@X"), mentions: Some(mentioned("first-hidden")), reply_to: None };
    apply(fixture, &ana(), "m1", posted).await;
    apply(fixture, &ana(), "m2", post("no mention", None)).await;
    let before = newest(fixture.log()).await;
    assert_eq!(mentions_of(&before.events[0]), Some(&mentioned("first-hidden")[..]));
    assert_eq!(mentions_of(&before.events[1]), None);
    let edited = Operation::Edit { target: 1.into(), body: body("@Y"), mentions: Some(mentioned("second-hidden")) };
    apply(fixture, &ana(), "e1", edited).await;
    assert_eq!(mentions_of(&newest(fixture.log()).await.events[0]), Some(&mentioned("second-hidden")[..]));
    let past = fixture.log().newest(&permit(&room()), read_context(2)).await.unwrap();
    assert_eq!(past.events, before.events, "as before the edit");
    let events = whole_log(fixture.log()).await;
    assert_eq!(mentions_of(&events[0]), Some(&mentioned("first-hidden")[..]));
    assert_eq!(mentions_of(&events[2]), Some(&mentioned("second-hidden")[..]));
    apply(fixture, &ana(), "e2", edit(1, "nobody any more")).await;
    assert_eq!(mentions_of(&newest(fixture.log()).await.events[0]), None);
    assert_eq!(fixture.log().first_break(&room()).await.unwrap(), None);

    apply(fixture, &ana(), "d", delete(1)).await;
    assert!(whole_log(fixture.log()).await.iter().all(|event| mentions_of(event).is_none()));
    assert_eq!(fixture.log().first_break(&room()).await.unwrap(), None);
    let kept = "SELECT count(*) FROM messages WHERE mentions LIKE '%hidden%' OR text_mentions LIKE '%hidden%'";
    assert_eq!(fixture.query_integer(kept), 0);
    assert_eq!(fixture.query_integer("SELECT count(*) FROM changes WHERE mentions LIKE '%hidden%'"), 0);
}

pub(crate) async fn a_deleted_text_is_erased_everywhere_and_the_chain_stays_valid(fixture: &impl Fixture) {
    apply(fixture, &bo(), "m0", post("stays", None)).await;
    apply(fixture, &ana(), "m1", post("first whisper", None)).await;
    apply(fixture, &ana(), "e1", edit(2, "second whisper")).await;
    apply(fixture, &bo(), "a", post("answer", Some(2))).await;
    apply(fixture, &bo(), "r", react(2, "👍", true)).await;
    apply(fixture, &ana(), "e2", edit(2, "third whisper")).await;
    assert_eq!(fixture.log().first_break(&room()).await.unwrap(), None);
    let before = fixture.log().log_end(&permit(&room())).await.unwrap().unwrap();
    apply(fixture, &ana(), "d", delete(2)).await;
    assert_eq!(fixture.log().first_break(&room()).await.unwrap(), None);
    let Backlog::Events(_) = fixture.log().backlog(&permit(&room()), &before, 7).await.unwrap() else {
        panic!("the cursor stays valid")
    };

    let events = whole_log(fixture.log()).await;
    assert_eq!(seqs(&events), (1..=7).collect::<Vec<_>>());
    assert_eq!((body_of(&events[1]), body_of(&events[2]), body_of(&events[5])), (None, None, None));
    let page = newest(fixture.log()).await;
    assert_eq!(bodies(&page.events), [Some("stays"), None, Some("answer")]);
    assert!(reactions_of(&page.events[1]).is_empty());
    let kept =
        "SELECT count(*) FROM events WHERE body LIKE '%whisper%' OR place & 255 IN (2, 3, 6) AND salt IS NOT NULL";
    assert_eq!(fixture.query_integer(kept), 0);
    let kept = "SELECT count(*) FROM messages WHERE body LIKE '%whisper%' OR text LIKE '%whisper%'";
    assert_eq!(fixture.query_integer(kept), 0);
}

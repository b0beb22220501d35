//! Pages of messages without changes: their size, their neighbours and their end.

use parlor::message::PageOf;
use parlor_server::engine::{Append, Operation};

use super::records::append_all;
use crate::support::engine::{body, message, permit, read_context, room, seqs};
use crate::support::fixture::{Fixture, append};

pub(super) async fn pages_cover_the_whole_log_in_both_directions(fixture: &impl Fixture) {
    append_all(fixture, 1..=230).await;
    let (mut backwards, mut at, mut more) = (Vec::new(), 231, true);
    while more {
        let page = fixture.log().page(&permit(&room()), PageOf::Before(at), read_context(230)).await.unwrap();
        at = page.events[0].seq;
        backwards.splice(0..0, seqs(&page.events));
        more = page.has_older;
    }
    let (mut forwards, mut at, mut more) = (Vec::new(), 0, true);
    while more {
        let page = fixture.log().page(&permit(&room()), PageOf::After(at), read_context(230)).await.unwrap();
        at = page.events.last().unwrap().seq;
        forwards.extend(seqs(&page.events));
        more = page.has_newer;
    }
    assert_eq!(backwards, (1..=230).collect::<Vec<_>>());
    assert_eq!(forwards, backwards);
    let around = fixture.log().page(&permit(&room()), PageOf::Around(100), read_context(230)).await.unwrap();
    assert!(around.events[0].seq < 80 && around.events.last().unwrap().seq > 120);
    assert!(around.has_older && around.has_newer);
    let end = fixture.log().page(&permit(&room()), PageOf::After(230), read_context(230)).await.unwrap();
    assert!(end.events.is_empty() && end.has_older && !end.has_newer);
}

pub(super) async fn pages_have_no_message_after_the_contexts_seq(fixture: &impl Fixture) {
    append_all(fixture, 1..=20).await;
    assert_eq!(
        seqs(&fixture.log().newest(&permit(&room()), read_context(12)).await.unwrap().events),
        (1..=12).collect::<Vec<_>>()
    );
    let page = fixture.log().page(&permit(&room()), PageOf::After(10), read_context(12)).await.unwrap();
    assert_eq!((seqs(&page.events), page.has_newer), (vec![11, 12], false));
}

pub(super) async fn pages_of_long_messages_have_fewer_of_them_and_a_next_page(fixture: &impl Fixture) {
    let long = "x".repeat(parlor::limits::BODY_BYTES);
    for number in 1..=30 {
        let operation = Operation::post(body(&long));
        append(fixture, Append { operation, ..message(number) }).await.unwrap();
    }
    let page = fixture.log().newest(&permit(&room()), read_context(30)).await.unwrap();
    assert!(page.events.len() < 30 && page.has_older && !page.has_newer);
    assert_eq!(page.events.last().unwrap().seq, 30);
    let page = fixture.log().page(&permit(&room()), PageOf::After(0), read_context(30)).await.unwrap();
    assert!(page.events[0].seq == 1 && page.has_newer);
}

//! What is read from a room's log with the permit that access control gives an account.

use parlor::{AuthorId, Cursor, EventKind, RoomName};
use parlor_server::engine::{Backlog, ReadContext};

use super::records::permit_of;
use crate::support::fixture::Fixture;

/// The end of a room's log, read as this account.
pub(super) async fn end(fixture: &impl Fixture, room: &RoomName, account: &AuthorId) -> Cursor {
    let permit = permit_of(fixture.directory(), room, account).await;
    fixture.log().log_end(&permit).await.unwrap().unwrap()
}

/// The texts of a room's messages, read as this account.
pub(super) async fn texts(fixture: &impl Fixture, room: &RoomName, account: &AuthorId) -> Vec<String> {
    let permit = permit_of(fixture.directory(), room, account).await;
    let context = ReadContext { up_to: end(fixture, room, account).await.seq, reader: account.clone() };
    let page = fixture.log().newest(&permit, context).await.unwrap();
    let text = |kind| match kind {
        EventKind::Posted { body: Some(body), .. } => body.as_str().to_owned(),
        other => panic!("{other:?} is no message with a text"),
    };
    page.events.into_iter().map(|event| text(event.kind)).collect()
}

/// The seqs of the events after a cursor, read as this account.
pub(super) async fn seqs_after(
    fixture: &impl Fixture,
    room: &RoomName,
    account: &AuthorId,
    cursor: &Cursor,
) -> Vec<u64> {
    let permit = permit_of(fixture.directory(), room, account).await;
    let end = end(fixture, room, account).await;
    match fixture.log().backlog(&permit, cursor, end.seq).await.unwrap() {
        Backlog::Events(page) => page.events.iter().map(|event| event.seq).collect(),
        Backlog::Reset(reason) => panic!("the cursor is of this log: {reason:?}"),
    }
}

//! The rich dialect over real sockets.

mod history;
mod posting;
mod protocol;
mod resume;
mod sessions;

use parlor::{Cursor, Event, EventKind, ServerMessage};

use crate::support::RichClient;

/// The texts of posted messages; `?` for any other event.
fn bodies(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .map(|event| match &event.kind {
            EventKind::Posted { body: Some(body), .. } => body.as_str(),
            _ => "?",
        })
        .collect()
}

async fn next_event(client: &mut RichClient) -> Event {
    client
        .next_matching(|message| if let ServerMessage::Event { event, .. } = message { Some(event) } else { None })
        .await
}

/// The cursor, the events and `has_older` of a snapshot.
fn snapshot(message: ServerMessage) -> (Cursor, Vec<Event>, bool) {
    match message {
        ServerMessage::Snapshot { as_of, events, has_older, .. } => (as_of, events, has_older),
        other => panic!("expected a snapshot, got {other:?}"),
    }
}

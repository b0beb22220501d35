//! Values that the tests of this crate share.

use parlor::{
    Author, AuthorId, Body, ChainMark, ClientId, Cursor, Epoch, Event, EventKind, Name,
    message::{PageOf, PresenceStatus, Present, Roster},
};

use super::{initial_state::InitialState, timeline::Timeline, viewer::Viewer};
use crate::settings::Settings;

/// An author whose id is their name.
pub(crate) fn author(id: &str) -> Author {
    Author { id: AuthorId(id.into()), name: Name::parse(id).unwrap() }
}

/// A nameless reader with this author id.
pub(crate) fn viewer(id: &str) -> Viewer {
    Viewer::new(AuthorId(id.into()), None, Settings::default())
}

/// Somebody who is in the room and not away.
pub(crate) fn present(name: &str) -> Present {
    Present { author: author(name), status: PresenceStatus::Here }
}

/// The event at a seq: a message of ana, or at each seventh one an event of an unknown kind.
pub(crate) fn event(seq: u64) -> Event {
    Event {
        seq,
        at: 1_000 * seq,
        hash: ChainMark(format!("h{seq}")),
        kind: if seq.is_multiple_of(7) {
            EventKind::Unknown
        } else {
            let body = Body::parse(&format!("message {seq}")).unwrap();
            EventKind::posted(author("ana"), ClientId::from_random(u128::from(seq)), body)
        },
    }
}

/// The events at these seqs.
pub(crate) fn events(range: std::ops::RangeInclusive<u64>) -> Vec<Event> {
    range.map(event).collect()
}

/// The cursor after an event.
pub(crate) fn cursor(seq: u64) -> Cursor {
    Cursor { epoch: Epoch("e".to_owned()), seq, hash: ChainMark(format!("h{seq}")) }
}

/// Applies the page that a server returns whose log ends at `top`.
pub(crate) fn apply_page(timeline: &mut Timeline, of: PageOf, top: u64) {
    let range = match of {
        PageOf::Before(seq) => seq.saturating_sub(50).max(1)..=seq - 1,
        PageOf::After(seq) => seq + 1..=(seq + 50).min(top),
        PageOf::Around(seq) | PageOf::At(seq) => seq.saturating_sub(25).max(1)..=(seq + 25).min(top),
    };
    let (has_older, has_newer) = (*range.start() > 1, *range.end() < top);
    timeline.on_page_requested();
    timeline.apply_page(of, &cursor(top), events(range), has_older, has_newer);
}

/// The lobby with three events and ana in it, for a reader with the author id `me`.
pub(crate) fn initial_state(name: Option<&str>) -> InitialState {
    InitialState {
        session: AuthorId("me".into()),
        name: name.map(|name| Name::parse(name).unwrap()),
        as_of: cursor(3),
        events: events(1..=3),
        roster: Roster { count: 1, people: vec![present("ana")] },
        build: "one".to_owned(),
        ..InitialState::default()
    }
}

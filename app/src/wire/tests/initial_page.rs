#![cfg(feature = "ssr")]

use parlor::{AuthorId, ErrorCode};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::strategies::{EXACT, cursor, events, name, room, roster, text};
use crate::{
    i18n::Texts,
    initial_page::{InitialPage, PageLink, ServerInfo},
    language::Language,
    settings::Settings,
    state::{
        calendar::OffsetChange,
        initial_state::{InitialState, RejectedForm, RoomTitle},
    },
    wire,
};

proptest! {
    #[test]
    fn the_initial_page_is_read_as_the_server_writes_it(
        (room, session, name, as_of, events, has_older, topic, read) in
            (room(), text(), option::of(name()), cursor(), events(), any::<bool>(), text(), option::of(EXACT)),
        (roster, now, build) in (roster(), EXACT, text()),
        utc_offsets in vec((EXACT, -900..900).prop_map(|(from, minutes)| OffsetChange { from, minutes }), 0..3),
        (at, has_newer, rooms) in (option::of(EXACT), any::<bool>(), vec(room(), 0..3)),
        titles in vec((room(), text()).prop_map(|(room, title)| RoomTitle { room, title }), 0..3),
        rejected_form in option::of((any::<bool>(), text(), text())),
        server in (text(), text(), vec((text(), text()).prop_map(|(path, label)| PageLink { path, label }), 0..3)),
        language in select(&Language::ALL[..]),
    ) {
        let rejected_form = rejected_form.map(|(taken, name, text)| {
            RejectedForm { code: if taken { ErrorCode::NameTaken } else { ErrorCode::TooFast }, name, text }
        });
        let state = InitialState {
            room,
            session: AuthorId(session.into()),
            name,
            as_of,
            events,
            has_older,
            at,
            has_newer,
            roster,
            read,
            topic,
            rooms,
            titles,
            utc_offsets,
            settings: Settings { compact: has_older, ..Settings::default() },
            build,
            rejected_form,
        };
        // The document has no form id.
        let form_id = String::new();
        let server = ServerInfo { name: server.0, notice: server.1, needs_invitation: has_older, links: server.2 };
        let page = InitialPage { state, now, texts: Texts::of(language), hour12: has_newer, server, form_id };
        prop_assert_eq!(wire::initial_page(&page.to_json()), Some(page));
    }
}

//! The initial page of the offline document, which no server has rendered.

use parlor::{AuthorId, Name};
use parlor_app::{
    InitialPage,
    settings::{self, Settings},
    state::initial_state::InitialState,
};

use crate::{address, browser, clock, storage};

/// Completes the initial page with what the browser knows. The messages follow from its replicas.
pub fn complete(page: InitialPage) -> InitialPage {
    let settings = storage::cookie(settings::COOKIE).map_or(page.state.settings, |text| Settings::parse(&text));
    browser::apply_settings(settings);
    let (room, at) = address::current().unwrap_or_default();
    InitialPage {
        now: clock::now().wall,
        hour12: settings.hour12.unwrap_or_else(clock::hour12),
        state: InitialState {
            room,
            at,
            session: storage::session().unwrap_or_else(|| AuthorId(String::new().into())),
            name: storage::name().and_then(|name| Name::parse(&name).ok()),
            settings,
            ..page.state
        },
        ..page
    }
}

//! The page that no server has drawn: what the browser knows makes up for that.

use parlor::{AuthorId, Name};
use parlor_app::{
    Boot,
    settings::{self, Settings},
};

use crate::{address, browser, clock, storage};

/// The first state, as far as it is known here; the messages follow, as they are kept.
pub fn boot(blank: Boot) -> Boot {
    let settings = storage::cookie(settings::COOKIE).map_or(blank.settings, |text| Settings::parse(&text));
    browser::show_settings(settings);
    let (room, at) = address::place().unwrap_or_default();
    Boot {
        room,
        at,
        session: storage::session().unwrap_or_else(|| AuthorId(String::new().into())),
        name: storage::name().and_then(|name| Name::parse(&name).ok()),
        now: clock::moment().wall,
        half_days: settings.half_days.unwrap_or_else(clock::half_days),
        settings,
        ..blank
    }
}

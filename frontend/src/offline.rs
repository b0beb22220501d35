//! The page that no server has drawn: what the browser knows makes up for that.

use leptos::prelude::document;
use parlor::{AuthorId, Name};
use parlor_app::{
    Boot,
    settings::{self, Settings},
};

use crate::{address, clock, storage};

/// The first state, as far as it is known here; the messages follow, as they are kept.
pub fn boot(blank: Boot) -> Boot {
    let settings = storage::cookie(settings::COOKIE).map_or(blank.settings, |text| Settings::parse(&text));
    if let Some(document) = document().document_element() {
        document.set_class_name(&settings.class());
    }
    Boot {
        room: address::room().unwrap_or_default(),
        at: address::seq(),
        session: storage::session().unwrap_or_else(|| AuthorId(String::new().into())),
        name: storage::name().and_then(|name| Name::parse(&name).ok()),
        now: clock::moment().wall,
        utc_offset_minutes: clock::zone().0,
        half_days: settings.half_days.unwrap_or_else(clock::half_days),
        settings,
        ..blank
    }
}

//! Language and settings of the client that requests a page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use parlor::{TimeZone as _, UnixMillis};
use parlor_app::i18n::{Language, ServerPageTexts, Texts};
use parlor_app::settings::Settings;
use parlor_app::state::calendar::Zone;
use parlor_app::view::locale::Locale;

use crate::engine::now;
use crate::net::cookie;

/// Language, settings and hour format from the request's cookies and `Accept-Language`. An axum extractor that never
/// fails.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestPreferences {
    pub(super) settings: Settings,
    /// UI texts in the client's language.
    pub(super) texts: &'static Texts,
    /// Texts of server-rendered pages in the client's language.
    pub(super) page_texts: &'static ServerPageTexts,
    /// Use the 12-hour clock.
    pub(super) hour12: bool,
    /// The offset of the client's clock from UTC in minutes; 0 if it is not known.
    utc_offset_minutes: i32,
}

impl RequestPreferences {
    /// Reads the preferences from request headers. A language that is set counts more than `Accept-Language`.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let settings = cookie::settings(headers);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = settings.language.or_else(|| Language::from_accept_language(accepted?)).unwrap_or_default();
        Self {
            settings,
            texts: Texts::of(language),
            page_texts: ServerPageTexts::of(language),
            hour12: settings.hour12.unwrap_or_else(|| cookie::hour12(headers)),
            utc_offset_minutes: cookie::time_zone(headers).map_or(0, |zone| zone.offset_minutes(now().cast_signed())),
        }
    }

    /// A local day and time of day, such as "Today 09:05".
    pub(super) fn moment(&self, at: UnixMillis) -> String {
        let zone = Zone::fixed(self.utc_offset_minutes);
        Locale { texts: self.texts, zone, hour12: self.hour12 }.moment(at, now())
    }
}

impl<S: Sync> FromRequestParts<S> for RequestPreferences {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::from_headers(&parts.headers))
    }
}

//! Who asks for a page, as far as that decides how it is drawn: their language and what they have set.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use parlor_app::settings::Settings;
use parlor_app::words::{Language, PageWords, Words};

use crate::net::cookie;

/// What their browser tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) settings: Settings,
    pub(super) words: &'static Words,
    pub(super) pages: &'static PageWords,
    /// Whether their clock begins again at noon.
    pub(super) half_days: bool,
}

impl Reader {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let settings = cookie::settings(headers);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = settings.language.or_else(|| Language::accepted(accepted?)).unwrap_or_default();
        Self {
            settings,
            words: Words::of(language),
            pages: PageWords::of(language),
            half_days: settings.half_days.unwrap_or_else(|| cookie::half_days(headers)),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

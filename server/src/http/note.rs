//! The note on a page about the form that was sent last.

use axum::http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;

use super::request_preferences::RequestPreferences;

/// Query parameter of a redirect after a form that has taken effect. The page then shows [`Note::Saved`].
pub(super) const SAVED: &str = "saved";

/// The query of a page that is shown after a form.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SavedQuery {
    /// Whether a form has taken effect just now.
    saved: Option<String>,
}

impl SavedQuery {
    /// The note for it.
    pub(super) fn note(&self) -> Option<Note> {
        self.saved.as_ref().map(|_| Note::Saved)
    }
}

/// What has become of a form.
#[derive(Clone, Debug)]
pub(super) enum Note {
    /// It has taken effect.
    Saved,
    /// It was refused, with this status and explanation.
    Refused(StatusCode, String),
}

impl Note {
    /// The status of the page.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Saved => StatusCode::OK,
            Self::Refused(status, _) => *status,
        }
    }

    /// The note as HTML.
    pub(super) fn render(self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        match self {
            Self::Saved => view! { <p class="note" role="status">{preferences.page_texts.saved()}</p> }.into_any(),
            Self::Refused(_, text) => view! { <p class="note bad" role="alert">{text}</p> }.into_any(),
        }
    }
}

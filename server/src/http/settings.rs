//! What a reader may set, on a page that needs no script.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::components::settings::choices;
use parlor_app::settings::Settings;

use super::document::Document;
use super::reader::Reader;
use crate::net::cookie;

/// `GET /settings`.
pub(super) async fn settings(State(document): State<Document>, reader: Reader) -> Response {
    let words = reader.words;
    let content = view! {
        <p>{words.kept_here()}</p>
        <form method="post" action="/settings" class="settings">
            {choices(words, reader.settings)}
            <button class="main">{words.save()}</button>
        </form>
        <p><a href="/">{reader.pages.to_room()}</a></p>
    };
    document.answer(&reader, StatusCode::OK, words.settings(), content)
}

/// `POST /settings`.
pub(super) async fn set(form: String) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/settings")]).into_response();
    let kept = cookie::keep_settings(Settings::parse(&form));
    if let Ok(kept) = HeaderValue::from_str(&kept) {
        response.headers_mut().insert(header::SET_COOKIE, kept);
    }
    response
}

//! The settings page, which needs no script.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::components::settings::choices;
use parlor_app::settings::Settings;

use super::page_template::PageTemplate;
use super::request_preferences::RequestPreferences;
use crate::net::cookie;

/// `GET /settings`.
pub(super) async fn settings_page(State(template): State<PageTemplate>, preferences: RequestPreferences) -> Response {
    let texts = preferences.texts;
    let content = view! {
        <p>{texts.settings_stored_here()}</p>
        <form method="post" action="/settings" class="settings">
            {choices(texts, preferences.settings)}
            <button class="main">{texts.save()}</button>
        </form>
        <p><a href="/">{preferences.page_texts.to_room()}</a></p>
    };
    template.render(&preferences, StatusCode::OK, texts.settings(), content)
}

/// `POST /settings`: stores the settings in a cookie and redirects to the page. Invalid values become defaults.
pub(super) async fn save_settings(form: String) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/settings")]).into_response();
    let cookie = cookie::settings_cookie(Settings::parse(&form));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

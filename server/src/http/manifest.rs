//! The web app manifest (W3C, "Web Application Manifest") and the app icons, with which browsers install the page as an
//! app.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use parlor_app::settings::Settings;
use serde_json::json;

use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use crate::net::HttpError;

/// The app icons: file name, media type and content. `bin/icons` generates them.
const ICONS: [(&str, &str, &[u8]); 6] = [
    ("icon.svg", "image/svg+xml", include_bytes!("../../../style/app/icon.svg")),
    ("maskable.svg", "image/svg+xml", include_bytes!("../../../style/app/maskable.svg")),
    ("icon-192.png", "image/png", include_bytes!("../../../style/app/icon-192.png")),
    ("icon-512.png", "image/png", include_bytes!("../../../style/app/icon-512.png")),
    ("maskable-512.png", "image/png", include_bytes!("../../../style/app/maskable-512.png")),
    ("touch-180.png", "image/png", include_bytes!("../../../style/app/touch-180.png")),
];

/// `Cache-Control` of icons: a day, since an icon may change with a new version.
const ICON_CACHE_CONTROL: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));

/// The URL paths of all icons.
pub(super) fn icon_paths() -> impl Iterator<Item = String> {
    ICONS.iter().map(|(name, ..)| icon_path(name))
}

fn icon_path(name: &str) -> String {
    format!("/app/{name}")
}

/// `GET /app/NAME`: an app icon.
pub(super) async fn icon(Path(name): Path<String>) -> Response {
    match ICONS.iter().find(|(known, ..)| *known == name) {
        Some((_, media_type, bytes)) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), ICON_CACHE_CONTROL], *bytes).into_response()
        }
        None => HttpError::UnknownPath.into_response(),
    }
}

/// `GET /app.webmanifest`: the manifest in the client's language.
pub(super) async fn manifest(State(state): State<PageState>, preferences: RequestPreferences) -> Response {
    let name = state.template.server_name();
    let language = preferences.texts.language();
    let [background, _] = Settings::default().bar_colours();
    let icon = |name: &str, sizes: &str, purpose: &str| {
        let media_type = if name.ends_with(".svg") { "image/svg+xml" } else { "image/png" };
        json!({ "src": icon_path(name), "sizes": sizes, "type": media_type, "purpose": purpose })
    };
    let manifest = json!({
        "id": "/",
        "name": name,
        "short_name": name,
        "description": preferences.texts.about_parlor(),
        "lang": language.tag(),
        "dir": language.direction(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": background,
        "theme_color": background,
        "categories": ["social"],
        "icons": [
            icon("icon.svg", "any", "any"),
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("maskable.svg", "any", "maskable"),
            icon("maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": [{ "name": preferences.page_texts.all_rooms(), "url": "/rooms" }],
    });
    let media_type = HeaderValue::from_static("application/manifest+json");
    (
        [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))],
        manifest.to_string(),
    )
        .into_response()
}

//! What a browser needs to install the page as an app: its manifest (W3C, "Web Application Manifest") and pictures.

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use parlor_app::settings::Settings;
use serde_json::json;

use super::reader::Reader;
use crate::net::HttpError;

/// The pictures, by their names: `bin/icons` draws them.
const PICTURES: [(&str, &str, &[u8]); 6] = [
    ("icon.svg", "image/svg+xml", include_bytes!("../../../style/app/icon.svg")),
    ("maskable.svg", "image/svg+xml", include_bytes!("../../../style/app/maskable.svg")),
    ("icon-192.png", "image/png", include_bytes!("../../../style/app/icon-192.png")),
    ("icon-512.png", "image/png", include_bytes!("../../../style/app/icon-512.png")),
    ("maskable-512.png", "image/png", include_bytes!("../../../style/app/maskable-512.png")),
    ("touch-180.png", "image/png", include_bytes!("../../../style/app/touch-180.png")),
];

/// A picture may change with a new version: a day is soon enough to see it.
const KEPT: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));

/// The addresses of the pictures.
pub(super) fn pictures() -> impl Iterator<Item = String> {
    PICTURES.iter().map(|(name, ..)| address(name))
}

fn address(picture: &str) -> String {
    format!("/app/{picture}")
}

/// `GET /app/NAME`.
pub(super) async fn picture(Path(name): Path<String>) -> Response {
    match PICTURES.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, bytes)) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), KEPT], *bytes).into_response()
        }
        None => HttpError::UnknownAddress.into_response(),
    }
}

/// `GET /app.webmanifest`, in the reader's language.
pub(super) async fn manifest(reader: Reader) -> Response {
    let language = reader.words.language();
    let [paper, _] = Settings::default().bars();
    let icon = |name: &str, sizes: &str, purpose: &str| {
        let kind = if name.ends_with(".svg") { "image/svg+xml" } else { "image/png" };
        json!({ "src": address(name), "sizes": sizes, "type": kind, "purpose": purpose })
    };
    let manifest = json!({
        "id": "/",
        "name": "Parlor",
        "short_name": "Parlor",
        "description": reader.words.about_parlor(),
        "lang": language.tag(),
        "dir": language.direction(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "categories": ["social"],
        "icons": [
            icon("icon.svg", "any", "any"),
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("maskable.svg", "any", "maskable"),
            icon("maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": [{ "name": reader.pages.all_rooms(), "url": "/rooms" }],
    });
    let kind = HeaderValue::from_static("application/manifest+json");
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))],
        manifest.to_string(),
    )
        .into_response()
}

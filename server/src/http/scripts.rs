//! The small scripts of pages that work without them.

use axum::http::header;
use axum::response::IntoResponse;

/// Path of the script that shows how to share something: the buttons of a page, and the app's dialog.
pub(super) const SHARE_SCRIPT_PATH: &str = "/app/share.js";

/// Path of the script that deletes what the browser stores of this server.
pub(super) const ERASE_SCRIPT_PATH: &str = "/app/erase.js";

/// `GET /app/share.js`.
pub(super) async fn share_script() -> impl IntoResponse {
    script(include_str!("../../../frontend/share.js"))
}

/// `GET /app/erase.js`.
pub(super) async fn erase_script() -> impl IntoResponse {
    script(include_str!("../../../frontend/erase.js"))
}

fn script(text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], text)
}

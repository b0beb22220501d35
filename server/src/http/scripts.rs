//! The small scripts of pages that work without them.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use super::headers::SCRIPT_POLICY;
use super::routes::Route;

/// Handler of [`Route::ShareScript`]: the buttons that share a link, and the app's dialog.
pub(super) async fn share_script() -> impl IntoResponse {
    file(include_str!("../../../frontend/share.js"))
}

/// Handler of [`Route::EraseScript`], which deletes what the browser stores of this server.
pub(super) async fn erase_script() -> impl IntoResponse {
    file(include_str!("../../../frontend/erase.js"))
}

fn file(text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], text)
}

/// Renders the element that loads a script. The page needs [`allow_scripts`], too.
pub(super) fn script(route: Route) -> impl IntoView + use<> {
    view! { <script type="module" src=route.path()></script> }
}

/// Allows the scripts of this server to run on a page.
pub(super) fn allow_scripts(mut page: Response) -> Response {
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SCRIPT_POLICY));
    page
}

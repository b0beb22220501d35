//! Offline support: the service worker, and the offline document that it caches: a page without a room.
//!
//! [Service Workers](https://w3c.github.io/ServiceWorker/)

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Request, header};
use axum::response::{IntoResponse, Response};
use parlor_app::initial_page::{InitialPage, ServerInfo};
use parlor_app::state::initial_state::InitialState;
use serde_json::json;

use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use super::{StaticAssets, manifest};
use crate::net::ClientInfo;

/// Path of the offline document.
pub(super) const OFFLINE_PATH: &str = "/offline";

/// `GET /offline`: the offline document.
pub(super) async fn offline_document(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    request: Request<Body>,
) -> Response {
    let initial_page = InitialPage {
        state: InitialState {
            settings: preferences.settings,
            build: state.build_id.to_owned(),
            ..InitialState::default()
        },
        now: 0,
        texts: preferences.texts,
        hour12: preferences.hour12,
        server: ServerInfo { name: state.template.server_name(), ..ServerInfo::default() },
        form_id: String::new(),
    };
    state.render(&client, initial_page, request).await
}

/// `GET /service-worker.js`: the script with constants for the build and the language put before it.
///
/// A browser updates the worker when the text of the script changes.
pub(super) async fn service_worker(State(assets): State<StaticAssets>, preferences: RequestPreferences) -> Response {
    let build = json!(format!("{}-{}", assets.build_id(), preferences.texts.language().tag()));
    let files = assets.paths().chain(manifest::icon_paths()).chain(["/app.webmanifest".to_owned()]);
    let (document, files) = match assets {
        StaticAssets::Embedded => (json!(OFFLINE_PATH), files.collect()),
        // In development nothing is cached, since the worker would serve the old files after a rebuild.
        StaticAssets::Directory(_) => (json!(null), Vec::new()),
    };
    let files = json!(files);
    let worker = include_str!("../../../frontend/service-worker.js");
    let script =
        format!("const BUILD = {build}\nconst OFFLINE_DOCUMENT = {document}\nconst FILES = {files}\n\n{worker}");
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'"),
    ];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), script).into_response()
}

//! What a browser keeps so that the page opens without a network: a worker that keeps it, and the page of no room.
//!
//! [Service Workers](https://w3c.github.io/ServiceWorker/)

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Request, header};
use axum::response::{IntoResponse, Response};
use parlor_app::Boot;
use serde_json::json;

use super::page::Pages;
use super::reader::Reader;
use super::{Site, manifest};
use crate::net::Client;

/// Where the page of no room is.
pub(super) const SHELL: &str = "/offline";

/// The same as a path's only segment.
pub(super) const SHELL_NAME: &str = "offline";

/// `GET /offline`.
pub(super) async fn shell(
    State(pages): State<Pages>,
    reader: Reader,
    client: Client,
    request: Request<Body>,
) -> Response {
    let boot = Boot::blank(reader.settings, reader.words, reader.half_days, pages.build);
    pages.answer(&client, boot, None, request).await
}

/// `GET /service-worker.js`: another one for each build and language, for it is by its text that a browser notices.
pub(super) async fn worker(State(site): State<Site>, reader: Reader) -> Response {
    let build = json!(format!("{}-{}", site.build(), reader.words.language().tag()));
    let files = site.files().chain(manifest::pictures()).chain(["/app.webmanifest".to_owned()]);
    let (shell, files) = match site {
        Site::Embedded => (json!(SHELL), files.collect()),
        // In development nothing is kept: what is built anew would be served as it was.
        Site::Directory(_) => (json!(null), Vec::new()),
    };
    let files = json!(files);
    let worker = include_str!("../../../frontend/service-worker.js");
    let script = format!("const BUILD = {build}\nconst SHELL = {shell}\nconst FILES = {files}\n\n{worker}");
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'"),
    ];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), script).into_response()
}

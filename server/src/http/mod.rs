//! The HTTP side: the accept loop, the page, the built site, what protects them, and what a session does by forms.

mod accept;
mod address;
mod assets;
mod device;
mod document;
mod encoding;
mod error_page;
mod form;
mod headers;
mod manifest;
mod offline;
mod page;
mod panics;
mod reader;
mod rooms;
mod settings;
mod sign_out;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use parlor::limits;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

pub(crate) use accept::{Bounds, accept};
pub(crate) use assets::Site;
pub(crate) use page::Pages;

use self::device::Devices;
use self::document::Document;
use self::rooms::Rooms;
use crate::net::HttpError;
use crate::net::client::{Clients, identify};
use crate::net::origin;
use crate::ws;

/// Every address that the server answers.
pub(crate) fn router(pages: Pages, site: Site, sockets: ws::WsState, clients: Clients) -> Router {
    let document = Document::new(&pages.options);
    let sessions = Router::new()
        .route("/sign-out", post(sign_out::sign_out))
        .route("/device", post(device::offer))
        .route("/device/{code}", get(device::ask).post(device::take))
        .with_state(Devices::new(&pages));
    let rooms = Router::new().route("/rooms", get(rooms::rooms)).with_state(Rooms::new(&pages));
    let settings =
        Router::new().route("/settings", get(settings::settings).post(settings::set)).with_state(document.clone());
    let files = Router::new()
        .route("/pkg/{*path}", get(assets::serve))
        .route("/service-worker.js", get(offline::worker))
        .with_state(site);
    let pages = Router::new()
        .route("/", get(page::lobby).post(form::lobby))
        .route("/r/{room}", get(page::room).post(form::room))
        .route("/r/{room}/{seq}", get(page::message))
        .route(offline::SHELL, get(offline::shell))
        .with_state(pages)
        .merge(rooms)
        .merge(settings)
        // There is nothing in a page that its length may not tell: the session's secret is in its cookie alone.
        .layer(CompressionLayer::new());
    let routes = Router::new()
        .merge(pages)
        .merge(sessions)
        .merge(Router::new().route("/ws/chat", get(ws::chat)).with_state(sockets))
        .merge(files)
        .route("/app.webmanifest", get(manifest::manifest))
        .route("/app/{name}", get(manifest::picture))
        .route("/healthz", get(|| async { "ok" }))
        // Private by default: a host that wants to be found can say so in front of Parlor.
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .fallback(|| async { HttpError::UnknownAddress.into_response() });
    protect(routes, clients, document)
}

/// Adds what applies to every answer, that to an unknown address included.
fn protect(routes: Router, clients: Clients, document: Document) -> Router {
    routes
        .layer(middleware::from_fn(address::redirect))
        .layer(middleware::from_fn(origin::refuse_foreign_forms))
        .layer(RequestBodyLimitLayer::new(limits::HTTP_BODY_BYTES))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(clients, identify))
        .layer(panics::layer())
        .layer(middleware::from_fn_with_state(document, error_page::replace))
        .layer(middleware::map_response(headers::harden))
}

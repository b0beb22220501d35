//! HTTP: the accept loop, pages, forms, static assets, and the middleware around them.
//!
//! - [`accept`] accepts connections; [`router`] has all routes except that of the WebSocket, which the caller adds;
//! - [`room_page`] renders the app with a room, and [`room_form`] handles its forms;
//! - [`page_template`] renders the pages without script: [`room_list`], [`settings`], [`device`] and [`error_page`];
//! - [`static_assets`], [`manifest`] and [`offline`] serve what the page loads, installs and stores;
//! - [`canonical_path`], [`headers`] and [`panics`] are middleware for every route.

mod accept;
mod canonical_path;
mod content_encoding;
mod device;
mod error_page;
mod headers;
mod manifest;
mod offline;
mod page_template;
mod panics;
mod request_preferences;
mod room_form;
mod room_list;
mod room_page;
mod settings;
mod sign_out;
mod static_assets;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use parlor::limits;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

pub(crate) use accept::{ConnectionLimits, accept_connections};
pub(crate) use room_page::PageState;
pub(crate) use static_assets::StaticAssets;

use self::device::DeviceState;
use self::page_template::PageTemplate;
use self::room_list::RoomListState;
use crate::net::HttpError;
use crate::net::client_info::{ClientResolver, resolve_client};
use crate::net::origin_check;

/// The router of the whole server. `websocket` has the route of the WebSocket.
pub(crate) fn router(
    page_state: PageState,
    assets: StaticAssets,
    websocket: Router,
    resolver: ClientResolver,
) -> Router {
    let template = PageTemplate::new(&page_state.options);
    let sessions = Router::new()
        .route("/sign-out", post(sign_out::sign_out))
        .route("/device", post(device::create_link))
        .route("/device/{code}", get(device::confirm_link).post(device::redeem_link))
        .with_state(DeviceState::new(&page_state));
    let room_list =
        Router::new().route("/rooms", get(room_list::room_list_page)).with_state(RoomListState::new(&page_state));
    let settings = Router::new()
        .route("/settings", get(settings::settings_page).post(settings::save_settings))
        .with_state(template.clone());
    let files = Router::new()
        .route("/pkg/{*path}", get(static_assets::serve))
        .route("/service-worker.js", get(offline::service_worker))
        .with_state(assets);
    let pages = Router::new()
        .route("/", get(room_page::lobby).post(room_form::post_to_lobby))
        .route("/r/{room}", get(room_page::room).post(room_form::post_to_room))
        .route("/r/{room}/{seq}", get(room_page::message))
        .route(offline::OFFLINE_PATH, get(offline::offline_document))
        .with_state(page_state)
        .merge(room_list)
        .merge(settings)
        // Compression can't reveal a secret by the length of a page: the session token is only in the cookie.
        .layer(CompressionLayer::new());
    let routes = Router::new()
        .merge(pages)
        .merge(sessions)
        .merge(websocket)
        .merge(files)
        .route("/app.webmanifest", get(manifest::manifest))
        .route("/app/{name}", get(manifest::icon))
        .route("/healthz", get(|| async { "ok" }))
        // Search engines are excluded by default. A proxy in front of Parlor can serve another `robots.txt`.
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .fallback(|| async { HttpError::UnknownPath.into_response() });
    protect(routes, resolver, template)
}

/// Adds the middleware of every route, the fallback included.
fn protect(routes: Router, resolver: ClientResolver, template: PageTemplate) -> Router {
    routes
        .layer(middleware::from_fn(canonical_path::redirect_to_canonical_path))
        .layer(middleware::from_fn(origin_check::reject_cross_origin_forms))
        .layer(RequestBodyLimitLayer::new(limits::HTTP_BODY_BYTES))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(resolver, resolve_client))
        .layer(panics::catch_panics())
        .layer(middleware::from_fn_with_state(template, error_page::render_error_page))
        .layer(middleware::map_response(headers::add_security_headers))
}

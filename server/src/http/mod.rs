//! HTTP: the accept loop, pages, forms, static assets, and the middleware around them.
//!
//! - [`accept`] accepts connections; [`routes`] lists all routes, and [`router`] gives each its handler;
//! - [`room_page`] renders the app with a room, and [`room_form`] handles its forms;
//! - [`path_room`] reads the room of a path; [`admission`] keeps those out who may not come in to the server;
//! - [`page_template`] renders the pages without script: [`room_list`], [`new_room`], [`room_settings`], [`share`],
//!   [`invitation`], [`settings`], [`sessions`], [`recovery`], [`device`] and [`error_page`];
//! - for a [`server_owner`] there are [`server_settings`], [`server_people`], [`bot_tokens`] and [`audit_log`];
//! - [`form_fields`] reads forms, [`invitation_terms`] the fields of invitations, and [`error_status`] has the status of
//!   a rejected form;
//! - [`static_assets`], [`manifest`] and [`offline`] serve what the page loads, installs and stores;
//! - [`canonical_path`], [`headers`] and [`panics`] are middleware for every route.

mod accept;
mod admission;
mod audience;
mod audit_log;
mod bot_tokens;
mod canonical_path;
mod content_encoding;
mod device;
mod error_page;
mod error_status;
mod finish_forms;
mod form_fields;
mod headers;
mod invitation;
mod invitation_terms;
mod manifest;
mod new_room;
mod note;
mod offline;
mod page_template;
mod panics;
mod path_room;
mod qr_code;
mod recovery;
mod request_preferences;
mod revocable_item;
mod room_form;
mod room_list;
mod room_page;
mod room_settings;
mod routes;
mod scripts;
mod server_owner;
mod server_people;
mod server_settings;
mod sessions;
mod settings;
mod share;
mod share_link;
mod sign_out;
mod static_assets;
mod text_area;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, any, get, post};
use parlor::limits;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

pub(crate) use accept::{ConnectionLimits, accept_connections};
pub(crate) use page_template::PageTemplate;
pub(crate) use room_page::PageState;
pub use routes::Route;
pub(crate) use static_assets::StaticAssets;

use crate::net::HttpError;
use crate::net::client_info::{ClientResolver, resolve_client};
use crate::net::origin_check;

/// The router of the whole server. `websocket` is the handler of [`Route::WebSocket`].
pub(crate) fn router(
    page_state: PageState,
    assets: StaticAssets,
    websocket: MethodRouter,
    resolver: ClientResolver,
) -> Router {
    let template = page_state.template.clone();
    let states = States { page: page_state, template: template.clone(), assets, websocket };
    let admission = middleware::from_fn_with_state(states.page.clone(), admission::require_admission);
    let routes = Route::ALL.iter().fold(Router::new(), |router, route| {
        let handler = states.handler(*route);
        router.route(route.path(), if route.is_for_strangers() { handler } else { handler.layer(admission.clone()) })
    });
    let unknown_path = any(|| async { HttpError::UnknownPath.into_response() }).layer(admission);
    protect(routes.fallback_service(unknown_path), resolver, template)
}

/// The states of all handlers.
struct States {
    page: PageState,
    template: PageTemplate,
    assets: StaticAssets,
    websocket: MethodRouter,
}

impl States {
    fn handler(&self, route: Route) -> MethodRouter {
        // Compression can't reveal a secret by the length of a page: the session token is only in the cookie.
        let page =
            |handler: MethodRouter<PageState>| handler.with_state(self.page.clone()).layer(CompressionLayer::new());
        match route {
            Route::Lobby | Route::Room | Route::PrivateRoom => page(get(room_page::room).post(room_form::post_to_room)),
            Route::Message | Route::PrivateMessage => page(get(room_page::message)),
            Route::RoomSettings | Route::PrivateRoomSettings => {
                page(get(room_settings::settings_page).post(room_settings::change))
            }
            Route::ShareRoom | Route::SharePrivateRoom => page(get(share::share_page)),
            Route::RoomList => page(get(room_list::room_list_page)),
            Route::NewRoom => page(get(new_room::new_room_page).post(new_room::create_room)),
            Route::Invitation => page(get(invitation::confirm).post(invitation::accept)),
            Route::Sessions => page(get(sessions::sessions_page).post(sessions::end_sessions)),
            Route::Recovery => page(get(recovery::recovery_page).post(recovery::change)),
            Route::SignIn => page(get(recovery::sign_in_page).post(recovery::sign_in)),
            Route::Server => page(get(server_settings::server_page).post(server_settings::change)),
            Route::ServerPeople => page(get(server_people::people_page).post(server_people::change)),
            Route::ServerBots => page(get(bot_tokens::bots_page).post(bot_tokens::change)),
            Route::AuditLog => page(get(audit_log::audit_page)),
            Route::Offline => page(get(offline::offline_document)),
            Route::SignOut => post(sign_out::sign_out).with_state(self.page.clone()),
            Route::NewDeviceLink => post(device::create_link).with_state(self.page.clone()),
            Route::DeviceLink => get(device::confirm_link).post(device::redeem_link).with_state(self.page.clone()),
            Route::Settings => get(settings::settings_page)
                .post(settings::save_settings)
                .with_state(self.template.clone())
                .layer(CompressionLayer::new()),
            Route::Assets => get(static_assets::serve).with_state(self.assets.clone()),
            Route::ServiceWorker => get(offline::service_worker).with_state(self.assets.clone()),
            Route::Manifest => get(manifest::manifest).with_state(self.page.clone()),
            Route::EraseScript => get(scripts::erase_script),
            Route::ShareScript => get(scripts::share_script),
            Route::Icon => get(manifest::icon),
            Route::DocumentStyle => get(page_template::stylesheet).layer(CompressionLayer::new()),
            Route::Health => get(|| async { "ok" }),
            Route::Ready => get(ready).with_state(self.page.clone()),
            // Search engines are excluded by default. A proxy in front of Parlor can serve another `robots.txt`.
            Route::Robots => get(|| async { "User-agent: *\nDisallow: /\n" }),
            Route::WebSocket => self.websocket.clone(),
        }
    }
}

/// Says whether the server can read and write what it stores, for load balancers.
async fn ready(State(state): State<PageState>) -> (StatusCode, &'static str) {
    if state.manager.is_available() { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "unavailable") }
}

/// Adds the middleware of every route, the fallback included.
fn protect(routes: Router, resolver: ClientResolver, template: PageTemplate) -> Router {
    routes
        .layer(middleware::from_fn(finish_forms::finish_forms))
        .layer(middleware::from_fn(canonical_path::redirect_to_canonical_path))
        .layer(middleware::from_fn(origin_check::reject_cross_origin_forms))
        .layer(RequestBodyLimitLayer::new(limits::HTTP_BODY_BYTES))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(resolver, resolve_client))
        .layer(panics::catch_panics())
        .layer(middleware::from_fn_with_state(template, error_page::render_error_page))
        .layer(middleware::map_response(headers::add_security_headers))
}

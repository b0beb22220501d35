//! Keeps those out who may not come in to the server: they get the same response whatever they request.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error_page::EraseStores;
use super::room_page::PageState;
use crate::access::{Actor, ServerAction};
use crate::chat::Session;
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError, cookie};

/// Middleware that lets a request pass if its session may visit the server.
///
/// A browser with the cookie of a session that may not come in, or has ended, has stored messages: the page deletes them.
pub(super) async fn require_admission(
    State(state): State<PageState>,
    client: ClientInfo,
    request: Request,
    next: Next,
) -> Response {
    let manager = &state.manager;
    // On a server that everybody may visit no session is looked up.
    if manager.may_on_server(Actor::Plain { named: false }, ServerAction::Visit).is_ok() {
        return next.run(request).await;
    }
    let Ok(session) = identify(manager, &client, request.headers()).await else {
        return HttpError::Unavailable.into_response();
    };
    let may_visit = |session: &Session| manager.may_on_server(manager.person(session), ServerAction::Visit).is_ok();
    if session.is_some_and(|session| may_visit(&session)) {
        return next.run(request).await;
    }
    let mut response = HttpError::MembersOnly.into_response();
    if cookie::session(request.headers(), client.is_https()).is_some() {
        response.extensions_mut().insert(EraseStores);
    }
    response
}

//! Keeps those out who may not come in to the server: they get the same response whatever they request.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::room_page::PageState;
use crate::access::{Actor, ServerAction};
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError};

/// Middleware that lets a request pass if its session may visit the server.
///
/// A browser that had a session has stored messages, which it is told to delete.
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
    let Some(session) = session else { return HttpError::MembersOnly.into_response() };
    if manager.may_on_server(manager.person(&session), ServerAction::Visit).is_ok() {
        return next.run(request).await;
    }
    let mut response = HttpError::MembersOnly.into_response();
    let clear = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"storage\""));
    response.headers_mut().insert(clear.0, clear.1);
    response
}

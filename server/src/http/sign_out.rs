//! Signing out by a form, so that it works without a WebSocket.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::device::DeviceState;
use crate::chat::Session;
use crate::net::{ClientInfo, cookie};

/// `POST /sign-out`: ends the session and all of its connections, and removes its cookie.
pub(super) async fn sign_out(State(state): State<DeviceState>, client: ClientInfo, headers: HeaderMap) -> Response {
    if let Some(token) = cookie::session(&headers) {
        state.links.revoke(&token);
        state.manager.sign_out(&Session::of(&token)).await;
    }
    let expired = cookie::expired_session_cookie(client.is_https());
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, expired)]).into_response()
}

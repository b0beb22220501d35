//! Signing out: a form of the page, so that it also works where the socket does not.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::device::Devices;
use crate::chat::Session;
use crate::net::{Client, cookie};

/// `POST /sign-out`.
pub(super) async fn sign_out(State(devices): State<Devices>, client: Client, headers: HeaderMap) -> Response {
    if let Some(token) = cookie::session(&headers) {
        devices.links.revoke(&token);
        devices.manager.sign_out(&Session::of(&token)).await;
    }
    let expired = cookie::end_session(client.is_https());
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, expired)]).into_response()
}

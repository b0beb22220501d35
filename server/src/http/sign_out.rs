//! Signing out by a form, so that it works without a WebSocket.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::room_page::PageState;
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError, cookie};

/// `POST /sign-out`: ends the session, closes its connections and removes its cookie.
pub(super) async fn sign_out(State(state): State<PageState>, client: ClientInfo, headers: HeaderMap) -> Response {
    let outcome = match identify(&state.manager, &client, &headers).await {
        Ok(Some(session)) => state.manager.sign_out(&session).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => signed_out(&client),
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

/// The response to a browser whose session has ended.
pub(super) fn signed_out(client: &ClientInfo) -> Response {
    let cookies = cookie::set_cookies(cookie::remove_session(client.is_https()));
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/")], cookies).into_response()
}

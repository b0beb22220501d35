//! Device links: a single-use link with which another browser gets a session of the same account.
//!
//! A GET of the link only asks for confirmation, so that link previews do not use it up.

mod pages;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use crate::net::device_name::device_name;
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError, cookie};

/// `POST /device`: creates a link for the session of the cookie, and shows it.
pub(super) async fn create_link(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let Ok(session) = identify(&state.manager, &client, &headers).await else {
        return HttpError::Unavailable.into_response();
    };
    let Some(origin) = client.origin else {
        return HttpError::InvalidHost.into_response();
    };
    let named = session.and_then(|session| Some((state.manager.author(&session)?, session)));
    let Some((author, session)) = named else {
        return HttpError::NameRequired.into_response();
    };
    match state.manager.create_device_link(&session, client.address).await {
        Ok(Some(code)) => {
            state.template.device_link(&preferences, author.name.as_str(), &format!("{origin}/device/{code}"))
        }
        Ok(None) => HttpError::NameRequired.into_response(),
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

/// `GET /device/CODE`: asks whether to continue as that person in this browser.
pub(super) async fn confirm_link(
    State(state): State<PageState>,
    Path(code): Path<String>,
    preferences: RequestPreferences,
) -> Response {
    match state.manager.device_link_name(&code).await {
        Ok(Some(name)) => state.template.confirm_device_link(&preferences, name.as_str(), &code),
        Ok(None) => state.template.device_link_expired(&preferences),
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

/// `POST /device/CODE`: uses the link up and gives this browser a session of its account.
pub(super) async fn redeem_link(
    State(state): State<PageState>,
    Path(code): Path<String>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let token = match state.manager.device_link_name(&code).await {
        Ok(Some(_)) => state.manager.redeem_device_link(&code, &device_name(&headers)).await,
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    match token {
        Ok(Some(token)) => {
            let cookies = cookie::set_cookies(cookie::set_session(&token, client.is_https()));
            (StatusCode::SEE_OTHER, [(header::LOCATION, "/")], cookies).into_response()
        }
        Ok(None) => state.template.device_link_expired(&preferences),
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

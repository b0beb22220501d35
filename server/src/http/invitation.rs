//! Invitations to private rooms. A GET only asks, so that link previews use nothing up.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::i18n::fill;

use super::canonical_path::room_location;
use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use crate::engine::EngineError;
use crate::net::sign_in::{RequestSession, sign_in};
use crate::net::{ClientInfo, HttpError, cookie};

/// `GET /invite/CODE`: says which room it is, and asks whether to enter it.
pub(super) async fn confirm(
    State(state): State<PageState>,
    Path(code): Path<String>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let title = match state.manager.invitation(&code).await {
        Ok(Some((_, title))) => title,
        Ok(None) => return invitation_over(&state, &preferences),
        Err(_) => return HttpError::Unavailable.into_response(),
    };
    // The form needs the cookie of a session.
    let Ok(RequestSession { cookies, .. }) = sign_in(&state.manager, &client, &headers).await else {
        return HttpError::Unavailable.into_response();
    };
    let texts = preferences.page_texts;
    let content = view! {
        <p>{fill(texts.invited_what(), &[&title])}</p>
        <form method="post" action=format!("/invite/{code}")>
            <button class="main">{texts.accept_invitation()}</button>
        </form>
        <p><a href="/">{texts.device_no()}</a></p>
    };
    let page = state.template.render(&preferences, StatusCode::OK, texts.invited(), content);
    (cookie::set_cookies(cookies), page).into_response()
}

/// `POST /invite/CODE`: makes the visitor a member of the room and opens it.
pub(super) async fn accept(
    State(state): State<PageState>,
    Path(code): Path<String>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    if cookie::session(&headers, client.is_https()).is_none() {
        return HttpError::MissingCookie.into_response();
    }
    let Ok(RequestSession { session, cookies }) = sign_in(&state.manager, &client, &headers).await else {
        return HttpError::Unavailable.into_response();
    };
    match state.manager.accept_invitation(&session, &code).await {
        Ok(Some(room)) => {
            let location = [(header::LOCATION, room_location(&room))];
            (StatusCode::SEE_OTHER, location, cookie::set_cookies(cookies)).into_response()
        }
        Ok(None) => invitation_over(&state, &preferences),
        Err(EngineError::TooManyMembers) => {
            let texts = preferences.page_texts;
            let content = view! { <p><a href="/">{texts.to_lobby()}</a></p> };
            state.template.render(&preferences, StatusCode::CONFLICT, texts.too_many_members(), content)
        }
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

fn invitation_over(state: &PageState, preferences: &RequestPreferences) -> Response {
    let texts = preferences.page_texts;
    let content = view! {
        <p>{texts.invitation_over_why()}</p>
        <p><a href="/">{texts.to_lobby()}</a></p>
    };
    state.template.render(preferences, StatusCode::GONE, texts.invitation_over(), content)
}

//! Invitations to the server and to private rooms. A GET only asks, so that link previews use nothing up.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::i18n::fill;

use super::canonical_path::room_location;
use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use super::server_settings;
use crate::access::{Admission, ServerRole};
use crate::engine::{EngineError, Offer};
use crate::net::sign_in::{RequestSession, sign_in};
use crate::net::{ClientInfo, HttpError, cookie};

/// `GET /invite/CODE`: says what it is for, and asks whether to accept it.
pub(super) async fn confirm(
    State(state): State<PageState>,
    Path(code): Path<String>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let offer = match state.manager.invitation(&code).await {
        Ok(Some(offer)) => offer,
        Ok(None) => return invitation_over(&state, &preferences),
        Err(_) => return HttpError::Unavailable.into_response(),
    };
    // The form needs the cookie of a session.
    let Ok(RequestSession { session, cookies }) = sign_in(&state.manager, &client, &headers).await else {
        return HttpError::Unavailable.into_response();
    };
    let (texts, server) = (preferences.page_texts, state.manager.server_policy());
    let is_member = state.manager.server_role(&session).is_some();
    if is_member && matches!(offer, Offer { room: None, role: Some(ServerRole::Member) }) {
        let content = view! { <p><a href="/">{texts.to_lobby()}</a></p> };
        let title = fill(texts.already_member(), &[&server.name]);
        return state.template.render(&preferences, StatusCode::OK, &title, content);
    }
    let (what, button) = match &offer {
        Offer { room: Some((_, title)), .. } => (fill(texts.invited_what(), &[title]), texts.accept_invitation()),
        Offer { role: Some(ServerRole::Owner), .. } => {
            (fill(texts.invited_owner_what(), &[&server.name]), texts.accept_ownership())
        }
        Offer { .. } => (fill(texts.invited_server_what(), &[&server.name]), texts.accept_server_invitation()),
    };
    // A stranger does not read it before they come in, but those who are invited to the server do.
    let is_shown = !server.welcome.is_empty() && (offer.role.is_some() || server.admission != Admission::Invited);
    let welcome = is_shown.then(|| view! { <p class="welcome" dir="auto">{server.welcome.clone()}</p> });
    let content = view! {
        <p>{what}</p>
        {welcome}
        <form method="post" action=format!("/invite/{code}")>
            <button class="main">{button}</button>
        </form>
        <p><a href="/">{texts.device_no()}</a></p>
    };
    let page = state.template.render(&preferences, StatusCode::OK, texts.invited(), content);
    (cookie::set_cookies(cookies), page).into_response()
}

/// `POST /invite/CODE`: gives the visitor what the invitation offers, and opens it.
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
    let texts = preferences.page_texts;
    match state.manager.accept_invitation(&session, &code).await {
        Ok(Some(offer)) => {
            let location = match offer {
                Offer { room: Some((room, _)), .. } => room_location(&room),
                Offer { role: Some(ServerRole::Owner), .. } => server_settings::PATH.to_owned(),
                Offer { .. } => "/".to_owned(),
            };
            (StatusCode::SEE_OTHER, [(header::LOCATION, location)], cookie::set_cookies(cookies)).into_response()
        }
        Ok(None) => invitation_over(&state, &preferences),
        Err(EngineError::TooManyMembers) => {
            let content = view! { <p><a href="/">{texts.to_lobby()}</a></p> };
            state.template.render(&preferences, StatusCode::CONFLICT, texts.too_many_members(), content)
        }
        Err(EngineError::MembersOnly) => {
            let content = view! { <p>{texts.invitation_members_only_why()}</p> };
            state.template.render(&preferences, StatusCode::FORBIDDEN, texts.invitation_members_only(), content)
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

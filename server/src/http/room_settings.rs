//! The settings of a room: kind, title, members, invitations. Owners change them by forms that need no script; everybody
//! else who may read the room sees what applies to it.

mod access_forms;
mod forms;
mod members_section;
mod pages;
mod refusal;

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parlor::RoomName;

use self::forms::{Outcome, RoomSettingsForm};
use self::pages::SettingsView;
use super::bot_tokens;
use super::canonical_path::room_location;
use super::invitation_terms;
use super::note::{Note, SAVED, SavedQuery};
use super::path_room::PathRoom;
use super::request_preferences::RequestPreferences;
use super::room_page::{PageState, entry_error_response};
use crate::chat::{Session, SettingsError};
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError};

/// `GET /r/NAME/settings` and `GET /p/ID/settings`.
pub(super) async fn settings_page(
    State(state): State<PageState>,
    PathRoom(room): PathRoom,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
    Query(query): Query<SavedQuery>,
) -> Response {
    match session(&state, &client, &headers).await {
        Ok(session) => render(&state, &preferences, &session, &room, query.note()).await,
        Err(error) => error.into_response(),
    }
}

/// The session of the request, or one of a visitor who has none: pages of open rooms are for everybody.
pub(super) async fn session(state: &PageState, client: &ClientInfo, headers: &HeaderMap) -> Result<Session, HttpError> {
    match identify(&state.manager, client, headers).await {
        Ok(Some(session)) => Ok(session),
        Ok(None) => {
            state.manager.sign_in(None, "").await.map(|signed_in| signed_in.session).map_err(|_| HttpError::Unavailable)
        }
        Err(_) => Err(HttpError::Unavailable),
    }
}

/// Renders the page for a reader of the room.
async fn render(
    state: &PageState,
    preferences: &RequestPreferences,
    session: &Session,
    room: &RoomName,
    note: Option<Note>,
) -> Response {
    let entered = match state.manager.enter(state.manager.person(session), room).await {
        Ok(entered) => entered,
        Err(error) => return entry_error_response(error),
    };
    match SettingsView::load(&state.manager, session, &entered).await {
        Ok(view) => view.render(&state.template, preferences, note),
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

/// `POST /r/NAME/settings` and `POST /p/ID/settings`.
pub(super) async fn change(
    State(state): State<PageState>,
    PathRoom(room): PathRoom,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let session = match session(&state, &client, &headers).await {
        Ok(session) => session,
        Err(error) => return error.into_response(),
    };
    // Nobody learns from a malformed form whether there is such a room.
    if let Err(error) = state.manager.enter(state.manager.person(&session), &room).await {
        return entry_error_response(error);
    }
    if state.form_limiter.take(&client.address, Instant::now()).is_err() {
        state.manager.limit_log().reached(client.address, "POSTS_PER_SECOND");
        return HttpError::TooManyConnections.into_response();
    }
    let Some(form) = RoomSettingsForm::parse(&body) else { return HttpError::Malformed.into_response() };
    let Some(origin) = &client.origin else { return HttpError::InvalidHost.into_response() };
    match form.submit(&state.manager, &session, &client, &room).await {
        Ok(Outcome::Changed(room)) => {
            let location = format!("{}?{SAVED}", settings_path(&room));
            (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
        }
        Ok(Outcome::Gone) => {
            let lobby = room_location(&RoomName::default());
            (StatusCode::SEE_OTHER, [(header::LOCATION, lobby)]).into_response()
        }
        Ok(Outcome::Invited(code)) => {
            invitation_terms::invitation_made(&state.template, &preferences, origin, &code, settings_path(&room))
        }
        Ok(Outcome::TokenMade(token)) => {
            bot_tokens::token_made(&state.template, &preferences, origin, token, settings_path(&room), Some(&room))
        }
        Err(SettingsError::Refused(parlor::ErrorCode::OwnersOnly)) => HttpError::OwnersOnly.into_response(),
        Err(error) => {
            let note = refusal::explain(error, &preferences, &form);
            render(&state, &preferences, &session, &room, Some(note)).await
        }
    }
}

/// The path of a room's settings, as a `Location` header.
pub(super) fn settings_path(room: &RoomName) -> String {
    // The lobby's own path is `/`.
    let room = if *room == RoomName::default() { format!("/r/{room}") } else { room_location(room) };
    format!("{room}/settings")
}

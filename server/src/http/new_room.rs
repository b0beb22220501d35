//! The page that creates a room, which needs no script.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::{ErrorCode, RoomName, text};
use parlor_app::room_name;
use serde::Deserialize;

use super::canonical_path::room_location;
use super::error_status::error_status;
use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use crate::access::{Actor, RoomKind, ServerAction};
use crate::chat::SettingsError;
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError};

/// The form of the page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct NewRoomForm {
    /// The name of the room, or the title of a private one.
    #[serde(default)]
    name: String,
    /// Who may enter it.
    #[serde(default)]
    kind: String,
}

/// `GET /rooms/new`.
pub(super) async fn new_room_page(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let Ok(session) = identify(&state.manager, &client, &headers).await else {
        return HttpError::Unavailable.into_response();
    };
    // Without a name it is the form that explains what is missing.
    let allowed = match &session {
        Some(session) => state.manager.may_create_rooms(session),
        None => state.manager.may_on_server(Actor::Plain { named: false }, ServerAction::Write),
    };
    if let Err(code) = allowed {
        return not_allowed(code);
    }
    render(&state, &preferences, &NewRoomForm::default(), None)
}

/// `POST /rooms/new`: creates the room and opens it.
pub(super) async fn create_room(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
    Form(form): Form<NewRoomForm>,
) -> Response {
    let session = match identify(&state.manager, &client, &headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return HttpError::NameRequired.into_response(),
        Err(_) => return HttpError::Unavailable.into_response(),
    };
    if state.manager.resume_name(&session, client.address).await.is_err() {
        return HttpError::Unavailable.into_response();
    }
    let Some(kind) = RoomKind::parse(&form.kind) else { return HttpError::Malformed.into_response() };
    let parsed = match kind {
        RoomKind::Private => text::parse_title(&form.name).map(|title| (RoomName::default(), title)),
        _ => parse_public_name(&form.name).map(|name| (name, String::new())),
    };
    let created = match parsed {
        Ok((name, title)) => state.manager.create_room(&session, client.address, kind, name, title).await,
        Err(code) => Err(code.into()),
    };
    match created {
        Ok(room) => (StatusCode::SEE_OTHER, [(header::LOCATION, room_location(&room))]).into_response(),
        Err(SettingsError::Refused(code @ (ErrorCode::OwnersOnly | ErrorCode::MembersOnly))) => not_allowed(code),
        Err(error) => {
            let code = match error {
                SettingsError::Refused(code) => code,
                SettingsError::Directory(error) => error.into(),
                SettingsError::NobodyNamed => ErrorCode::Unknown,
            };
            render(&state, &preferences, &form, Some(code))
        }
    }
}

/// The response to somebody who may not create rooms.
fn not_allowed(code: ErrorCode) -> Response {
    match code {
        ErrorCode::OwnersOnly => HttpError::ServerOwnersOnly,
        _ => HttpError::MembersOnly,
    }
    .into_response()
}

/// Parses a typed name of a room that is not private.
///
/// # Errors
/// [`ErrorCode::RoomNameInvalid`].
pub(super) fn parse_public_name(name: &str) -> Result<RoomName, ErrorCode> {
    let name = room_name::parse_typed(name)?;
    if name.is_private() { Err(ErrorCode::RoomNameInvalid) } else { Ok(name) }
}

fn render(
    state: &PageState,
    preferences: &RequestPreferences,
    form: &NewRoomForm,
    error: Option<ErrorCode>,
) -> Response {
    let (texts, page_texts) = (preferences.texts, preferences.page_texts);
    let status = error.map_or(StatusCode::OK, error_status);
    let chosen = RoomKind::parse(&form.kind).unwrap_or_default();
    let kinds = kind_choices(preferences, &RoomKind::ALL, chosen);
    let content = view! {
        <form method="post" action="/rooms/new" class="stack">
            <label>{page_texts.room_label()}<input name="name" value=form.name.clone() required autofocus/></label>
            <fieldset><legend>{page_texts.kind()}</legend>{kinds}</fieldset>
            {error.map(|code| view! { <p class="note bad" role="alert">{texts.explain(code)}</p> })}
            <button class="main">{page_texts.create()}</button>
        </form>
        <p><a href="/rooms">{page_texts.all_rooms()}</a></p>
    };
    state.template.render(preferences, status, page_texts.new_room(), content)
}

/// Radio buttons for kinds of rooms, each explained.
pub(super) fn kind_choices(
    preferences: &RequestPreferences,
    kinds: &[RoomKind],
    chosen: RoomKind,
) -> Vec<impl IntoView + use<>> {
    let texts = preferences.page_texts;
    let choice = |kind: &RoomKind| {
        let (name, what) = match kind {
            RoomKind::Open => (texts.kind_open(), texts.kind_open_what()),
            RoomKind::Unlisted => (texts.kind_unlisted(), texts.kind_unlisted_what()),
            RoomKind::Private => (texts.kind_private(), texts.kind_private_what()),
        };
        view! {
            <label class="choice">
                <input type="radio" name="kind" value=kind.as_str() checked=*kind == chosen required/>
                <span><b>{name}</b><span class="explanation">{what}</span></span>
            </label>
        }
    };
    kinds.iter().map(choice).collect()
}

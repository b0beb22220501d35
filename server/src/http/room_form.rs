//! Joining a room and posting by HTML forms, for pages whose script does not run, or not yet.
//!
//! The form is sent to the room's own path. Success redirects back to it; a rejected form gets the page again with the
//! typed text in its fields.

use std::time::Instant;

use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest as _, State};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parlor::{ClientId, ErrorCode, RoomName};
use parlor_app::state::initial_state::RejectedForm;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::canonical_path::room_location;
use super::error_page::UnsentText;
use super::error_status::error_status;
use super::path_room::PathRoom;
use super::room_page::{PageRequest, PageState, entry_error_response};
use crate::chat::{EntryError, Session};
use crate::net::sign_in::sign_in;
use crate::net::{ClientInfo, HttpError, cookie};

/// The fields of the page's forms: a name, a message, or both.
#[derive(Debug, Deserialize)]
struct RoomForm {
    /// The display name to join with.
    name: Option<String>,
    /// The message to post.
    text: Option<String>,
    /// Identifies the rendered form, so that a repeated submission of it posts no second message.
    #[serde(default)]
    id: String,
}

/// `POST /`, `POST /r/NAME` and `POST /p/ID`.
pub(super) async fn post_to_room(
    State(state): State<PageState>,
    PathRoom(room): PathRoom,
    client: ClientInfo,
    request: Request<Body>,
) -> Response {
    // A browser that accepts no cookies would begin a new session with each form.
    if cookie::session(request.headers(), client.is_https()).is_none() {
        return HttpError::MissingCookie.into_response();
    }
    let (parts, body) = request.into_parts();
    let form_request = Request::from_parts(parts.clone(), body);
    let form = match Form::<RoomForm>::from_request(form_request, &()).await {
        Ok(Form(form)) => form,
        Err(rejection) => return rejection.into_response(),
    };
    // Only now, since a session may end while its form is still being sent.
    let Ok(signed_in) = sign_in(&state.manager, &client, &parts.headers).await else {
        return HttpError::Unavailable.into_response();
    };
    let session = &signed_in.session;
    // A room that has another name now gets the message, like a redirect that keeps the form.
    let room = match state.manager.enter(state.manager.person(session), &room).await {
        Ok(_) => room,
        Err(EntryError::Moved { to, .. }) if to.is_private() || !room.is_private() => to,
        Err(EntryError::Moved { to, .. }) => {
            // What was written for a private room is not posted where everybody reads it.
            let (code, name) = (ErrorCode::Unknown, form.name.unwrap_or_default());
            let rejected_form = Some(RejectedForm { code, name, text: form.text.unwrap_or_default() });
            let page = PageRequest { room: to, page_of: None, rejected_form };
            let request = Request::from_parts(parts, Body::empty());
            let mut response = state.render_room_for(signed_in, &client, page, request).await;
            *response.status_mut() = StatusCode::CONFLICT;
            return response;
        }
        Err(EntryError::Similar(similar)) if similar.same_name => similar.room,
        Err(error) => {
            let mut response = entry_error_response(error);
            response.extensions_mut().insert(UnsentText(form.text.unwrap_or_default()));
            return response;
        }
    };
    let outcome = match state.form_limiter.take(&client.address, Instant::now()) {
        Ok(()) => submit(&state, &client, session, &room, &form).await,
        Err(_) => {
            state.manager.limit_log().reached(client.address, "POSTS_PER_SECOND");
            Err(ErrorCode::TooFast)
        }
    };
    let Err(code) = outcome else {
        let location = [(header::LOCATION, room_location(&room))];
        return (StatusCode::SEE_OTHER, location, cookie::set_cookies(signed_in.cookies)).into_response();
    };
    let rejected_form = RejectedForm { code, name: form.name.unwrap_or_default(), text: form.text.unwrap_or_default() };
    let page = PageRequest { room, page_of: None, rejected_form: Some(rejected_form) };
    let request = Request::from_parts(parts, Body::empty());
    let mut response = state.render_room_for(signed_in, &client, page, request).await;
    *response.status_mut() = error_status(code);
    if code.is_retryable() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// Opens a form session if the form has a name, then posts its message if it has one.
///
/// # Errors
/// The code to show on the page.
async fn submit(
    state: &PageState,
    client: &ClientInfo,
    session: &Session,
    room: &RoomName,
    form: &RoomForm,
) -> Result<(), ErrorCode> {
    if form.name.is_none() && form.text.is_none() {
        return Err(ErrorCode::Malformed);
    }
    // If the session has lost its name meanwhile, it claims the name again, so that the message is still posted.
    if let Some(name) = &form.name {
        state.manager.open_form_session(session, client.address, name.trim(), room).await?;
    }
    // A form with a name and no text only joins.
    let Some(text) = form.text.as_deref().filter(|text| form.name.is_none() || !text.is_empty()) else {
        return Ok(());
    };
    // HTML forms encode line breaks as CRLF (HTML, "URL-encoded form data").
    let text = text.replace("\r\n", "\n");
    let body = parlor::Body::parse(&text)?;
    state.manager.post_from_form(session, client.address, room, client_id(&form.id, &text), body).await
}

/// The client id of a message from a form: a hash of form id and text.
///
/// The same form with the same text is the same message. Another text in the same form, after going back in the
/// browser, is another message.
fn client_id(form: &str, text: &str) -> ClientId {
    let hash = Sha256::new().chain_update(b"parlor form\0").chain_update(form).chain_update(b"\0").chain_update(text);
    let mut bits = [0; 16];
    bits.copy_from_slice(&hash.finalize()[..16]);
    ClientId::from_random(u128::from_be_bytes(bits))
}

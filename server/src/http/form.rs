//! Joining and writing by plain forms, for pages whose script does not run, or not yet. The form goes to the room's own
//! address; what is taken is answered by the way back there, what is refused by the page with what was typed in it.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{FromRequest as _, Path, State};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parlor::{ClientId, ErrorCode, RoomName};
use parlor_app::boot::Refused;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::page::{Pages, Visit};
use super::rooms::location;
use crate::chat::Session;
use crate::net::{Client, HttpError, cookie};

/// What the page's forms send: a name, a message, or both.
#[derive(Debug, Deserialize)]
struct Form {
    /// The name to be there with.
    name: Option<String>,
    /// What to say.
    text: Option<String>,
    /// What tells this form from all others, however often it is sent.
    #[serde(default)]
    id: String,
}

/// `POST /`.
pub(super) async fn lobby(State(pages): State<Pages>, client: Client, request: Request<Body>) -> Response {
    answer(pages, RoomName::default(), client, request).await
}

/// `POST /r/NAME`.
pub(super) async fn room(
    State(pages): State<Pages>,
    Path(name): Path<String>,
    client: Client,
    request: Request<Body>,
) -> Response {
    match RoomName::parse(&name) {
        Ok(room) => answer(pages, room, client, request).await,
        Err(_) => HttpError::InvalidRoom.into_response(),
    }
}

async fn answer(pages: Pages, room: RoomName, client: Client, request: Request<Body>) -> Response {
    let Some(session) = cookie::session(request.headers()).map(|token| Session::of(&token)) else {
        return HttpError::NoCookie.into_response();
    };
    let (parts, body) = request.into_parts();
    let sent = Request::from_parts(parts.clone(), body);
    let form = match axum::Form::<Form>::from_request(sent, &()).await {
        Ok(axum::Form(form)) => form,
        Err(refusal) => return refusal.into_response(),
    };
    let taken = match pages.forms.take(&client.address, Instant::now()) {
        Ok(()) => take(&pages, &client, &session, &room, &form).await,
        Err(_) => {
            pages.manager.limit_log().reached(client.address, "POSTS_PER_SECOND");
            Err(ErrorCode::TooFast)
        }
    };
    let Err(code) = taken else {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, location(&room))]).into_response();
    };
    let refused = Refused { code, name: form.name.unwrap_or_default(), text: form.text.unwrap_or_default() };
    let mut response = pages
        .draw(&client, Visit { room, of: None, refused: Some(refused) }, Request::from_parts(parts, Body::empty()))
        .await;
    *response.status_mut() = status(code);
    if code.is_retryable() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

async fn take(
    pages: &Pages,
    client: &Client,
    session: &Session,
    room: &RoomName,
    form: &Form,
) -> Result<(), ErrorCode> {
    if form.name.is_none() && form.text.is_none() {
        return Err(ErrorCode::Malformed);
    }
    // A name that has run out meanwhile is taken again, so that what was written is sent with it.
    if let Some(name) = &form.name {
        pages.manager.visit(session, client.address, name.trim(), room).await?;
    }
    // A name alone is a form that joins.
    let Some(text) = form.text.as_deref().filter(|text| form.name.is_none() || !text.is_empty()) else {
        return Ok(());
    };
    // Forms end lines as mail does (HTML, "URL-encoded form data").
    let text = text.replace("\r\n", "\n");
    let body = parlor::Body::parse(&text)?;
    pages.manager.say(session, client.address, room, client_id(&form.id, &text), body).await
}

/// The message's id: the same form with the same text is the same message. Going back to a form and writing something
/// else makes another one.
fn client_id(form: &str, text: &str) -> ClientId {
    let hash = Sha256::new().chain_update(b"parlor form\0").chain_update(form).chain_update(b"\0").chain_update(text);
    let mut bits = [0; 16];
    bits.copy_from_slice(&hash.finalize()[..16]);
    ClientId::from_random(u128::from_be_bytes(bits))
}

fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::NameTaken => StatusCode::CONFLICT,
        ErrorCode::TooFast => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable | ErrorCode::TooManyRooms => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

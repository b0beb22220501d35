//! Sharing a room: its link, also as a QR code, and who can read and write there. The page needs no script; with one, the
//! app shows it as a dialog that can copy and share the link.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::i18n::fill;
use parlor_app::room_name;

use super::headers::SHARE_POLICY;
use super::path_room::PathRoom;
use super::qr_code::qr_code;
use super::request_preferences::RequestPreferences;
use super::room_page::{PageState, entry_error_response};
use super::room_settings::session;
use crate::access::{Admission, RoomKind, RoomPolicy, ServerPolicy};
use crate::net::{ClientInfo, HttpError};

/// The script of the dialog.
const SCRIPT: &str = include_str!("../../../frontend/share.js");

/// `GET /app/share.js`.
pub(super) async fn script() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), SCRIPT).into_response()
}

/// `GET /r/NAME/share` and `GET /p/ID/share`.
pub(super) async fn share_page(
    State(state): State<PageState>,
    PathRoom(room): PathRoom,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let session = match session(&state, &client, &headers).await {
        Ok(session) => session,
        Err(error) => return error.into_response(),
    };
    let entered = match state.manager.enter(state.manager.person(&session), &room).await {
        Ok(entered) => entered,
        Err(error) => return entry_error_response(error),
    };
    let Some(origin) = &client.origin else { return HttpError::InvalidHost.into_response() };
    let (policy, server, texts) = (entered.policy(), state.manager.server_policy(), preferences.page_texts);
    let label = room_name::label(&room, &policy.title);
    let link = format!("{origin}{}", room.path());
    let invite = (room.is_private() && state.manager.may_manage(&session, &entered)).then(|| {
        let path = format!("{}/settings", super::room_settings::settings_base(&room));
        view! { <p><a href=path>{texts.share_invite()}</a></p> }
    });
    let content = view! {
        <section class="share" data-style="/app/document.css">
            <p>{who_reads(&policy, &server, &preferences)}" "{who_writes(&policy, &server, &preferences)}</p>
            {qr_code(&link, texts.share_code())}
            <p class="device-link"><a href=link>{link.clone()}</a></p>
            <p class="share-buttons">
                <button type="button" data-copy="" data-done=texts.copied() hidden>{preferences.texts.copy_link()}</button>
                <button type="button" data-send="" data-title=label.clone() hidden>{texts.share_link()}</button>
                <button type="button" data-close="" hidden>{preferences.texts.close()}</button>
            </p>
            {invite}
        </section>
        <p><a href=room.path()>{texts.back()}</a></p>
        <script type="module" src="/app/share.js"></script>
    };
    let mut response =
        state.template.render(&preferences, StatusCode::OK, &fill(texts.share_title(), &[&label]), content);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SHARE_POLICY));
    response
}

/// Who can read a room, as a sentence.
fn who_reads(room: &RoomPolicy, server: &ServerPolicy, preferences: &RequestPreferences) -> &'static str {
    let texts = preferences.page_texts;
    match (room.kind, server.admission) {
        (RoomKind::Private, _) => texts.read_room_members(),
        (_, Admission::Invited) => texts.read_server_members(),
        (_, Admission::Open | Admission::GuestsRead) => texts.read_everybody(),
    }
}

/// Who can write in a room, as a sentence.
fn who_writes(room: &RoomPolicy, server: &ServerPolicy, preferences: &RequestPreferences) -> &'static str {
    let texts = preferences.page_texts;
    match (room.kind, server.admission) {
        _ if room.archived => texts.write_nobody(),
        _ if room.announcements_only => texts.write_owners(),
        (RoomKind::Private, _) => texts.write_room_members(),
        (_, Admission::Open) => texts.write_everybody(),
        (_, Admission::GuestsRead | Admission::Invited) => texts.write_server_members(),
    }
}

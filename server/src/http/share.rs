//! Sharing a room: its link, also as a QR code, and who can read and write there. The page needs no script; with one, the
//! app shows it as a dialog that can copy and share the link.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::i18n::fill;
use parlor_app::room_name;

use super::audience::who_may;
use super::path_room::PathRoom;
use super::request_preferences::RequestPreferences;
use super::room_page::{PageState, entry_error_response};
use super::room_settings::{session, settings_path};
use super::routes::Route;
use super::scripts::{allow_scripts, script};
use super::share_link::share_link;
use crate::net::{ClientInfo, HttpError};

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
    let invite = (room.is_private() && state.manager.may_manage(&session, &entered)).then(|| {
        let path = settings_path(&room);
        view! { <p><a href=path>{texts.share_invite()}</a></p> }
    });
    let content = view! {
        <section class="share" data-style="/app/document.css">
            <p>{who_may(&policy, &server, texts)}</p>
            {share_link(origin, &room.path(), &label, texts.share_code(), &preferences)}
            {invite}
        </section>
        <p><a href=room.path()>{texts.back()}</a></p>
        {script(Route::ShareScript)}
    };
    let title = fill(texts.share_title(), &[&label]);
    allow_scripts(state.template.render(&preferences, StatusCode::OK, &title, content))
}

//! The bot tokens of the server, and how pages show and list tokens.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::{ErrorCode, RoomName, limits, text};
use parlor_app::i18n::fill;

use super::form_fields::FormFields;
use super::new_room::parse_public_name;
use super::note::Note;
use super::page_template::PageTemplate;
use super::request_preferences::RequestPreferences;
use super::revocable_item::{RevokeForm, revocable_item};
use super::room_page::PageState;
use super::server_owner::{ServerOwner, refusal};
use crate::chat::{Session, SettingsError};
use crate::engine::{BotToken, BotTokenId};
use crate::net::origin::Origin;
use crate::net::{ClientInfo, HttpError};

const PATH: &str = "/server/bots";

/// `GET /server/bots`: all tokens, and the form that makes one.
pub(super) async fn bots_page(
    State(state): State<PageState>,
    ServerOwner(session): ServerOwner,
    preferences: RequestPreferences,
) -> Response {
    render(&state, &session, &preferences, None).await
}

/// `POST /server/bots`: makes or revokes a token.
pub(super) async fn change(
    State(state): State<PageState>,
    ServerOwner(session): ServerOwner,
    preferences: RequestPreferences,
    client: ClientInfo,
    form: FormFields,
) -> Response {
    let Some(origin) = &client.origin else { return HttpError::InvalidHost.into_response() };
    match submit(&state, &session, &form).await {
        Ok(Some(token)) => token_made(&state.template, &preferences, origin, token, PATH.to_owned(), None),
        Ok(None) => (StatusCode::SEE_OTHER, [(header::LOCATION, PATH)]).into_response(),
        Err(SettingsError::Refused(ErrorCode::OwnersOnly)) => HttpError::ServerOwnersOnly.into_response(),
        Err(error) => render(&state, &session, &preferences, Some(refusal(error, &preferences))).await,
    }
}

/// Does what the form requests. Returns the text of a new token.
async fn submit(state: &PageState, session: &Session, form: &FormFields) -> Result<Option<String>, SettingsError> {
    match form.field("do") {
        "token" => {
            let name = text::parse_title(form.field("name"))?;
            let typed = form.field("rooms").split([' ', ',', '\n', '\r']).filter(|name| !name.is_empty());
            let rooms = typed.map(parse_public_name).collect::<Result<Vec<_>, _>>()?;
            if rooms.is_empty() || rooms.len() > limits::ROOMS_PER_BOT_TOKEN {
                return Err(ErrorCode::RoomNameInvalid.into());
            }
            state.manager.make_bot_token(session, name, rooms).await.map(Some)
        }
        "revoke_token" => {
            let id = form.field("token").parse().map_err(|_| ErrorCode::Malformed)?;
            state.manager.revoke_bot_token(session, BotTokenId(id), None).await.map(|()| None)
        }
        _ => Err(ErrorCode::Malformed.into()),
    }
}

async fn render(
    state: &PageState,
    session: &Session,
    preferences: &RequestPreferences,
    note: Option<Note>,
) -> Response {
    let Ok(bots) = state.manager.bot_tokens(session).await else { return HttpError::Unavailable.into_response() };
    let texts = preferences.page_texts;
    let status = note.as_ref().map_or(StatusCode::OK, Note::status);
    let items: Vec<_> = bots
        .iter()
        .map(|bot| list_item(bot, Some(rooms_label(bot, preferences)), PATH.to_owned(), preferences))
        .collect();
    let content = view! {
        {note.map(|note| note.render(preferences))}
        <p>{texts.bots_what()}</p>
        <ul class="list rows">{items}</ul>
        <form method="post" action=PATH class="stack">
            <input type="hidden" name="do" value="token"/>
            <label>{texts.bot_name()}<input name="name" required autocomplete="off"/></label>
            <label>{texts.bot_rooms()}
                <input name="rooms" required autocapitalize="none" autocomplete="off" placeholder="lobby alerts"/>
            </label>
            <button class="main">{texts.make_token()}</button>
        </form>
        <p><a href="/server">{texts.this_server()}</a></p>
    };
    state.template.render(preferences, status, texts.bots(), content)
}

/// The rooms of a token. Owners of the server do not learn which private rooms there are.
fn rooms_label(bot: &BotToken, preferences: &RequestPreferences) -> String {
    let name = |room: &RoomName| match room.is_private() {
        true => preferences.page_texts.a_private_room().to_owned(),
        false => format!("#{room}"),
    };
    bot.rooms.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// A token in a list, with the form that revokes it, which is sent to `path`.
pub(super) fn list_item(
    bot: &BotToken,
    rooms: Option<String>,
    path: String,
    preferences: &RequestPreferences,
) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    let used = match bot.last_used {
        Some(at) => fill(texts.session_used(), &[&preferences.moment(at)]),
        None => texts.never_used().to_owned(),
    };
    let maker = match &bot.maker {
        Some(maker) if maker.is_empty() => None,
        Some(maker) => Some(fill(texts.made_by(), &[maker])),
        None => Some(fill(texts.made_by(), &[texts.command_line()])),
    };
    let details: Vec<_> = rooms.into_iter().chain(maker).chain([used]).collect();
    let form = RevokeForm { path, action: "revoke_token", field: "token", id: bot.id.0 };
    revocable_item(bot.name.clone(), None, &details, form, preferences)
}

/// Shows a new token, which is stored nowhere, and how a program connects with it.
pub(super) fn token_made(
    template: &PageTemplate,
    preferences: &RequestPreferences,
    origin: &Origin,
    token: String,
    back: String,
    room: Option<&RoomName>,
) -> Response {
    let texts = preferences.page_texts;
    let query = room.map(|room| format!("?room={room}")).unwrap_or_default();
    let origin = origin.to_string().replacen("http", "ws", 1);
    let request = format!("{origin}/ws/chat{query}\nAuthorization: Bearer {token}");
    let content = view! {
        <p>{texts.token_made_what()}</p>
        <p class="secret" dir="ltr"><code>{token}</code></p>
        <pre dir="ltr"><code>{request}</code></pre>
        <p><a href=back>{texts.back_to_settings()}</a></p>
    };
    template.render(preferences, StatusCode::OK, texts.token_made(), content)
}

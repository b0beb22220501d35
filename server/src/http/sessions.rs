//! The page with the sessions of the visitor's account, which needs no script.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::UnixMillis;
use parlor_app::i18n::fill;
use serde::Deserialize;

use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use super::sign_out::signed_out;
use crate::chat::Session;
use crate::engine::{EngineError, SessionId, SessionRecord};
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError};

/// The form of the page.
#[derive(Debug, Deserialize)]
pub(super) struct SessionsForm {
    /// The session to end; without it all sessions end.
    session: Option<i64>,
}

/// `GET /sessions`: the devices on which the visitor is signed in.
pub(super) async fn sessions_page(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let listed = match identify(&state.manager, &client, &headers).await {
        Ok(Some(session)) => list(&state, &session).await,
        Ok(None) => Ok((Vec::new(), None, false)),
        Err(error) => Err(error),
    };
    let Ok((sessions, old_secret_until, has_code)) = listed else { return HttpError::Unavailable.into_response() };
    let texts = preferences.page_texts;
    let intro = if sessions.is_empty() { texts.no_sessions() } else { texts.sessions_what() };
    let has_sessions = !sessions.is_empty() || old_secret_until.is_some();
    let items: Vec<_> =
        sessions.into_iter().map(|(record, is_this)| session_item(record, is_this, &preferences)).collect();
    let old_browsers = old_secret_until.map(|until| fill(texts.old_browsers(), &[&preferences.moment(until)]));
    let content = view! {
        <p>{intro}</p>
        <ul class="list rows">{items}</ul>
        {old_browsers.map(|text| view! { <p>{text}</p> })}
        {has_sessions.then(|| view! {
            <form method="post" action="/device"><button>{preferences.texts.another_device()}</button></form>
            <p><a href="/recovery">{texts.recovery()}</a></p>
            {(!has_code).then(|| view! { <p class="explanation">{texts.lost_without_code()}</p> })}
            <form method="post" action="/sessions">
                <button>{texts.sign_out_everywhere()}</button>
                <p class="explanation">{texts.sign_out_everywhere_what()}</p>
            </form>
        })}
        <p><a href="/">{texts.to_lobby()}</a></p>
    };
    state.template.render(&preferences, StatusCode::OK, texts.sessions(), content)
}

/// The sessions of an account, until when its old secret is valid, and whether it has a recovery code.
async fn list(
    state: &PageState,
    session: &Session,
) -> Result<(Vec<(SessionRecord, bool)>, Option<UnixMillis>, bool), EngineError> {
    let (sessions, old_secret_until) = state.manager.sessions(session).await?;
    Ok((sessions, old_secret_until, state.manager.recovery_code_created(session).await?.is_some()))
}

fn session_item(record: SessionRecord, is_this: bool, preferences: &RequestPreferences) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    let device = if record.device.is_empty() { texts.unknown_device().to_owned() } else { record.device };
    let used = fill(texts.session_used(), &[&preferences.moment(record.last_used)]);
    let end = if is_this {
        view! { <form method="post" action="/sign-out"><button>{texts.end_session()}</button></form> }.into_any()
    } else {
        view! {
            <form method="post" action="/sessions">
                <input type="hidden" name="session" value=record.id.0/>
                <button aria-label=format!("{}: {device}", texts.end_session())>{texts.end_session()}</button>
            </form>
        }
        .into_any()
    };
    view! {
        <li>
            <span class="row-text">
                <b dir="auto">{device}</b>
                {is_this.then(|| view! { <span class="tag">{texts.this_device()}</span> })}
                <span class="explanation">{used}</span>
            </span>
            {end}
        </li>
    }
}

/// `POST /sessions`: ends one session of the account, or all.
pub(super) async fn end_sessions(
    State(state): State<PageState>,
    client: ClientInfo,
    headers: HeaderMap,
    Form(form): Form<SessionsForm>,
) -> Response {
    match end(&state, &client, &headers, form).await {
        Ok(true) => signed_out(&client),
        Ok(false) => (StatusCode::SEE_OTHER, [(header::LOCATION, "/sessions")]).into_response(),
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

/// Ends the sessions of a form. True if the visitor's own is among them.
async fn end(
    state: &PageState,
    client: &ClientInfo,
    headers: &HeaderMap,
    form: SessionsForm,
) -> Result<bool, EngineError> {
    let Some(session) = identify(&state.manager, client, headers).await? else { return Ok(true) };
    match form.session {
        Some(id) => {
            let (sessions, _) = state.manager.sessions(&session).await?;
            let own = sessions.iter().any(|(record, is_this)| *is_this && record.id == SessionId(id));
            if own {
                state.manager.sign_out(&session).await?;
            } else {
                state.manager.end_session(&session, SessionId(id)).await?;
            }
            Ok(own)
        }
        None => {
            state.manager.sign_out_everywhere(&session).await?;
            Ok(true)
        }
    }
}

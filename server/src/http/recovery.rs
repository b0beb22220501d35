//! Recovery codes: the page that makes one, and the page on which a person signs in with one. Both need no script.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::ErrorCode;
use parlor_app::i18n::fill;

use super::form_fields::FormFields;
use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use crate::chat::Session;
use crate::net::device_name::device_name;
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError, cookie};

const PATH: &str = "/recovery";

/// Path of the page on which a person comes back.
pub(super) const SIGN_IN_PATH: &str = "/sign-in";

/// `GET /recovery`: explains recovery codes, and offers to make or remove one.
pub(super) async fn recovery_page(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let (session, name) = match named_session(&state, &client, &headers).await {
        Ok(named) => named,
        Err(error) => return error.into_response(),
    };
    let Ok(created) = state.manager.recovery_code_created(&session).await else {
        return HttpError::Unavailable.into_response();
    };
    let texts = preferences.page_texts;
    let replaces = created.map(|at| at.to_string()).unwrap_or_default();
    let existing = created.map(|at| fill(texts.code_exists(), &[&preferences.moment(at)]));
    let remove = existing.is_some().then(|| {
        view! {
            <form method="post" action=PATH>
                <input type="hidden" name="do" value="remove"/>
                <button>{texts.remove_code()}</button>
            </form>
        }
    });
    let content = view! {
        <p>{fill(texts.recovery_what(), &[&name])}</p>
        {existing.map(|text| view! { <p class="explanation">{text}</p> })}
        <form method="post" action=PATH>
            <input type="hidden" name="do" value="make"/>
            <input type="hidden" name="replaces" value=replaces/>
            <button class="main">{texts.make_code()}</button>
        </form>
        {remove}
        <p><a href="/">{texts.to_lobby()}</a></p>
    };
    state.template.render(&preferences, StatusCode::OK, texts.recovery(), content)
}

/// `POST /recovery`: makes a code and shows it, or removes it.
pub(super) async fn change(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (session, name) = match named_session(&state, &client, &headers).await {
        Ok(named) => named,
        Err(error) => return error.into_response(),
    };
    let Some(form) = FormFields::parse(&body) else { return HttpError::Malformed.into_response() };
    match form.field("do") {
        "make" => {
            let replaces = form.field("replaces");
            let replaces = if replaces.is_empty() { Ok(None) } else { replaces.parse().map(Some) };
            let Ok(replaces) = replaces else { return HttpError::Malformed.into_response() };
            match state.manager.make_recovery_code(&session, replaces).await {
                Ok(Some(code)) => code_made(&state, &preferences, &client, &name, &code.to_string()),
                Ok(None) => (StatusCode::SEE_OTHER, [(header::LOCATION, PATH)]).into_response(),
                Err(ErrorCode::NotNamed) => HttpError::NameRequired.into_response(),
                Err(_) => HttpError::Unavailable.into_response(),
            }
        }
        "remove" => match state.manager.remove_recovery_code(&session).await {
            Ok(()) => (StatusCode::SEE_OTHER, [(header::LOCATION, PATH)]).into_response(),
            Err(_) => HttpError::Unavailable.into_response(),
        },
        _ => HttpError::Malformed.into_response(),
    }
}

/// The session of a request whose account has or had a name, and the name.
async fn named_session(
    state: &PageState,
    client: &ClientInfo,
    headers: &HeaderMap,
) -> Result<(Session, String), HttpError> {
    let session = identify(&state.manager, client, headers).await.map_err(|_| HttpError::Unavailable)?;
    let session = session.ok_or(HttpError::NameRequired)?;
    let name = state.manager.last_name(&session).await.map_err(|_| HttpError::Unavailable)?;
    Ok((session, name.ok_or(HttpError::NameRequired)?.to_string()))
}

/// Shows a new code, which is stored nowhere. The page can be printed.
fn code_made(
    state: &PageState,
    preferences: &RequestPreferences,
    client: &ClientInfo,
    name: &str,
    code: &str,
) -> Response {
    let texts = preferences.page_texts;
    let address = client.origin.as_ref().map(|origin| format!("{origin}{SIGN_IN_PATH}")).unwrap_or_default();
    let content = view! {
        <p>{texts.code_made_what()}</p>
        <p class="secret" dir="ltr"><code>{code.to_owned()}</code></p>
        <p>{fill(texts.code_made_how(), &[name, &address])}</p>
        <p class="no-print"><a href="/">{texts.to_lobby()}</a></p>
    };
    state.template.render(preferences, StatusCode::OK, texts.code_made(), content)
}

/// `GET /sign-in`: asks for a recovery code.
pub(super) async fn sign_in_page(State(state): State<PageState>, preferences: RequestPreferences) -> Response {
    render_sign_in(&state, &preferences, StatusCode::OK, "", None)
}

/// `POST /sign-in`: begins a session of the account of a recovery code.
pub(super) async fn sign_in(
    State(state): State<PageState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
    form: FormFields,
) -> Response {
    let (texts, code) = (preferences.page_texts, form.field("code"));
    match state.manager.recover(code, client.address, &device_name(&headers)).await {
        Ok(Some(token)) => {
            let cookies = cookie::set_cookies(cookie::set_session(&token, client.is_https()));
            (StatusCode::SEE_OTHER, [(header::LOCATION, "/")], cookies).into_response()
        }
        Ok(None) => {
            render_sign_in(&state, &preferences, StatusCode::UNPROCESSABLE_ENTITY, code, Some(texts.code_unknown()))
        }
        Err(ErrorCode::TooFast) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut response = render_sign_in(&state, &preferences, status, code, Some(texts.too_many_tries()));
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("12"));
            response
        }
        Err(_) => HttpError::Unavailable.into_response(),
    }
}

fn render_sign_in(
    state: &PageState,
    preferences: &RequestPreferences,
    status: StatusCode,
    typed: &str,
    error: Option<&'static str>,
) -> Response {
    let texts = preferences.page_texts;
    let content = view! {
        <p>{texts.come_back_what()}</p>
        {sign_in_form(preferences, typed)}
        {error.map(|error| view! { <p class="note bad" role="alert">{error}</p> })}
        <p><a href="/">{texts.to_lobby()}</a></p>
    };
    state.template.render(preferences, status, texts.come_back(), content)
}

/// The form that takes a recovery code, with what was typed before.
pub(super) fn sign_in_form(preferences: &RequestPreferences, typed: &str) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    view! {
        <form method="post" action=SIGN_IN_PATH class="stack">
            <label>{texts.recovery()}
                <input name="code" value=typed.to_owned() required dir="ltr" autocapitalize="characters" autocomplete="off" spellcheck="false"/>
            </label>
            <button>{texts.come_back()}</button>
        </form>
    }
}

//! The people of the server with their roles and sessions, for its owners.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::{AuthorId, ErrorCode};
use parlor_app::i18n::fill;
use serde::Deserialize;

use super::form_fields::FormFields;
use super::note::{Note, SAVED, SavedQuery};
use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use super::server_owner::{ServerOwner, refusal};
use crate::access::ServerRole;
use crate::chat::{Session, SettingsError};
use crate::engine::ServerPerson;
use crate::net::HttpError;

const PATH: &str = "/server/people";

/// The value of a form's role for somebody who gets none.
const GUEST: &str = "guest";

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PeopleQuery {
    /// A part of the names to show.
    #[serde(default)]
    name: String,
    #[serde(flatten)]
    saved: SavedQuery,
}

/// `GET /server/people`.
pub(super) async fn people_page(
    State(state): State<PageState>,
    ServerOwner(session): ServerOwner,
    preferences: RequestPreferences,
    Query(query): Query<PeopleQuery>,
) -> Response {
    render(&state, &session, &preferences, query.name.trim(), query.saved.note()).await
}

/// `POST /server/people`: changes somebody's role, or ends their sessions.
pub(super) async fn change(
    State(state): State<PageState>,
    ServerOwner(session): ServerOwner,
    preferences: RequestPreferences,
    form: FormFields,
) -> Response {
    match submit(&state, &session, &form).await {
        Ok(()) => (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{PATH}?{SAVED}"))]).into_response(),
        Err(SettingsError::Refused(ErrorCode::OwnersOnly)) => HttpError::ServerOwnersOnly.into_response(),
        Err(error) => render(&state, &session, &preferences, "", Some(refusal(error, &preferences))).await,
    }
}

async fn submit(state: &PageState, session: &Session, form: &FormFields) -> Result<(), SettingsError> {
    let account = AuthorId(form.field("account").into());
    match form.field("do") {
        "role" => {
            let role = match form.field("role") {
                GUEST => None,
                role => Some(ServerRole::parse(role).ok_or(ErrorCode::Malformed)?),
            };
            state.manager.set_server_role(session, &account, role).await
        }
        "sign_out" => state.manager.end_sessions_of(session, &account, form.field("remove_code") == "on").await,
        _ => Err(ErrorCode::Malformed.into()),
    }
}

async fn render(
    state: &PageState,
    session: &Session,
    preferences: &RequestPreferences,
    name: &str,
    note: Option<Note>,
) -> Response {
    let Ok(people) = state.manager.people(session, name).await else { return HttpError::Unavailable.into_response() };
    let texts = preferences.page_texts;
    let status = note.as_ref().map_or(StatusCode::OK, Note::status);
    let items: Vec<_> = people.iter().map(|person| list_item(person, session, preferences)).collect();
    let content = view! {
        {note.map(|note| note.render(preferences))}
        <form action=PATH class="fields">
            <input name="name" value=name.to_owned() aria-label=texts.name_of_person() placeholder=texts.name_of_person()/>
            <button>{texts.find()}</button>
        </form>
        <p class="explanation">{texts.roles_what()}</p>
        <ul class="list rows">{items}</ul>
        <p><a href="/server">{texts.this_server()}</a></p>
    };
    state.template.render(preferences, status, texts.people_and_roles(), content)
}

/// How people call a role.
pub(super) fn role_label(role: Option<ServerRole>, preferences: &RequestPreferences) -> &'static str {
    let texts = preferences.page_texts;
    match role {
        Some(ServerRole::Owner) => texts.owner(),
        Some(ServerRole::Moderator) => texts.role_moderator(),
        Some(ServerRole::Member) => texts.role_member(),
        None => texts.role_guest(),
    }
}

fn list_item(person: &ServerPerson, viewer: &Session, preferences: &RequestPreferences) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    let name = if person.name.is_empty() { "–".to_owned() } else { person.name.clone() };
    let used = fill(texts.session_used(), &[&preferences.moment(person.last_used)]);
    let devices = fill(texts.devices_count(), &[&preferences.texts.number(person.sessions)]);
    let roles = [Some(ServerRole::Owner), Some(ServerRole::Moderator), Some(ServerRole::Member), None].map(|role| {
        let value = role.map_or(GUEST, ServerRole::as_str);
        view! { <option value=value selected=role == person.role>{role_label(role, preferences)}</option> }
    });
    let account = person.account.as_str().to_owned();
    let (role_of, sign_out) = (fill(texts.role_of(), &[&name]), format!("{}: {name}", texts.sign_out_everywhere()));
    let consequence = if person.has_recovery_code { texts.sign_out_returns() } else { texts.sign_out_lost() };
    let consequence = fill(consequence, &[&name]);
    let remove_code = person.has_recovery_code.then(|| {
        view! {
            <label class="choice">
                <input type="checkbox" name="remove_code"/><span>{texts.remove_their_code()}</span>
            </label>
        }
    });
    let is_viewer = person.account == viewer.account;
    let end = (person.sessions > 0 && !is_viewer).then(|| {
        view! {
            <details>
                <summary aria-label=sign_out.clone()>{texts.sign_out_everywhere()}</summary>
                <form method="post" action=PATH class="stack">
                    <input type="hidden" name="do" value="sign_out"/>
                    <input type="hidden" name="account" value=account.clone()/>
                    <p class="explanation">{consequence}</p>
                    {remove_code}
                    <button class="danger" aria-label=sign_out>{texts.sign_out_everywhere()}</button>
                </form>
            </details>
        }
    });
    view! {
        <li>
            <span class="row-text">
                <b dir="auto">{name}</b>
                {is_viewer.then(|| view! { <span class="tag">{preferences.texts.is_you()}</span> })}
                <span class="explanation">{used}" · "{devices}</span>
            </span>
            <form method="post" action=PATH class="fields">
                <input type="hidden" name="do" value="role"/>
                <input type="hidden" name="account" value=account/>
                <select name="role" aria-label=role_of>{roles.to_vec()}</select>
                <button>{texts.save()}</button>
            </form>
            {end}
        </li>
    }
}

//! The page "This server", for its owners: settings, invitations, and what it stores.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::{ErrorCode, limits, text};
use parlor_app::i18n::fill;

use super::form_fields::FormFields;
use super::invitation_terms;
use super::note::{Note, SAVED, SavedQuery};
use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use super::server_owner::{ServerOwner, refusal};
use super::text_area::text_area;
use crate::access::{Admission, RoomCreation, ServerPolicy};
use crate::chat::{Session, SettingsError};
use crate::engine::{InvitationId, InvitationScope};
use crate::net::{ClientInfo, HttpError};

pub(super) const PATH: &str = "/server";

/// `GET /server`.
pub(super) async fn server_page(
    State(state): State<PageState>,
    ServerOwner(session): ServerOwner,
    preferences: RequestPreferences,
    Query(query): Query<SavedQuery>,
) -> Response {
    render(&state, &session, &preferences, query.note(), None).await
}

/// `POST /server`: changes the settings, or makes or revokes an invitation.
pub(super) async fn change(
    State(state): State<PageState>,
    ServerOwner(session): ServerOwner,
    preferences: RequestPreferences,
    client: ClientInfo,
    form: FormFields,
) -> Response {
    let Some(origin) = &client.origin else { return HttpError::InvalidHost.into_response() };
    match submit(&state, &session, &form).await {
        Ok(Some(code)) => {
            invitation_terms::invitation_made(&state.template, &preferences, origin, &code, PATH.to_owned())
        }
        Ok(None) => (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{PATH}?{SAVED}"))]).into_response(),
        Err(SettingsError::Refused(ErrorCode::OwnersOnly)) => HttpError::ServerOwnersOnly.into_response(),
        Err(error) => {
            let typed = (form.field("do") == "settings").then(|| typed_policy(&state, &form));
            render(&state, &session, &preferences, Some(refusal(error, &preferences)), typed).await
        }
    }
}

/// Does what the form requests. Returns the code of a new invitation.
async fn submit(state: &PageState, session: &Session, form: &FormFields) -> Result<Option<String>, SettingsError> {
    match form.field("do") {
        "settings" => {
            let policy = ServerPolicy {
                name: text::parse_title(form.field("name"))?,
                welcome: text::parse_welcome(form.field("welcome"))?,
                admission: Admission::parse(form.field("admission")).ok_or(ErrorCode::Malformed)?,
                room_creation: RoomCreation::parse(form.field("creation")).ok_or(ErrorCode::Malformed)?,
            };
            state.manager.change_server(session, policy, form.field("keep") == "on").await.map(|()| None)
        }
        "invite" => {
            let terms = invitation_terms::parse(form)?;
            state.manager.invite(session, InvitationScope::Server, terms).await.map(Some)
        }
        "revoke" => {
            let id = form.field("invitation").parse().map_err(|_| ErrorCode::Malformed)?;
            state.manager.revoke_invitation(session, InvitationScope::Server, InvitationId(id)).await.map(|()| None)
        }
        _ => Err(ErrorCode::Malformed.into()),
    }
}

/// The settings as they were typed in a form that is refused.
fn typed_policy(state: &PageState, form: &FormFields) -> ServerPolicy {
    let current = state.manager.server_policy();
    ServerPolicy {
        name: form.field("name").to_owned(),
        welcome: form.field("welcome").to_owned(),
        admission: Admission::parse(form.field("admission")).unwrap_or(current.admission),
        room_creation: RoomCreation::parse(form.field("creation")).unwrap_or(current.room_creation),
    }
}

async fn render(
    state: &PageState,
    session: &Session,
    preferences: &RequestPreferences,
    note: Option<Note>,
    typed: Option<ServerPolicy>,
) -> Response {
    let manager = &state.manager;
    let loaded = tokio::try_join!(
        manager.invitations(session, InvitationScope::Server),
        manager.people_without_role(session),
        manager.storage_bytes(session),
    );
    let Ok((invitations, people, bytes)) = loaded else { return HttpError::Unavailable.into_response() };
    let texts = preferences.page_texts;
    let status = note.as_ref().map_or(StatusCode::OK, Note::status);
    let policy = manager.server_policy();
    let items: Vec<_> = invitations
        .iter()
        .map(|invitation| invitation_terms::list_item(invitation, PATH.to_owned(), preferences))
        .collect();
    let stored = fill(texts.storage_used(), &[&megabytes(bytes, preferences)]);
    let version = fill(texts.version(), &[env!("CARGO_PKG_VERSION")]);
    let content = view! {
        <p><a href="/" dir="auto">{policy.name.clone()}</a></p>
        {note.map(|note| note.render(preferences))}
        {settings_form(typed.as_ref().unwrap_or(&policy), people, preferences)}
        <section>
            <h2>{texts.invitations()}</h2>
            <ul class="list rows">{items}</ul>
            <form method="post" action=PATH class="stack">
                <input type="hidden" name="do" value="invite"/>
                <p class="explanation">{texts.server_invite_what()}</p>
                {invitation_terms::fields(preferences)}
            </form>
        </section>
        <section>
            <h2>{texts.more_of_server()}</h2>
            <p><a href="/server/people">{texts.people_and_roles()}</a></p>
            <p><a href="/server/bots">{texts.bots()}</a></p>
            <p><a href="/server/log">{texts.audit_log()}</a></p>
            <p class="explanation">{stored}" · "{version}</p>
        </section>
    };
    state.template.render(preferences, status, texts.this_server(), content)
}

fn settings_form(policy: &ServerPolicy, people: usize, preferences: &RequestPreferences) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    let admissions = Admission::ALL.map(|admission| {
        let (name, what) = match admission {
            Admission::Open => (texts.admission_open(), texts.admission_open_what()),
            Admission::GuestsRead => (texts.admission_guests(), texts.admission_guests_what()),
            Admission::Invited => (texts.admission_invited(), texts.admission_invited_what()),
        };
        view! {
            <label class="choice">
                <input type="radio" name="admission" value=admission.as_str() checked=admission == policy.admission required/>
                <span><b>{name}</b><span class="explanation">{what}</span></span>
            </label>
        }
    });
    let creations = RoomCreation::ALL.map(|creation| {
        let label = match creation {
            RoomCreation::Everyone => texts.creation_everyone(),
            RoomCreation::Members => texts.creation_members(),
            RoomCreation::Owners => texts.creation_owners(),
        };
        view! { <option value=creation.as_str() selected=creation == policy.room_creation>{label}</option> }
    });
    // Whoever closes a server does not want to lose those who use it.
    let keep = (people > 0 && policy.admission == Admission::Open).then(|| {
        let label = fill(texts.keep_people(), &[&preferences.texts.number(people)]);
        view! {
            <label class="choice">
                <input type="checkbox" name="keep" checked/>
                <span>{label}<span class="explanation">{texts.keep_people_what()}</span></span>
            </label>
        }
    });
    view! {
        <form method="post" action=PATH class="stack">
            <input type="hidden" name="do" value="settings"/>
            <label>{texts.server_name()}
                <input name="name" value=policy.name.clone() required maxlength=limits::TITLE_BYTES/>
            </label>
            <label>{texts.server_welcome()}{text_area("welcome", texts.server_welcome(), &policy.welcome)}</label>
            <fieldset><legend>{texts.admission()}</legend>{admissions.to_vec()}{keep}</fieldset>
            <label>{texts.room_creation()}<select name="creation">{creations.to_vec()}</select></label>
            <button class="main">{texts.save()}</button>
        </form>
    }
}

/// A size in megabytes, with one digit after the point.
fn megabytes(bytes: u64, preferences: &RequestPreferences) -> String {
    let tenths = usize::try_from(bytes / 100_000).unwrap_or(usize::MAX);
    format!("{}.{} MB", preferences.texts.number(tenths / 10), tenths % 10)
}

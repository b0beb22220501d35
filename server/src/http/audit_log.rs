//! The audit log, for owners of the server: who changed what, and when.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::i18n::fill;
use serde::Deserialize;

use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use super::server_owner::ServerOwner;
use super::server_people::role_label;
use crate::access::{Admission, RoomCreation, ServerRole};
use crate::engine::{AuditAction, AuditEntry};
use crate::net::HttpError;

/// Entries on one page.
const PAGE_ENTRIES: usize = 100;

/// The query of the page.
#[derive(Debug, Deserialize)]
pub(super) struct AuditQuery {
    /// The id of the entry before which the page ends.
    before: Option<u64>,
}

/// `GET /server/log`.
pub(super) async fn audit_page(
    State(state): State<PageState>,
    ServerOwner(session): ServerOwner,
    preferences: RequestPreferences,
    Query(query): Query<AuditQuery>,
) -> Response {
    // One more shows whether there are older ones.
    let Ok(mut entries) = state.manager.audit_log(&session, query.before, PAGE_ENTRIES + 1).await else {
        return HttpError::Unavailable.into_response();
    };
    let has_older = entries.len() > PAGE_ENTRIES;
    entries.truncate(PAGE_ENTRIES);
    let texts = preferences.page_texts;
    let older = entries.last().filter(|_| has_older).map(|entry| format!("/server/log?before={}", entry.id));
    let empty = entries.is_empty().then(|| view! { <p>{texts.audit_empty()}</p> });
    let items: Vec<_> = entries.iter().map(|entry| list_item(entry, &preferences)).collect();
    let content = view! {
        {empty}
        <ul class="list rows">{items}</ul>
        {older.map(|path| view! { <p><a href=path>{texts.older_entries()}</a></p> })}
        <p><a href="/server">{texts.this_server()}</a></p>
    };
    state.template.render(&preferences, StatusCode::OK, texts.audit_log(), content)
}

fn list_item(entry: &AuditEntry, preferences: &RequestPreferences) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    let actor = match &entry.actor {
        Some(name) if name.is_empty() => texts.nameless_person().to_owned(),
        Some(name) => name.clone(),
        None => texts.command_line().to_owned(),
    };
    view! {
        <li>
            <span class="row-text">
                <span><b dir="auto">{actor}</b>" "{describe(entry, preferences)}</span>
                <span class="explanation">{preferences.moment(entry.at)}</span>
            </span>
        </li>
    }
}

/// What was done.
fn describe(entry: &AuditEntry, preferences: &RequestPreferences) -> String {
    let texts = preferences.page_texts;
    let detail = entry.detail.as_str();
    // An invitation without a note, or a person without a name.
    let subject = Some(entry.subject.as_str()).filter(|subject| !subject.is_empty()).unwrap_or("–");
    // A role of a newer version is shown as it is stored.
    let role = ServerRole::parse(detail).map(|role| role_label(Some(role), preferences)).unwrap_or(match detail {
        "guest" => texts.role_guest(),
        _ => detail,
    });
    match entry.action {
        AuditAction::OwnerLinkMade => texts.audit_owner_link().to_owned(),
        AuditAction::SettingChanged => {
            let (setting, value) = setting(subject, detail, preferences);
            fill(texts.audit_setting(), &[setting, value])
        }
        AuditAction::RoleChanged if entry.subject.is_empty() => texts.audit_kept().to_owned(),
        AuditAction::RoleChanged => fill(texts.audit_role(), &[subject, role]),
        AuditAction::SessionsEnded => fill(texts.audit_sessions(), &[subject]),
        AuditAction::InvitationMade if detail == "room" => fill(texts.audit_invited_room(), &[subject]),
        AuditAction::InvitationMade => fill(texts.audit_invited(), &[subject]),
        AuditAction::InvitationRevoked => fill(texts.audit_revoked(), &[subject]),
        AuditAction::InvitationAccepted if entry.subject.is_empty() => texts.audit_became_owner().to_owned(),
        AuditAction::InvitationAccepted if detail == "room" => fill(texts.audit_accepted_room(), &[subject]),
        AuditAction::InvitationAccepted => fill(texts.audit_accepted(), &[subject, role]),
        AuditAction::BotTokenMade => fill(texts.audit_token(), &[subject]),
        AuditAction::BotTokenRevoked => fill(texts.audit_token_revoked(), &[subject]),
    }
}

/// A setting and its value as people read them.
fn setting<'a>(name: &'a str, value: &'a str, preferences: &RequestPreferences) -> (&'a str, &'a str) {
    let texts = preferences.page_texts;
    match name {
        "name" => (texts.server_name(), value),
        "welcome" => (texts.server_welcome(), value),
        "admission" => {
            let value = match Admission::parse(value) {
                Some(Admission::Open) => texts.admission_open(),
                Some(Admission::GuestsRead) => texts.admission_guests(),
                Some(Admission::Invited) => texts.admission_invited(),
                None => value,
            };
            (texts.admission(), value)
        }
        "room_creation" => {
            let value = match RoomCreation::parse(value) {
                Some(RoomCreation::Everyone) => texts.creation_everyone(),
                Some(RoomCreation::Members) => texts.creation_members(),
                Some(RoomCreation::Owners) => texts.creation_owners(),
                None => value,
            };
            (texts.room_creation(), value)
        }
        _ => (name, value),
    }
}

//! The owner of the server who requests one of its pages.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::error_status::error_status;
use super::note::Note;
use super::request_preferences::RequestPreferences;
use super::room_page::PageState;
use crate::access::ServerAction;
use crate::chat::{Session, SettingsError};
use crate::engine::EngineError;
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError};

/// The session of an owner of the server. An axum extractor.
///
/// # Errors
/// [`HttpError::ServerOwnersOnly`] for everybody else.
#[derive(Clone, Debug)]
pub(super) struct ServerOwner(pub(super) Session);

impl FromRequestParts<PageState> for ServerOwner {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &PageState) -> Result<Self, HttpError> {
        let client = ClientInfo::from_request_parts(parts, state).await.map_err(|_| HttpError::Internal)?;
        let manager = &state.manager;
        let session = identify(manager, &client, &parts.headers).await.map_err(|_| HttpError::Unavailable)?;
        let may_manage =
            |session: &Session| manager.may_on_server(manager.person(session), ServerAction::Manage).is_ok();
        session.filter(may_manage).map(Self).ok_or(HttpError::ServerOwnersOnly)
    }
}

/// Why a form of the owner's pages was refused.
pub(super) fn refusal(error: SettingsError, preferences: &RequestPreferences) -> Note {
    let texts = preferences.page_texts;
    let text = match error {
        SettingsError::Directory(EngineError::LastOwner) => texts.last_server_owner(),
        SettingsError::Directory(EngineError::TooManyMembers) => texts.too_many_server_members(),
        SettingsError::Directory(EngineError::TooManyInvitations) => texts.too_many_server_invitations(),
        SettingsError::Directory(EngineError::TooManyBotTokens) => texts.too_many_tokens(),
        SettingsError::Directory(EngineError::NoSuchAccount) => texts.no_such_person(),
        SettingsError::Refused(code) => return Note::Refused(error_status(code), preferences.texts.explain(code)),
        SettingsError::Directory(error) => {
            let code = error.into();
            return Note::Refused(error_status(code), preferences.texts.explain(code));
        }
        SettingsError::NobodyNamed => texts.no_such_person(),
    };
    Note::Refused(StatusCode::CONFLICT, text.to_owned())
}

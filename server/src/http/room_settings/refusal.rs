//! Why a form of the page with a room's settings was refused.

use axum::http::StatusCode;
use parlor_app::i18n::fill;

use super::super::error_status::error_status;
use super::super::note::Note;
use super::super::request_preferences::RequestPreferences;
use super::forms::RoomSettingsForm;
use crate::chat::SettingsError;
use crate::engine::EngineError;

/// Why a form was refused.
pub(super) fn explain(error: SettingsError, preferences: &RequestPreferences, form: &RoomSettingsForm) -> Note {
    let texts = preferences.page_texts;
    let code = match error {
        SettingsError::NobodyNamed => {
            return Note::Refused(StatusCode::UNPROCESSABLE_ENTITY, fill(texts.nobody_named(), &[form.field("name")]));
        }
        SettingsError::Directory(EngineError::LastOwner) => {
            return Note::Refused(StatusCode::CONFLICT, texts.last_owner().to_owned());
        }
        SettingsError::Directory(EngineError::TooManyMembers) => {
            return Note::Refused(StatusCode::CONFLICT, texts.too_many_members().to_owned());
        }
        SettingsError::Directory(EngineError::TooManyInvitations) => {
            return Note::Refused(StatusCode::CONFLICT, texts.too_many_invitations().to_owned());
        }
        SettingsError::Directory(EngineError::TooManyBotTokens) => {
            return Note::Refused(StatusCode::CONFLICT, texts.too_many_tokens().to_owned());
        }
        SettingsError::Directory(error) => error.into(),
        SettingsError::Refused(code) => code,
    };
    Note::Refused(error_status(code), preferences.texts.explain(code))
}

//! The terms of an invitation: the fields of the forms that make one for a room or the server, and how lists show them.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use parlor::{ErrorCode, limits, text};
use parlor_app::i18n::fill;

use super::form_fields::FormFields;
use super::page_template::PageTemplate;
use super::request_preferences::RequestPreferences;
use super::revocable_item::{RevokeForm, revocable_item};
use super::routes::Route;
use super::scripts::{allow_scripts, script};
use super::share_link::share_link;
use crate::access::ServerRole;
use crate::chat::InvitationTerms;
use crate::engine::{Invitation, now};
use crate::net::origin::Origin;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Choices for how long an invitation is valid, in days.
const DAYS: [u64; 3] = [1, 7, 30];

/// Choices for the number of people that an invitation is for.
const USES: [u32; 4] = [1, 5, 25, 100];

/// Reads the fields of [`fields`].
///
/// # Errors
/// [`ErrorCode::TitleInvalid`] for the note, otherwise [`ErrorCode::Malformed`].
pub(super) fn parse(form: &FormFields) -> Result<InvitationTerms, ErrorCode> {
    let days: u64 = form.field("days").parse().map_err(|_| ErrorCode::Malformed)?;
    let uses = Some(form.field("uses")).filter(|uses| !uses.is_empty());
    let uses: Option<u32> = uses.map(str::parse).transpose().map_err(|_| ErrorCode::Malformed)?;
    let note = Some(form.field("note").trim()).filter(|note| !note.is_empty());
    Ok(InvitationTerms {
        note: note.map(text::parse_title).transpose()?.unwrap_or_default(),
        expires: now() + days.clamp(1, limits::INVITATION_DAYS) * DAY_MS,
        uses: uses.map(|uses| uses.max(1)),
    })
}

/// The fields and the button of a form that makes an invitation.
pub(super) fn fields(preferences: &RequestPreferences) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    let days = DAYS.map(|days| {
        let label = match days {
            1 => texts.one_day(),
            7 => texts.seven_days(),
            _ => texts.thirty_days(),
        };
        view! { <option value=days selected=days == 7>{label}</option> }
    });
    let uses = USES.map(|uses| {
        view! { <option value=uses>{preferences.texts.number(uses as usize)}</option> }
    });
    view! {
        <label>{texts.invite_note()}<input name="note" maxlength=limits::TITLE_BYTES autocomplete="off"/></label>
        <label>{texts.invite_expires()}<select name="days">{days.to_vec()}</select></label>
        <label>{texts.invite_uses()}
            <select name="uses">{uses.to_vec()}<option value="">{texts.any_number()}</option></select>
        </label>
        <button class="main">{texts.invite()}</button>
    }
}

/// An invitation in a list, with the form that revokes it. The form is sent to `path`.
pub(super) fn list_item(
    invitation: &Invitation,
    path: String,
    preferences: &RequestPreferences,
) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    let number = |number: u32| preferences.texts.number(number as usize);
    let until = fill(texts.invitation_until(), &[&preferences.moment(invitation.expires)]);
    let left = invitation.uses_left.map_or_else(|| texts.any_number().to_owned(), number);
    let used = fill(texts.invitation_used(), &[&number(invitation.used)]);
    let title = if invitation.note.is_empty() { until.clone() } else { invitation.note.clone() };
    let mut details = vec![used, fill(texts.invitation_left(), &[&left])];
    if !invitation.note.is_empty() {
        details.insert(0, until);
    }
    let tag = (invitation.role == ServerRole::Owner).then(|| texts.owner());
    let form = RevokeForm { path, action: "revoke", field: "invitation", id: invitation.id.0 };
    revocable_item(title, tag, &details, form, preferences)
}

/// Shows a new invitation as link and as QR code. Its code is stored nowhere.
pub(super) fn invitation_made(
    template: &PageTemplate,
    preferences: &RequestPreferences,
    origin: &Origin,
    code: &str,
    back: String,
) -> Response {
    let texts = preferences.page_texts;
    let path = format!("/invite/{code}");
    let content = view! {
        <section class="share">
            <p>{texts.invitation_made_what()}</p>
            {share_link(origin, &path, texts.invited(), texts.invitation_code(), preferences)}
        </section>
        <p><a href=back>{texts.back_to_settings()}</a></p>
        {script(Route::ShareScript)}
    };
    allow_scripts(template.render(preferences, StatusCode::OK, texts.invitation_made(), content))
}

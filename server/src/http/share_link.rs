//! A link to be shared: as text, as a QR code, and with the buttons of [`Route::ShareScript`](super::Route).

use leptos::prelude::*;

use super::qr_code::qr_code;
use super::request_preferences::RequestPreferences;
use crate::net::origin::Origin;

/// Renders a link to a path of this server, which leads to what is called `title`. `code_label` describes the QR code.
pub(super) fn share_link(
    origin: &Origin,
    path: &str,
    title: &str,
    code_label: &'static str,
    preferences: &RequestPreferences,
) -> impl IntoView + use<> {
    let (texts, link, title) = (preferences.page_texts, format!("{origin}{path}"), title.to_owned());
    let local = origin.is_loopback().then(|| view! { <p class="explanation">{texts.link_is_local()}</p> });
    view! {
        {qr_code(&link, code_label)}
        <p class="device-link"><a href=link>{link.clone()}</a></p>
        {local}
        <p class="share-buttons">
            <button type="button" data-copy="" data-done=texts.copied() hidden>{preferences.texts.copy_link()}</button>
            <button type="button" data-send="" data-title=title hidden>{texts.share_link()}</button>
            <button type="button" data-close="" hidden>{preferences.texts.close()}</button>
        </p>
    }
}

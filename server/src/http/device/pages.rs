//! Pages for device links: the new link, the confirmation, and the error for an expired link. They need no script.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use parlor_app::i18n::fill;

use super::super::page_template::PageTemplate;
use super::super::qr_code::qr_code;
use super::super::request_preferences::RequestPreferences;

impl PageTemplate {
    /// Shows a new link as text and as QR code, to be opened on the other device.
    pub(in crate::http) fn device_link(&self, preferences: &RequestPreferences, name: &str, link: &str) -> Response {
        let texts = preferences.page_texts;
        let qr_code = qr_code(link, texts.device_code());
        let instructions = fill(texts.device_offer_how(), &[name]);
        let link = link.to_owned();
        self.render(
            preferences,
            StatusCode::OK,
            texts.device_offer(),
            view! {
                <p>{instructions}</p>
                {qr_code}
                <p class="device-link"><a href=link>{link.clone()}</a></p>
                <p><a href="/">{texts.back()}</a></p>
            },
        )
    }

    /// Asks whether to continue the session with this name in this browser.
    pub(in crate::http) fn confirm_device_link(
        &self,
        preferences: &RequestPreferences,
        name: &str,
        code: &str,
    ) -> Response {
        let texts = preferences.page_texts;
        let (action, button) = (format!("/device/{code}"), fill(texts.device_yes(), &[name]));
        self.render(
            preferences,
            StatusCode::OK,
            texts.device_ask(),
            view! {
                <p>{texts.device_ask_what()}</p>
                <form method="post" action=action><button class="main">{button}</button></form>
                <p><a href="/">{texts.device_no()}</a></p>
            },
        )
    }

    /// Tells that a link has expired, was used already or never existed. Status 410.
    pub(in crate::http) fn device_link_expired(&self, preferences: &RequestPreferences) -> Response {
        let texts = preferences.page_texts;
        self.render(
            preferences,
            StatusCode::GONE,
            texts.device_link_expired(),
            view! {
                <p>{texts.device_link_expired_why()}</p>
                <p><a href="/">{texts.to_room()}</a></p>
            },
        )
    }
}

//! Pages for device links: the new link, the confirmation, and the error for an expired link. They need no script.

use axum::http::StatusCode;
use axum::response::Response;
use fast_qr::QRBuilder;
use leptos::prelude::*;
use parlor_app::i18n::fill;

use super::super::page_template::PageTemplate;
use super::super::request_preferences::RequestPreferences;

/// Width of the white quiet zone around a QR code, in modules (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

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

/// A link as a QR code; `None` if it is too long for one. It is dark on light in every colour scheme, as scanners
/// require.
fn qr_code(link: &str, label: &'static str) -> Option<impl IntoView + use<>> {
    let code = QRBuilder::new(link).build().ok()?;
    let dark = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y))).filter(|&(x, y)| code[y][x].value());
    let path: String = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE)).collect();
    let side = code.size + 2 * QUIET_ZONE;
    Some(view! {
        <svg
            class="device-code"
            role="img"
            aria-label=label
            width="240"
            height="240"
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
        >
            <rect width=side height=side fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    })
}

//! The small pages around a link to another device. They need no script.

use axum::http::StatusCode;
use axum::response::Response;
use fast_qr::QRBuilder;
use leptos::prelude::*;

use super::super::document::Document;

/// Modules of white around a QR code (ISO/IEC 18004).
const QUIET: usize = 4;

impl Document {
    /// The link, to be opened on the other device.
    pub(in crate::http) fn offer(&self, name: &str, link: &str) -> Response {
        let code = code(link);
        let said = format!(
            "Scan this with its camera, or open the link there. It works once, for five minutes, and whoever opens it is {name}."
        );
        let link = link.to_owned();
        self.answer(
            StatusCode::OK,
            "Continue on another device",
            view! {
                <p>{said}</p>
                {code}
                <p class="device-link"><a href=link>{link.clone()}</a></p>
                <p><a href="/">"Back to the room"</a></p>
            },
        )
    }

    /// The question whether to be this person here.
    pub(in crate::http) fn ask(&self, name: &str, code: &str) -> Response {
        let (action, button) = (format!("/device/{code}"), format!("Continue as {name} on this device"));
        self.answer(
            StatusCode::OK,
            "Continue on this device",
            view! {
                <p>"Your name, your messages and what you have read come along."</p>
                <form method="post" action=action><button class="main">{button}</button></form>
                <p><a href="/">"Not now"</a></p>
            },
        )
    }

    /// That a link can't be used.
    pub(in crate::http) fn over(&self) -> Response {
        self.answer(
            StatusCode::GONE,
            "This link is over",
            view! {
                <p>"It works once, for five minutes. Make a new one on the device where you have your name."</p>
                <p><a href="/">"To the room"</a></p>
            },
        )
    }
}

/// A link as a QR code, dark on light in any color scheme: cameras want it so. None if it is too long for one.
fn code(link: &str) -> Option<impl IntoView + use<>> {
    let code = QRBuilder::new(link).build().ok()?;
    let dark = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y))).filter(|&(x, y)| code[y][x].value());
    let path: String = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET)).collect();
    let side = code.size + 2 * QUIET;
    Some(view! {
        <svg
            class="device-code"
            role="img"
            aria-label="The link as a QR code"
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

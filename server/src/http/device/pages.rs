//! The small pages around a link to another device. They need no script.

use axum::http::StatusCode;
use axum::response::Response;
use fast_qr::QRBuilder;
use leptos::prelude::*;
use parlor_app::words::fill;

use super::super::document::Document;
use super::super::reader::Reader;

/// Modules of white around a QR code (ISO/IEC 18004).
const QUIET: usize = 4;

impl Document {
    /// The link, to be opened on the other device.
    pub(in crate::http) fn offer(&self, reader: &Reader, name: &str, link: &str) -> Response {
        let words = reader.pages;
        let code = code(link, words.device_code());
        let said = fill(words.device_offer_how(), &[name]);
        let link = link.to_owned();
        self.answer(
            reader,
            StatusCode::OK,
            words.device_offer(),
            view! {
                <p>{said}</p>
                {code}
                <p class="device-link"><a href=link>{link.clone()}</a></p>
                <p><a href="/">{words.back()}</a></p>
            },
        )
    }

    /// The question whether to be this person here.
    pub(in crate::http) fn ask(&self, reader: &Reader, name: &str, code: &str) -> Response {
        let words = reader.pages;
        let (action, button) = (format!("/device/{code}"), fill(words.device_yes(), &[name]));
        self.answer(
            reader,
            StatusCode::OK,
            words.device_ask(),
            view! {
                <p>{words.device_ask_what()}</p>
                <form method="post" action=action><button class="main">{button}</button></form>
                <p><a href="/">{words.device_no()}</a></p>
            },
        )
    }

    /// That a link can't be used.
    pub(in crate::http) fn over(&self, reader: &Reader) -> Response {
        let words = reader.pages;
        self.answer(
            reader,
            StatusCode::GONE,
            words.device_over(),
            view! {
                <p>{words.device_over_why()}</p>
                <p><a href="/">{words.to_room()}</a></p>
            },
        )
    }
}

/// A link as a QR code, dark on light in any color scheme: cameras want it so. None if it is too long for one.
fn code(link: &str, label: &'static str) -> Option<impl IntoView + use<>> {
    let code = QRBuilder::new(link).build().ok()?;
    let dark = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y))).filter(|&(x, y)| code[y][x].value());
    let path: String = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET)).collect();
    let side = code.size + 2 * QUIET;
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

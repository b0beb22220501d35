//! A second device: a link that carries the session over to it, once. Opening it shows a question and changes nothing,
//! so that whatever looks at links before people do uses none up.

mod links;
mod pages;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use self::links::Links;
use super::Pages;
use super::document::Document;
use super::reader::Reader;
use crate::chat::{ConnectionManager, Session};
use crate::net::{Client, HttpError, cookie};

/// What it takes to let a session have another device, or none.
#[derive(Clone, Debug)]
pub(super) struct Devices {
    pub(super) manager: Arc<ConnectionManager>,
    pub(super) links: Arc<Links>,
    document: Document,
}

impl Devices {
    pub(super) fn new(pages: &Pages) -> Self {
        let document = Document::new(&pages.options);
        Self { manager: pages.manager.clone(), links: Arc::default(), document }
    }

    /// What the session behind a link is called, while the link can be used.
    fn name_behind(&self, code: &str) -> Option<String> {
        let session = self.links.session(code, Instant::now())?;
        Some(self.manager.author(&session)?.name.as_str().to_owned())
    }
}

/// `POST /device`: a link for the session of the cookie.
pub(super) async fn offer(
    State(devices): State<Devices>,
    reader: Reader,
    client: Client,
    headers: HeaderMap,
) -> Response {
    let Some(origin) = client.origin else {
        return HttpError::InvalidHost.into_response();
    };
    let held = cookie::session(&headers).and_then(|token| Some((devices.manager.author(&Session::of(&token))?, token)));
    let Some((author, token)) = held else {
        return HttpError::Nameless.into_response();
    };
    let (code, surplus) = devices.links.make(token, client.address, Instant::now());
    if let Some(limit) = surplus {
        devices.manager.limit_log().reached(client.address, limit);
    }
    devices.document.offer(&reader, author.name.as_str(), &format!("{origin}/device/{code}"))
}

/// `GET /device/CODE`: the question whether to go on here.
pub(super) async fn ask(State(devices): State<Devices>, Path(code): Path<String>, reader: Reader) -> Response {
    match devices.name_behind(&code) {
        Some(name) => devices.document.ask(&reader, &name, &code),
        None => devices.document.over(&reader),
    }
}

/// `POST /device/CODE`: the answer. This browser is the session's from now on.
pub(super) async fn take(
    State(devices): State<Devices>,
    Path(code): Path<String>,
    reader: Reader,
    client: Client,
) -> Response {
    if devices.name_behind(&code).is_none() {
        return devices.document.over(&reader);
    }
    let cookie =
        devices.links.take(&code, Instant::now()).and_then(|token| cookie::set_session(&token, client.is_https()));
    match cookie {
        Some(cookie) => {
            let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        None => devices.document.over(&reader),
    }
}

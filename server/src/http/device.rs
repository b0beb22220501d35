//! Device links: a single-use link that transfers a session to another browser.
//!
//! A GET of the link only asks for confirmation, so that link previews do not use it up.

mod links;
mod pages;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use self::links::DeviceLinks;
use super::PageState;
use super::page_template::PageTemplate;
use super::request_preferences::RequestPreferences;
use crate::chat::{ConnectionManager, Session};
use crate::net::{ClientInfo, HttpError, cookie};

/// State of the routes for device links and signing out.
#[derive(Clone, Debug)]
pub(super) struct DeviceState {
    pub(super) manager: Arc<ConnectionManager>,
    pub(super) links: Arc<DeviceLinks>,
    template: PageTemplate,
}

impl DeviceState {
    pub(super) fn new(page_state: &PageState) -> Self {
        let template = PageTemplate::new(&page_state.options);
        Self { manager: page_state.manager.clone(), links: Arc::default(), template }
    }

    /// The display name of the link's session; `None` if the link is not valid or the session has no name.
    fn name_for_link(&self, code: &str) -> Option<String> {
        let session = self.links.session(code, Instant::now())?;
        Some(self.manager.author(&session)?.name.as_str().to_owned())
    }
}

/// `POST /device`: creates a link for the session of the cookie, and shows it.
pub(super) async fn create_link(
    State(state): State<DeviceState>,
    preferences: RequestPreferences,
    client: ClientInfo,
    headers: HeaderMap,
) -> Response {
    let Some(origin) = client.origin else {
        return HttpError::InvalidHost.into_response();
    };
    let named_session =
        cookie::session(&headers).and_then(|token| Some((state.manager.author(&Session::of(&token))?, token)));
    let Some((author, token)) = named_session else {
        return HttpError::NameRequired.into_response();
    };
    let (code, reached_limit) = state.links.create(token, client.address, Instant::now());
    if let Some(limit) = reached_limit {
        state.manager.limit_log().reached(client.address, limit);
    }
    state.template.device_link(&preferences, author.name.as_str(), &format!("{origin}/device/{code}"))
}

/// `GET /device/CODE`: asks whether to continue the session in this browser.
pub(super) async fn confirm_link(
    State(state): State<DeviceState>,
    Path(code): Path<String>,
    preferences: RequestPreferences,
) -> Response {
    match state.name_for_link(&code) {
        Some(name) => state.template.confirm_device_link(&preferences, &name, &code),
        None => state.template.device_link_expired(&preferences),
    }
}

/// `POST /device/CODE`: uses the link up and gives this browser the session cookie.
pub(super) async fn redeem_link(
    State(state): State<DeviceState>,
    Path(code): Path<String>,
    preferences: RequestPreferences,
    client: ClientInfo,
) -> Response {
    if state.name_for_link(&code).is_none() {
        return state.template.device_link_expired(&preferences);
    }
    let cookie =
        state.links.redeem(&code, Instant::now()).and_then(|token| cookie::session_cookie(&token, client.is_https()));
    match cookie {
        Some(cookie) => {
            let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        None => state.template.device_link_expired(&preferences),
    }
}

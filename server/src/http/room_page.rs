//! The app's page, rendered on the server with the messages of a room.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, expect_context};
use leptos_axum::{ResponseOptions, render_app_to_stream_with_context};
use parlor::message::PageOf;
use parlor::{ErrorCode, RoomName};
use parlor_app::initial_page::{InitialPage, PageLink, ServerInfo};
use parlor_app::shell;
use parlor_app::state::initial_state::{InitialState, RejectedForm, RoomTitle};
use serde::Deserialize;

use super::canonical_path::room_location;
use super::headers;
use super::page_template::PageTemplate;
use super::path_room::{PathMessage, PathRoom};
use super::request_preferences::RequestPreferences;
use super::routes::Route;
use crate::access::{Actor, ServerAction};
use crate::chat::{ClientAddress, ConnectionManager, EntryError, RateLimiter, ReadableRoom, Session};
use crate::engine::now;
use crate::net::origin::Origin;
use crate::net::sign_in::{RequestSession, sign_in};
use crate::net::{ClientInfo, HttpError, cookie};
use crate::random;

/// State of the routes that render the app.
#[derive(Clone, Debug)]
pub(crate) struct PageState {
    pub(crate) manager: Arc<ConnectionManager>,
    pub(crate) options: LeptosOptions,
    /// The build, so that a page can notice that the server has another one.
    pub(crate) build_id: &'static str,
    /// The stylesheet's content, to be inlined; `None` to link to it.
    pub(crate) stylesheet: Option<&'static str>,
    /// Renders the pages without script.
    pub(crate) template: PageTemplate,
    /// Rate limit for forms per client address. For WebSockets the same limit holds per connection.
    pub(crate) form_limiter: Arc<RateLimiter<ClientAddress>>,
}

/// The query for a page of a room's history, before or after a seq. Links use it where no script runs.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct HistoryQuery {
    before: Option<u64>,
    after: Option<u64>,
}

impl HistoryQuery {
    fn page_of(self) -> Option<PageOf> {
        self.before.map(PageOf::Before).or(self.after.map(PageOf::After))
    }
}

/// The room and the part of its history that a page shows.
#[derive(Debug, Default)]
pub(super) struct PageRequest {
    pub(super) room: RoomName,
    /// The part of the history; `None` for the newest messages.
    pub(super) page_of: Option<PageOf>,
    /// The form that was rejected, to be shown again.
    pub(super) rejected_form: Option<RejectedForm>,
}

/// `GET /`, `GET /r/NAME` and `GET /p/ID`; with `?before=SEQ` or `?after=SEQ` a page of the room's history.
pub(super) async fn room(
    State(state): State<PageState>,
    PathRoom(room): PathRoom,
    Query(query): Query<HistoryQuery>,
    client: ClientInfo,
    request: Request<Body>,
) -> Response {
    let page = PageRequest { room, page_of: query.page_of(), rejected_form: None };
    state.render_room(&client, page, request).await
}

/// `GET /r/NAME/SEQ` and `GET /p/ID/SEQ`: the room with the messages around that one.
pub(super) async fn message(
    State(state): State<PageState>,
    PathMessage(room, seq): PathMessage,
    client: ClientInfo,
    request: Request<Body>,
) -> Response {
    let page = PageRequest { room, page_of: Some(PageOf::Around(seq)), rejected_form: None };
    state.render_room(&client, page, request).await
}

impl PageState {
    /// Renders a room for the session of the request's cookie, or for a new session, whose cookie it sets.
    pub(super) async fn render_room(self, client: &ClientInfo, page: PageRequest, request: Request<Body>) -> Response {
        match sign_in(&self.manager, client, request.headers()).await {
            Ok(signed_in) => self.render_room_for(signed_in, client, page, request).await,
            Err(_) => HttpError::Unavailable.into_response(),
        }
    }

    /// Renders a room for a session, and sets its cookies.
    pub(super) async fn render_room_for(
        self,
        signed_in: RequestSession,
        client: &ClientInfo,
        page: PageRequest,
        request: Request<Body>,
    ) -> Response {
        let RequestSession { session, cookies } = signed_in;
        let entered = self.manager.enter(self.manager.person(&session), &page.room).await;
        let response = match entered {
            Ok(readable) => match self.initial_page(page, &readable, session, request.headers()).await {
                Ok(initial_page) => self.render(client, initial_page, request).await,
                Err(_) => HttpError::Unavailable.into_response(),
            },
            Err(error) => entry_error_response(error),
        };
        (cookie::set_cookies(cookies), response).into_response()
    }

    /// Renders the app from its initial state.
    pub(super) async fn render(
        self,
        client: &ClientInfo,
        initial_page: InitialPage,
        request: Request<Body>,
    ) -> Response {
        let connect_sources = connect_sources(client.origin.as_ref(), &self.options);
        let set_headers = move || {
            let response = expect_context::<ResponseOptions>();
            let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
            let policy = headers::content_security_policy(&nonce, &connect_sources);
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static(headers::NO_STORE));
        };
        let (options, stylesheet) = (self.options, self.stylesheet);
        let document = move || shell(&options, initial_page.clone(), stylesheet);
        let handler = render_app_to_stream_with_context(set_headers, document);
        handler(request).await.into_response()
    }

    /// Loads everything that the app shows first.
    ///
    /// # Errors
    /// The engine can't read the room.
    async fn initial_page(
        &self,
        page: PageRequest,
        readable: &ReadableRoom,
        session: Session,
        headers: &HeaderMap,
    ) -> Result<InitialPage, ErrorCode> {
        let PageRequest { room, page_of, rejected_form } = page;
        let preferences = RequestPreferences::from_headers(headers);
        self.manager.refresh_form_session(&session);
        let requested = match page_of {
            Some(page_of) => Some(self.manager.history_page(readable, page_of, &session).await?),
            None => None,
        };
        let history = match requested.filter(|history| !history.page.events.is_empty()) {
            Some(history) => history,
            None => self.manager.history(readable, None, &session).await?,
        };
        let read = self.manager.read_up_to(&session, &readable.room).await?;
        let (now, oldest) = (now(), history.page.events.iter().map(|event| event.at).min());
        let zone = cookie::time_zone(headers);
        let joined = self.manager.joined_rooms(&session).await?;
        let title = |room: &RoomName, title: &str| RoomTitle { room: room.clone(), title: title.to_owned() };
        let mut titles: Vec<_> =
            joined.iter().filter(|(_, text)| !text.is_empty()).map(|(room, text)| title(room, text)).collect();
        let own_title = readable.room.title();
        if !own_title.is_empty() && titles.iter().all(|known| known.room != room) {
            titles.push(title(&room, &own_title));
        }
        let policy = self.manager.server_policy();
        let actor = self.manager.person(&session);
        let needs_invitation = self.manager.may_on_server(actor, ServerAction::Write).is_err();
        let by_invitation = if needs_invitation { preferences.texts.members_only() } else { "" };
        let notice = match self.manager.author(&session) {
            Some(_) => String::new(),
            None => [&*policy.welcome, by_invitation].join("\n").trim().to_owned(),
        };
        let links = self.server_links(actor, &preferences);
        let server = ServerInfo { name: policy.name.clone(), notice, needs_invitation, links };
        let state = InitialState {
            room,
            rooms: joined.into_iter().map(|(room, _)| room).collect(),
            titles,
            name: self.manager.author(&session).map(|author| author.name),
            session: session.account,
            as_of: history.as_of,
            events: history.page.events,
            has_older: history.page.has_older,
            at: if let Some(PageOf::Around(seq)) = page_of { Some(seq) } else { None },
            has_newer: history.page.has_newer,
            roster: history.roster,
            read,
            topic: history.topic,
            utc_offsets: zone.map_or_else(Vec::new, |zone| zone.offsets(oldest.unwrap_or(now), now)),
            settings: preferences.settings,
            build: self.build_id.to_owned(),
            rejected_form,
        };
        let (texts, hour12) = (preferences.texts, preferences.hour12);
        Ok(InitialPage { state, now, texts, hour12, server, form_id: random::text::<16>() })
    }

    /// The pages of the server for somebody who reads.
    fn server_links(&self, actor: Actor<'_>, preferences: &RequestPreferences) -> Vec<PageLink> {
        let (texts, may) = (preferences.page_texts, |action| self.manager.may_on_server(actor, action).is_ok());
        let link = |path: &str, label: &str| PageLink { path: path.to_owned(), label: label.to_owned() };
        let mut links = vec![if may(ServerAction::Write) {
            link(Route::Recovery.path(), texts.recovery())
        } else {
            link(Route::SignIn.path(), texts.been_here())
        }];
        if may(ServerAction::Manage) {
            links.push(link(Route::Server.path(), texts.this_server()));
        }
        links
    }
}

/// The response for somebody who can't enter a room: a redirect if it has another name now, else an error.
pub(super) fn entry_error_response(error: EntryError) -> Response {
    match error {
        EntryError::Moved { to, .. } => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, room_location(&to))]).into_response()
        }
        EntryError::Similar(similar) if similar.same_name => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, room_location(&similar.room))]).into_response()
        }
        error => HttpError::from(error).into_response(),
    }
}

/// Additional sources for `connect-src` in the content security policy, each with a space before it.
///
/// They are our own origin with `ws:` and `wss:`, which older browsers do not match with `'self'`; and in development
/// the WebSocket by which cargo-leptos reloads the page.
fn connect_sources(origin: Option<&Origin>, options: &LeptosOptions) -> String {
    let own = origin.map(Origin::authority).map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    if std::env::var_os("LEPTOS_WATCH").is_none() {
        return own;
    }
    let reload = SocketAddr::new(options.site_addr.ip(), u16::try_from(options.reload_port).unwrap_or_default());
    format!("{own} ws://{reload} ws://localhost:{}", reload.port())
}

//! The page, drawn with the room's last messages in it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Request, header};
use axum::response::{IntoResponse, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, expect_context};
use leptos_axum::{ResponseOptions, render_app_to_stream_with_context};
use parlor::message::PageOf;
use parlor::{ErrorCode, RoomName};
use parlor_app::boot::Refused;
use parlor_app::{Boot, shell};
use serde::Deserialize;

use super::address;
use super::headers;
use super::reader::Reader;
use crate::chat::{ClientAddress, ConnectionManager, RateLimiter, Session};
use crate::engine::now;
use crate::net::origin::Origin;
use crate::net::{Client, HttpError, cookie};
use crate::random;

/// What it takes to draw a page.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    pub(crate) manager: Arc<ConnectionManager>,
    pub(crate) options: LeptosOptions,
    pub(crate) build: &'static str,
    pub(crate) style: Option<&'static str>,
    /// How fast forms may come from one address. What a connection is to others, an address is here.
    pub(crate) forms: Arc<RateLimiter<ClientAddress>>,
}

/// How pages are turned without script: to what was said before a message, or after it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Turned {
    before: Option<u64>,
    after: Option<u64>,
}

impl Turned {
    fn page(self) -> Option<PageOf> {
        self.before.map(PageOf::Before).or(self.after.map(PageOf::After))
    }
}

/// What is looked at.
#[derive(Debug, Default)]
pub(super) struct Visit {
    pub(super) room: RoomName,
    /// The part of its past, if it is not the newest.
    pub(super) of: Option<PageOf>,
    /// What a form brought and could not be taken.
    pub(super) refused: Option<Refused>,
}

/// `GET /`.
pub(super) async fn lobby(
    State(pages): State<Pages>,
    Query(turned): Query<Turned>,
    client: Client,
    request: Request<Body>,
) -> Response {
    pages.draw(&client, Visit { of: turned.page(), ..Visit::default() }, request).await
}

/// `GET /r/NAME`; with `?before=SEQ` or `?after=SEQ` a page of its past.
pub(super) async fn room(
    State(pages): State<Pages>,
    Path(name): Path<String>,
    Query(turned): Query<Turned>,
    client: Client,
    request: Request<Body>,
) -> Response {
    match RoomName::parse(&name) {
        Ok(room) => pages.draw(&client, Visit { room, of: turned.page(), refused: None }, request).await,
        Err(_) => HttpError::InvalidRoom.into_response(),
    }
}

/// `GET /r/NAME/SEQ`: the room, with what stands around that message.
pub(super) async fn message(
    State(pages): State<Pages>,
    Path((name, seq)): Path<(String, String)>,
    client: Client,
    request: Request<Body>,
) -> Response {
    match (RoomName::parse(&name), address::seq(&seq)) {
        (Ok(room), Some(seq)) => {
            let of = Some(PageOf::Around(seq));
            pages.draw(&client, Visit { room, of, refused: None }, request).await
        }
        (Ok(room), None) => HttpError::InvalidMessage(room).into_response(),
        (Err(_), _) => HttpError::InvalidRoom.into_response(),
    }
}

impl Pages {
    /// The page for who asks.
    pub(super) async fn draw(self, client: &Client, visit: Visit, request: Request<Body>) -> Response {
        let (session, new_token) = match cookie::session(request.headers()) {
            Some(token) => (Session::of(&token), None),
            None => {
                let (session, token) = Session::new();
                (session, Some(token))
            }
        };
        let boot = match self.boot(visit, session, request.headers()).await {
            Ok(boot) => boot,
            Err(_) => return HttpError::Unavailable.into_response(),
        };
        let cookie = new_token.and_then(|token| cookie::set_session(&token, client.is_https()));
        self.answer(client, boot, cookie, request).await
    }

    /// The document of this state.
    pub(super) async fn answer(
        self,
        client: &Client,
        boot: Boot,
        cookie: Option<HeaderValue>,
        request: Request<Body>,
    ) -> Response {
        let sockets = sockets(client.origin.as_ref(), &self.options);
        let about_response = move || {
            let response = expect_context::<ResponseOptions>();
            let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
            let policy = headers::content_security_policy(&nonce, &sockets);
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static(headers::UNCACHED));
            if let Some(cookie) = cookie.clone() {
                response.append_header(header::SET_COOKIE, cookie);
            }
        };
        let (options, style) = (self.options, self.style);
        let document = move || shell(&options, boot.clone(), style);
        let draw = render_app_to_stream_with_context(about_response, document);
        draw(request).await.into_response()
    }

    async fn boot(&self, visit: Visit, session: Session, headers: &HeaderMap) -> Result<Boot, ErrorCode> {
        let Visit { room, of, refused } = visit;
        let reader = Reader::of(headers);
        self.manager.revisit(&session);
        let shown = self.manager.room(&room).await?;
        let past = match of {
            Some(of) => Some(self.manager.history_of(&shown, of, &session).await?),
            None => None,
        };
        let history = match past.filter(|past| !past.page.events.is_empty()) {
            Some(past) => past,
            None => self.manager.history(&shown, None, &session).await?,
        };
        let read = self.manager.read_up_to(&session, &shown).await?;
        let (now, oldest) = (now(), history.page.events.iter().map(|event| event.at).min());
        let zone = cookie::time_zone(headers);
        Ok(Boot {
            room,
            rooms: self.manager.memberships(&session).await?,
            name: self.manager.author(&session).map(|author| author.name),
            session: session.id,
            as_of: history.as_of,
            events: history.page.events,
            has_older: history.page.has_older,
            at: if let Some(PageOf::Around(seq)) = of { Some(seq) } else { None },
            has_newer: history.page.has_newer,
            roster: history.roster,
            read,
            topic: history.topic,
            now,
            utc_offsets: zone.map_or_else(Vec::new, |zone| zone.offsets(oldest.unwrap_or(now), now)),
            settings: reader.settings,
            words: reader.words,
            half_days: reader.half_days,
            build: self.build.to_owned(),
            form: random::text::<16>(),
            refused,
        })
    }
}

/// Where the page may open sockets to besides what `'self'` means: older browsers don't count `ws:` as the same origin,
/// and in development the page listens for rebuilds.
fn sockets(ours: Option<&Origin>, options: &LeptosOptions) -> String {
    let ours = ours.map(Origin::authority).map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    if std::env::var_os("LEPTOS_WATCH").is_none() {
        return ours;
    }
    let reload = SocketAddr::new(options.site_addr.ip(), u16::try_from(options.reload_port).unwrap_or_default());
    format!("{ours} ws://{reload} ws://localhost:{}", reload.port())
}

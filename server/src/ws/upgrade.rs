//! Answers the request for a WebSocket (RFC 6455 §4.2) and takes the socket over from hyper.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use parlor::{CloseCode, RoomName, SUBPROTOCOL, Token};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tungstenite::handshake::derive_accept_key;

use super::admission::{Admissions, Admitted};
use super::plain::Plain;
use super::reader::{Reader, reading_pace};
use super::rich::Rich;
use crate::chat::{Connection, ConnectionManager, Dialect, Room};
use crate::http::{Place, cookie, origin};

/// What it takes to let a WebSocket in.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) manager: Arc<ConnectionManager>,
    /// Pages of these origins may connect besides our own.
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) limits_on: bool,
    pub(crate) admissions: Admissions,
    pub(crate) heartbeat: Duration,
    pub(crate) build: &'static str,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Address {
    room: Option<String>,
}

/// Why there is no WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Refused {
    #[error("This address speaks WebSocket (RFC 6455).")]
    NoUpgrade,
    #[error("Only version 13 of the WebSocket protocol is spoken here.")]
    Version,
    #[error("The WebSocket key is missing or not well formed.")]
    Key,
    #[error("Pages of other sites may not connect (see --allow-origin).")]
    Origin,
    #[error("The only parlor.* protocol spoken here is parlor.v1.")]
    Subprotocol,
    #[error("A room's name has lower-case letters, digits, - and _, at most 64 bytes.")]
    Room,
    #[error("This address has too many connections.")]
    TooMany,
    #[error("The server is shutting down.")]
    ShuttingDown,
    #[error("The room can't be opened at the moment.")]
    Unavailable,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoUpgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::Key | Self::Subprotocol | Self::Room => StatusCode::BAD_REQUEST,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::ShuttingDown | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = (status, format!("{self}\n")).into_response();
        if status == StatusCode::UPGRADE_REQUIRED {
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }
}

/// What the client asked for.
struct Handshake {
    /// Proves that the request was understood (RFC 6455 §4.2.2, 5.4).
    accept: HeaderValue,
    dialect: Dialect,
    room: Arc<Room>,
    cookie: Option<Token>,
    admitted: Admitted,
}

/// `GET /ws/chat`.
pub(crate) async fn chat(
    State(gate): State<Gate>,
    Extension(peer): Extension<SocketAddr>,
    Extension(place): Extension<Place>,
    Query(address): Query<Address>,
    request: Request<Body>,
) -> Response {
    let handshake = match gate.check(request.headers(), address, peer.ip()).await {
        Ok(handshake) => handshake,
        Err(refused) => return refused.into_response(),
    };
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    answer.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(header::SEC_WEBSOCKET_ACCEPT, handshake.accept.clone());
    if handshake.dialect == Dialect::Rich {
        answer.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    gate.tasks.clone().spawn(async move {
        match hyper::upgrade::on(request).await.map(|upgraded| upgraded.downcast::<TokioIo<TcpStream>>()) {
            Ok(Ok(parts)) => gate.serve(handshake, parts.io.into_inner(), &parts.read_buf, place),
            Ok(Err(_)) => tracing::error!("an upgraded connection is not the TCP stream it was"),
            Err(error) => tracing::debug!(%error, "a client went away while its connection was upgraded"),
        }
    });
    response
}

impl Gate {
    async fn check(&self, headers: &HeaderMap, address: Address, peer: IpAddr) -> Result<Handshake, Refused> {
        if !lists(headers, &header::CONNECTION, "upgrade") || !lists(headers, &header::UPGRADE, "websocket") {
            return Err(Refused::NoUpgrade);
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(Refused::Version);
        }
        // 16 bytes of base64 (RFC 6455 §4.1); what they are matters to nobody.
        let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24).ok_or(Refused::Key)?;
        if !origin::is_welcome(headers, &self.allowed_origins) {
            return Err(Refused::Origin);
        }
        let dialect = dialect(headers)?;
        let room = address.room.map_or(Ok(RoomName::default()), |name| RoomName::parse(&name));
        let room = room.map_err(|_| Refused::Room)?;
        let room = self.manager.room(&room).await.map_err(|_| Refused::Unavailable)?;
        let admitted = self.admissions.admit(peer).ok_or(Refused::TooMany)?;
        if self.shutdown.is_cancelled() {
            return Err(Refused::ShuttingDown);
        }
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| Refused::Key)?;
        Ok(Handshake { accept, dialect, room, cookie: cookie::session(headers), admitted })
    }

    /// Lets the conversation begin, in a task of its own that has nothing of the handshake and nothing that only the
    /// other dialect needs: it is most of what an idle connection costs.
    fn serve(self, handshake: Handshake, stream: TcpStream, leftover: &[u8], place: Place) {
        let stay = self.manager.connect(stream, handshake.dialect);
        let holding = Holding { connection: stay.connection(), _admitted: handshake.admitted, _place: place };
        if self.shutdown.is_cancelled() {
            // Whoever came in while all others were told is told here.
            stay.close(CloseCode::SHUTTING_DOWN, "shutting down");
        }
        let mut reader = Reader::new(stay.connection(), reading_pace(self.limits_on));
        let mut texts = Vec::new();
        let begun = reader.read_leftover(leftover, &mut texts).is_ok();
        let tasks = self.tasks.clone();
        // Nothing is moved within these tasks: what is moved has two places in them.
        if !begun {
            tasks.spawn(reader.wait_for_end(holding));
        } else if handshake.dialect == Dialect::Plain {
            let mut plain = Plain::new(self.manager, stay, handshake.room, self.limits_on);
            tasks.spawn(async move {
                plain.converse(&mut reader, &mut texts).await;
                drop(plain);
                Box::pin(reader.wait_for_end(holding)).await;
            });
        } else {
            let mut rich = Rich::new(self.manager, stay, handshake.cookie, self.heartbeat, self.build, self.limits_on);
            tasks.spawn(async move {
                rich.converse(&mut reader, &mut texts).await;
                drop(rich);
                Box::pin(reader.wait_for_end(holding)).await;
            });
        }
    }
}

/// What a connection takes up until its socket is closed: a place among those from its address, and among all. However
/// its task ends, the socket is closed then: a task that still drains it must not keep it open.
pub(super) struct Holding {
    connection: Arc<Connection>,
    _admitted: Admitted,
    _place: Place,
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Which dialect the client asks for: rich if it offers `parlor.v1`, plain if it offers no `parlor.*`.
fn dialect(headers: &HeaderMap) -> Result<Dialect, Refused> {
    let mut offers = values(headers, &header::SEC_WEBSOCKET_PROTOCOL).filter(|offer| offer.starts_with("parlor."));
    match offers.next() {
        None => Ok(Dialect::Plain),
        Some(first) if first == SUBPROTOCOL || offers.any(|offer| offer == SUBPROTOCOL) => Ok(Dialect::Rich),
        Some(_) => Err(Refused::Subprotocol),
    }
}

fn lists(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    values(headers, name).any(|item| item.eq_ignore_ascii_case(value))
}

/// The items of a header that is a comma-separated list (RFC 9110 §5.6.1).
fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).map(str::trim)
}

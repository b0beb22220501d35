//! Answers the request for a WebSocket (RFC 6455 §4.2.2) and takes the socket over from hyper.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use parlor::{CloseCode, RoomName, SUBPROTOCOL, Token};
use percent_encoding::percent_decode;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::conversation;
use super::handshake::{Handshake, Refusal};
use super::plain::Plain;
use super::reader::{Reader, reading_pace};
use super::rich::Rich;
use crate::chat::{ClientAddress, Connection, ConnectionManager, Dialect, Room};
use crate::net::progress::TimedStream;
use crate::net::{Client, SocketPermit, cookie, origin};

/// What it takes to let a WebSocket in.
#[derive(Clone, Debug)]
pub(crate) struct WsState {
    pub(crate) manager: Arc<ConnectionManager>,
    /// Pages of these origins may connect besides our own.
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) limits_on: bool,
    pub(crate) heartbeat: Duration,
    pub(crate) build: &'static str,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// How a connection goes on after the handshake.
enum Begin {
    /// In this room.
    Plain(Arc<Room>),
    /// In the rooms that it will name, as the session of this secret if it names none.
    Rich(Option<Token>),
}

/// `GET /ws/chat`.
pub(crate) async fn chat(
    State(state): State<WsState>,
    Extension(permit): Extension<SocketPermit>,
    client: Client,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    let handshake = match Handshake::read(&head) {
        Ok(handshake) => handshake,
        Err(refusal) => return refusal.into_response(),
    };
    let begin = match state.admit(&handshake, &client, &head).await {
        Ok(begin) => begin,
        Err(refusal) => return refusal.into_response(),
    };
    let request = Request::from_parts(head, body);
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    answer.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(header::SEC_WEBSOCKET_ACCEPT, handshake.accept);
    if handshake.dialect == Dialect::Rich {
        answer.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    state.tasks.clone().spawn(async move {
        match hyper::upgrade::on(request).await.map(|upgraded| upgraded.downcast::<TokioIo<TimedStream>>()) {
            Ok(Ok(parts)) => {
                let stream = parts.io.into_inner().into_inner();
                state.serve(begin, stream, client.address, &parts.read_buf, permit);
            }
            Ok(Err(_)) => tracing::error!("an upgraded connection is not the TCP stream it was"),
            Err(error) => tracing::debug!(%error, "a client went away while its connection was upgraded"),
        }
    });
    response
}

impl WsState {
    async fn admit(&self, handshake: &Handshake, client: &Client, head: &Parts) -> Result<Begin, Refusal> {
        if !origin::is_welcome(&head.headers, client.origin.as_ref(), &self.allowed_origins) {
            return Err(Refusal::Origin);
        }
        let room = room(head.uri.query().unwrap_or_default())?;
        if self.shutdown.is_cancelled() {
            return Err(Refusal::ShuttingDown);
        }
        Ok(match handshake.dialect {
            Dialect::Plain => Begin::Plain(self.manager.room(&room).await.map_err(|_| Refusal::Unavailable)?),
            Dialect::Rich => Begin::Rich(cookie::session(&head.headers)),
        })
    }

    /// Lets the conversation begin, in a task of its own that has nothing of the handshake and nothing that only the
    /// other dialect needs: it is most of what an idle connection costs.
    fn serve(self, begin: Begin, stream: TcpStream, address: ClientAddress, leftover: &[u8], permit: SocketPermit) {
        let dialect = if matches!(begin, Begin::Plain(_)) { Dialect::Plain } else { Dialect::Rich };
        let stay = self.manager.connect(stream, address, dialect);
        let guard = SocketGuard { connection: stay.connection(), _permit: permit };
        if self.shutdown.is_cancelled() {
            // Whoever came in while all others were told is told here.
            stay.close(CloseCode::SHUTTING_DOWN, "shutting down");
        }
        let mut reader = Reader::new(stay.connection(), reading_pace(self.limits_on));
        let mut texts = Vec::new();
        let begun = reader.read_leftover(leftover, &mut texts);
        let tasks = self.tasks.clone();
        // Nothing is moved within these tasks: what is moved has two places in them.
        match begin {
            Begin::Plain(room) => {
                let mut plain = Plain::new(self.manager, stay, room, self.limits_on);
                tasks.spawn(async move {
                    conversation::run(&mut plain, &mut reader, &mut texts, begun).await;
                    drop(plain);
                    Box::pin(reader.wait_for_end(guard)).await;
                });
            }
            Begin::Rich(cookie) => {
                let mut rich = Rich::new(self.manager, stay, cookie, self.heartbeat, self.build, self.limits_on);
                tasks.spawn(async move {
                    conversation::run(&mut rich, &mut reader, &mut texts, begun).await;
                    drop(rich);
                    Box::pin(reader.wait_for_end(guard)).await;
                });
            }
        }
    }
}

/// The room that a query names, the default one if it names none. It names one at most, in UTF-8.
fn room(query: &str) -> Result<RoomName, Refusal> {
    let mut rooms = query.split('&').filter_map(|pair| match pair.split_once('=').unwrap_or((pair, "")) {
        ("room", name) => Some(name),
        _ => None,
    });
    let Some(name) = rooms.next() else { return Ok(RoomName::default()) };
    if rooms.next().is_some() {
        return Err(Refusal::Room);
    }
    // As forms write it: a plus is a blank, which no name has.
    let name = percent_decode(name.as_bytes()).decode_utf8().map_err(|_| Refusal::Room)?;
    RoomName::parse(&name).map_err(|_| Refusal::Room)
}

/// What a connection takes up until its socket is closed. However its task ends, the socket is closed then: a task that
/// still drains it must not keep it open.
pub(super) struct SocketGuard {
    connection: Arc<Connection>,
    _permit: SocketPermit,
}

impl Drop for SocketGuard {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

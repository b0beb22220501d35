//! Responds to a WebSocket handshake (RFC 6455 §4.2.2), takes the socket over from hyper and starts the connection's
//! task.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use parlor::{CloseCode, RoomName, SUBPROTOCOL};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::handshake::{Handshake, HandshakeError};
use super::message_loop;
use super::plain::{Plain, plain_actor};
use super::rate_limits::read_bucket;
use super::rich::Rich;
use super::socket_guard::SocketGuard;
use super::socket_reader::SocketReader;
use crate::chat::{ClientAddress, ConnectionManager, Dialect, EntryError, Room, Session};
use crate::engine::BotToken;
use crate::net::bot_token::bot_token;
use crate::net::io_timeout::TimeoutStream;
use crate::net::sign_in::{RequestSession, sign_in};
use crate::net::{ClientInfo, SocketPermit, cookie, device_name, origin_check, query_values};

/// The state of the WebSocket route.
#[derive(Clone, Debug)]
pub(crate) struct WsState {
    pub(crate) manager: Arc<ConnectionManager>,
    /// Origins whose pages may connect, in addition to the server's own.
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) limits_on: bool,
    /// The heartbeat interval that rich clients receive in `welcome`.
    pub(crate) heartbeat: Duration,
    /// The build of the page, which clients compare with their own.
    pub(crate) build: &'static str,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// An accepted handshake, by dialect.
enum Accepted {
    /// The room that the query names, and the bot of the token.
    Plain(Arc<Room>, Option<Arc<BotToken>>),
    /// The session of the bot token, or that of the cookie, which counts if `hello` has no token; and what the device
    /// calls itself.
    Rich(Option<Session>, String),
}

/// The handler of `GET /ws/chat`.
pub(crate) async fn chat(
    State(state): State<WsState>,
    Extension(permit): Extension<SocketPermit>,
    client: ClientInfo,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    let handshake = match Handshake::read(&head) {
        Ok(handshake) => handshake,
        Err(error) => return error.into_response(),
    };
    let accepted = match state.admit(&handshake, &client, &head).await {
        Ok(accepted) => accepted,
        Err(error) => return error.into_response(),
    };
    let (accepted, cookies) = accepted;
    let request = Request::from_parts(head, body);
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, handshake.accept);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    if handshake.dialect == Dialect::Rich {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    state.tasks.clone().spawn(async move {
        match hyper::upgrade::on(request).await.map(|upgraded| upgraded.downcast::<TokioIo<TimeoutStream>>()) {
            Ok(Ok(parts)) => {
                let stream = parts.io.into_inner().into_inner();
                state.serve(accepted, stream, client.address, &parts.read_buf, permit);
            }
            Ok(Err(_)) => tracing::error!("an upgraded connection is not a TCP stream"),
            Err(error) => tracing::debug!(%error, "a client disconnected while its connection was upgraded"),
        }
    });
    response
}

impl WsState {
    async fn admit(
        &self,
        handshake: &Handshake,
        client: &ClientInfo,
        head: &Parts,
    ) -> Result<(Accepted, Vec<HeaderValue>), HandshakeError> {
        if !origin_check::is_allowed_origin(&head.headers, client.origin.as_ref(), &self.allowed_origins) {
            return Err(HandshakeError::Origin);
        }
        let query = head.uri.query().unwrap_or_default();
        let (room, token) = (room(query)?, bot_token(&head.headers, query).map_err(|_| HandshakeError::SeveralTokens)?);
        if self.shutdown.is_cancelled() {
            return Err(HandshakeError::ShuttingDown);
        }
        let bot = match token {
            Some(token) => {
                let bot = self.manager.bot(&token).await.map_err(|_| HandshakeError::Unavailable)?;
                Some(bot.ok_or(HandshakeError::UnknownToken)?)
            }
            None => None,
        };
        match handshake.dialect {
            Dialect::Plain => {
                let entered = self.manager.enter(plain_actor(bot.as_deref(), false), &room).await;
                let entered = entered.map_err(|error| match error {
                    EntryError::MembersOnly => HandshakeError::MembersOnly,
                    EntryError::NoSuchRoom | EntryError::Deleted | EntryError::Moved { .. } => {
                        HandshakeError::NoSuchRoom
                    }
                    EntryError::Similar(_) => HandshakeError::SimilarRoom,
                    EntryError::Unavailable => HandshakeError::Unavailable,
                })?;
                Ok((Accepted::Plain(entered.room, bot), Vec::new()))
            }
            Dialect::Rich => {
                let device = device_name::device_name(&head.headers);
                if let Some(bot) = bot {
                    return Ok((Accepted::Rich(Some(Session::of_bot(bot)), device), Vec::new()));
                }
                // A client without the cookie may be none of a browser: it gets its token by `welcome`.
                if cookie::session(&head.headers, client.is_https()).is_none() {
                    return Ok((Accepted::Rich(None, device), Vec::new()));
                }
                let signed_in = sign_in(&self.manager, client, &head.headers).await;
                let RequestSession { session, cookies } = signed_in.map_err(|_| HandshakeError::Unavailable)?;
                Ok((Accepted::Rich(Some(session), device), cookies))
            }
        }
    }

    /// Registers the connection and starts its task. The task holds nothing of the handshake and nothing that only the
    /// other dialect needs, because it is most of the memory of an idle connection.
    fn serve(
        self,
        accepted: Accepted,
        stream: TcpStream,
        address: ClientAddress,
        leftover: &[u8],
        permit: SocketPermit,
    ) {
        let dialect = if matches!(accepted, Accepted::Plain(..)) { Dialect::Plain } else { Dialect::Rich };
        let guard = self.manager.connect(stream, address, dialect);
        let socket_guard = SocketGuard::new(guard.connection(), permit);
        if self.shutdown.is_cancelled() {
            // `close_all` may have run before this connection was registered.
            guard.close(CloseCode::SHUTTING_DOWN, "shutting down");
        }
        let mut reader = SocketReader::new(guard.connection(), read_bucket(self.limits_on));
        let mut texts = Vec::new();
        let outcome = reader.process_leftover(leftover, &mut texts);
        let tasks = self.tasks.clone();
        // No value is moved inside these tasks: a moved value takes up memory twice in a future.
        match accepted {
            Accepted::Plain(room, bot) => {
                let mut plain = Plain::new(self.manager, guard, room, bot, self.limits_on);
                tasks.spawn(async move {
                    // Boxed, like all that an idle connection does not need.
                    Box::pin(plain.enter()).await;
                    message_loop::run(&mut plain, &mut reader, &mut texts, outcome).await;
                    drop(plain);
                    Box::pin(reader.wait_for_end(socket_guard)).await;
                });
            }
            Accepted::Rich(session, device) => {
                let mut rich =
                    Rich::new(self.manager, guard, session, device, self.heartbeat, self.build, self.limits_on);
                tasks.spawn(async move {
                    message_loop::run(&mut rich, &mut reader, &mut texts, outcome).await;
                    drop(rich);
                    Box::pin(reader.wait_for_end(socket_guard)).await;
                });
            }
        }
    }
}

/// The room that a query names, or the default room. A query may name at most one room, in percent-encoded UTF-8.
fn room(query: &str) -> Result<RoomName, HandshakeError> {
    let mut rooms = query_values(query, "room");
    let Some(name) = rooms.next() else { return Ok(RoomName::default()) };
    if rooms.next().is_some() {
        return Err(HandshakeError::Room);
    }
    name.and_then(|name| RoomName::parse(&name).ok()).ok_or(HandshakeError::Room)
}

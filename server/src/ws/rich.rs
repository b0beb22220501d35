//! The rich dialect `parlor.v1`. See `docs/protocol.md`, "Rich".
//!
//! [`rooms`] joins rooms and reads their history, [`submissions`] posts messages and other operations, [`search`]
//! searches, [`typing`] announces that the person is typing, and [`read_markers`] stores how far they have read.

mod read_markers;
mod rooms;
mod search;
mod submissions;
mod typing;

use std::sync::Arc;
use std::time::Duration;

use parlor::message::{ClientLimits, MessageRef, Request, RoomAt};
use parlor::time_zone::FixedOffset;
use parlor::{ClientMessage, CloseCode, ErrorCode, Refusal, RoomName, ServerMessage, Token, limits};

use self::search::SearchQueue;
use self::submissions::{edit, post, react, set_topic};
use self::typing::TypingLimiter;
use super::message_loop::TextHandler;
use super::post_order::PostOrder;
use super::rate_limits::{post_bucket, search_bucket};
use super::socket_reader::Disconnected;
use crate::access::ServerAction;
use crate::chat::{ConnectionGuard, ConnectionManager, Session, SignedIn, TokenBucket};
use crate::engine::{EngineError, Operation};
use crate::net::ClientTimeZone;

/// Handles the messages of one rich client.
pub(super) struct Rich {
    manager: Arc<ConnectionManager>,
    guard: ConnectionGuard,
    /// The session of the cookie and what the device calls itself, until `hello` has decided which session it is.
    handshake: Option<Box<(Option<Session>, String)>>,
    /// The client's session. `None` before `hello`.
    session: Option<Session>,
    heartbeat: Duration,
    build: &'static str,
    post_bucket: TokenBucket,
    post_order: Arc<PostOrder>,
    searches: Arc<SearchQueue>,
    typing: TypingLimiter,
}

impl TextHandler for Rich {
    async fn handle_text(&mut self, text: &str) -> Result<(), Disconnected> {
        let message = match serde_json::from_str::<ClientMessage>(text) {
            Ok(message) => message,
            Err(error) => {
                let refusal = Refusal { message: error.to_string(), ..ErrorCode::Malformed.into() };
                self.refuse(None, None, refusal);
                return if self.session.is_some() { Ok(()) } else { Err(self.close_protocol_error()) };
            }
        };
        match (&self.session, message) {
            (None, ClientMessage::Hello { token, rooms }) => self.hello(token, rooms).await,
            (None, _) => {
                self.refuse(Some(Request::Hello), None, ErrorCode::HelloExpected.into());
                return Err(self.close_protocol_error());
            }
            (Some(session), message) => self.handle_message(session.clone(), message).await,
        }
        Ok(())
    }
}

impl Rich {
    pub(super) fn new(
        manager: Arc<ConnectionManager>,
        guard: ConnectionGuard,
        session: Option<Session>,
        device: String,
        heartbeat: Duration,
        build: &'static str,
        limits_on: bool,
    ) -> Self {
        let (post_bucket, searches) = (post_bucket(limits_on), SearchQueue::new(search_bucket(limits_on)));
        let (post_order, typing) = (Arc::default(), TypingLimiter::default());
        let handshake = Some(Box::new((session, device)));
        Self { manager, guard, handshake, session: None, heartbeat, build, post_bucket, post_order, searches, typing }
    }

    /// Closes a connection whose first message is not `hello`.
    fn close_protocol_error(&self) -> Disconnected {
        self.guard.close(CloseCode::POLICY, "hello expected");
        Disconnected
    }

    /// Closes a connection whose `hello` can't be answered now. The client tries again, perhaps at another node.
    fn close_unavailable(&self, error: EngineError) {
        self.refuse(Some(Request::Hello), None, ErrorCode::from(error).into());
        self.guard.close(CloseCode::SHUTTING_DOWN, "unavailable");
    }

    async fn hello(&mut self, token: Option<Token>, rooms: Vec<RoomAt>) {
        let (of_cookie, device) = self.handshake.take().map(|handshake| *handshake).unwrap_or_default();
        let (session, token) = match (token, of_cookie) {
            // A bot's own token counts, whatever `hello` says.
            (_, Some(session)) if session.bot.is_some() => (session, None),
            (None, Some(session)) => (session, None),
            (token, _) => match self.manager.sign_in(token.as_ref(), &device).await {
                Ok(SignedIn { session, token }) => (session, token),
                Err(error) => return self.close_unavailable(error),
            },
        };
        if let Some(bot) = &session.bot {
            match self.manager.attach_bot(&self.guard, bot).await {
                Ok(true) => {}
                Ok(false) => return self.guard.close(CloseCode::REFUSED, "token revoked"),
                Err(error) => return self.close_unavailable(error),
            }
        }
        let name = self.manager.attach_session(&self.guard, &session);
        // The session may have ended since the handshake, or just now: from here on its end closes the connection.
        match self.manager.is_session_valid(&session).await {
            Ok(true) => {}
            Ok(false) => return self.guard.close(CloseCode::SIGNED_OUT, "signed out"),
            Err(error) => return self.close_unavailable(error),
        }
        if let Err(code) = self.manager.may_on_server(self.manager.person(&session), ServerAction::Visit) {
            self.refuse(Some(Request::Hello), None, code.into());
            // The page is loaded again, and shows how to come in.
            self.guard.close(CloseCode::SIGNED_OUT, "members only");
            return;
        }
        self.session = Some(session.clone());
        self.guard.send_rich(&ServerMessage::Welcome {
            session: session.account.clone(),
            token,
            name,
            limits: ClientLimits {
                body_bytes: limits::BODY_BYTES as u32,
                name_graphemes: limits::NAME_GRAPHEMES as u32,
                post_burst: limits::POST_BURST,
                posts_per_second: limits::POSTS_PER_SECOND,
            },
            heartbeat_ms: self.heartbeat.as_millis() as u64,
            build: self.build.to_owned(),
        });
        for room in rooms {
            self.join(&session, room).await;
        }
    }

    async fn handle_message(&mut self, session: Session, message: ClientMessage) {
        match message {
            ClientMessage::Hello { .. } => self.refuse(Some(Request::Hello), None, ErrorCode::HelloExpected.into()),
            ClientMessage::Claim { name } => {
                if let Err(code) = self.manager.claim_name(&session, self.guard.address, &name).await {
                    self.refuse(Some(Request::Claim), None, code.into());
                }
            }
            ClientMessage::Leave => {
                if let Err(code) = self.manager.release_name_and_rooms(&session).await {
                    self.refuse(Some(Request::Leave), None, code.into());
                }
            }
            ClientMessage::Join(at) => self.join(&session, at).await,
            ClientMessage::Part { room } => {
                if let Some(room) = self.manager.joined_room(&self.guard, &room) {
                    self.manager.part(&self.guard, &session, &room);
                }
                self.manager.remove_joined_room(&session, room).await;
            }
            ClientMessage::Post { room, client_id, body, reply_to, reply_to_client_id } => {
                let reply_to = reply_to.map(|seq| MessageRef { seq, client_id: reply_to_client_id });
                self.submit(&session, room, client_id, post(&body, reply_to)).await;
            }
            ClientMessage::Edit { room, client_id, target, body } => {
                self.submit(&session, room, client_id, edit(target, &body)).await;
            }
            ClientMessage::Delete { room, client_id, target } => {
                self.submit(&session, room, client_id, Ok(Operation::Delete { target })).await;
            }
            ClientMessage::React { room, client_id, target, emoji, on } => {
                self.submit(&session, room, client_id, react(target, &emoji, on)).await;
            }
            ClientMessage::Topic { room, client_id, topic } => {
                self.submit(&session, room, client_id, set_topic(&topic)).await;
            }
            ClientMessage::Discard { room, client_id } => self.post_order.discard(&room, &client_id),
            ClientMessage::Read { room, seq } => self.mark_read(&session, room, seq).await,
            ClientMessage::Page { room, request, of } => self.page(&session, room, request, of).await,
            ClientMessage::Typing { room } => self.send_typing(&session, room),
            ClientMessage::Away { away } => self.manager.set_away(&self.guard, &session, away),
            ClientMessage::Unread { room, seq } => self.mark_unread(&session, room, seq).await,
            ClientMessage::Rooms => self.list_rooms(&session).await,
            ClientMessage::Search { request, room, words, time_zone, utc_offset_minutes } => {
                let named = time_zone.and_then(|name| ClientTimeZone::named(&name));
                let zone = named.unwrap_or(ClientTimeZone::Fixed(FixedOffset(utc_offset_minutes)));
                self.search(session, request, room, &words, &zone);
            }
            ClientMessage::Ping => self.guard.send_rich(&ServerMessage::Pong),
        }
    }

    fn refuse(&self, to: Option<Request>, room: Option<RoomName>, error: Refusal) {
        self.guard.send_rich(&ServerMessage::Refused { to, room, error });
    }
}

//! The rich dialect `parlor.v1`. See `docs/protocol.md`, "Rich". Joining and reading rooms is in [`rooms`], what is put
//! into their logs in [`posting`], looking for it in [`search`], how the person is there in [`presence`], how far they have
//! read in [`markers`].

mod markers;
mod posting;
mod presence;
mod rooms;
mod search;

use std::sync::Arc;
use std::time::Duration;

use parlor::message::{ClientLimits, MessageRef, Request, RoomAt};
use parlor::time_zone::FixedOffset;
use parlor::{ClientMessage, CloseCode, ErrorCode, Refusal, RoomName, ServerMessage, Token, limits};

use self::posting::{edit, post, react, set_topic};
use self::presence::Typing;
use self::search::Searches;
use super::conversation::Conversation;
use super::order::Order;
use super::reader::{Ended, posting_pace, searching_pace};
use crate::chat::{ConnectionManager, Pace, Session, Stay};
use crate::engine::Operation;
use crate::net::ReaderZone;

/// One rich client's conversation.
pub(super) struct Rich {
    manager: Arc<ConnectionManager>,
    stay: Stay,
    /// The session that the cookie named, until `hello` says which one it is.
    cookie: Option<Token>,
    session: Option<Session>,
    heartbeat: Duration,
    build: &'static str,
    pace: Pace,
    order: Arc<Order>,
    searches: Arc<Searches>,
    typing: Typing,
}

impl Conversation for Rich {
    async fn handle_text(&mut self, text: &str) -> Result<(), Ended> {
        let message = match serde_json::from_str::<ClientMessage>(text) {
            Ok(message) => message,
            Err(error) => {
                let refusal = Refusal { message: error.to_string(), ..ErrorCode::Malformed.into() };
                self.refuse(None, None, refusal);
                return if self.session.is_some() { Ok(()) } else { Err(self.dismiss()) };
            }
        };
        match (&self.session, message) {
            (None, ClientMessage::Hello { token, rooms }) => self.hello(token, rooms).await,
            (None, _) => {
                self.refuse(Some(Request::Hello), None, ErrorCode::HelloExpected.into());
                return Err(self.dismiss());
            }
            (Some(session), message) => self.serve(session.clone(), message).await,
        }
        Ok(())
    }
}

impl Rich {
    pub(super) fn new(
        manager: Arc<ConnectionManager>,
        stay: Stay,
        cookie: Option<Token>,
        heartbeat: Duration,
        build: &'static str,
        limits_on: bool,
    ) -> Self {
        let (pace, searches) = (posting_pace(limits_on), Searches::new(searching_pace(limits_on)));
        let (order, typing) = (Arc::default(), Typing::default());
        Self { manager, stay, cookie, session: None, heartbeat, build, pace, order, searches, typing }
    }

    /// Ends a connection that does not begin with `hello`.
    fn dismiss(&self) -> Ended {
        self.stay.close(CloseCode::POLICY, "hello expected");
        Ended
    }

    async fn hello(&mut self, token: Option<Token>, rooms: Vec<RoomAt>) {
        let known = token.or(self.cookie.take()).map(|token| Session::of(&token));
        let (session, token) = match known {
            Some(session) => (session, None),
            None => {
                let (session, token) = Session::new();
                (session, Some(token))
            }
        };
        let name = self.manager.attach(&self.stay, &session);
        self.session = Some(session.clone());
        self.stay.send_rich(&ServerMessage::Welcome {
            session: session.id.clone(),
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

    async fn serve(&mut self, session: Session, message: ClientMessage) {
        match message {
            ClientMessage::Hello { .. } => self.refuse(Some(Request::Hello), None, ErrorCode::HelloExpected.into()),
            ClientMessage::Claim { name } => {
                if let Err(code) = self.manager.claim(&session, self.stay.address, &name).await {
                    self.refuse(Some(Request::Claim), None, code.into());
                }
            }
            ClientMessage::Leave => {
                if let Err(code) = self.manager.leave(&session).await {
                    self.refuse(Some(Request::Leave), None, code.into());
                }
            }
            ClientMessage::Join(at) => self.join(&session, at).await,
            ClientMessage::Part { room } => {
                self.manager.part(&self.stay, &session, &room);
                self.manager.end_membership(&session, room).await;
            }
            ClientMessage::Post { room, client_id, body, reply_to, reply_to_client_id } => {
                let reply_to = reply_to.map(|seq| MessageRef { seq, client_id: reply_to_client_id });
                self.ask(&session, room, client_id, post(&body, reply_to)).await;
            }
            ClientMessage::Edit { room, client_id, target, body } => {
                self.ask(&session, room, client_id, edit(target, &body)).await;
            }
            ClientMessage::Delete { room, client_id, target } => {
                self.ask(&session, room, client_id, Ok(Operation::Delete { target })).await;
            }
            ClientMessage::React { room, client_id, target, emoji, on } => {
                self.ask(&session, room, client_id, react(target, &emoji, on)).await;
            }
            ClientMessage::Topic { room, client_id, topic } => {
                self.ask(&session, room, client_id, set_topic(&topic)).await;
            }
            ClientMessage::Discard { room, client_id } => self.order.given_up(&room, &client_id),
            ClientMessage::Read { room, seq } => self.mark_read(&session, room, seq).await,
            ClientMessage::Page { room, request, of } => self.page(&session, room, request, of).await,
            ClientMessage::Typing { room } => self.types(&session, room).await,
            ClientMessage::Away { away } => self.manager.set_away(&self.stay, &session, away),
            ClientMessage::Unread { room, seq } => self.mark_unread(&session, room, seq).await,
            ClientMessage::Rooms => self.list_rooms().await,
            ClientMessage::Search { request, room, words, time_zone, utc_offset_minutes } => {
                let named = time_zone.and_then(|name| ReaderZone::named(&name));
                let zone = named.unwrap_or(ReaderZone::Fixed(FixedOffset(utc_offset_minutes)));
                self.search(session, request, room, &words, &zone);
            }
            ClientMessage::Ping => self.stay.send_rich(&ServerMessage::Pong),
        }
    }

    fn refuse(&self, to: Option<Request>, room: Option<RoomName>, error: Refusal) {
        self.stay.send_rich(&ServerMessage::Refused { to, room, error });
    }
}

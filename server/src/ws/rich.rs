//! The rich dialect `parlor.v1`. See `docs/protocol.md`, "Rich".

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor::message::{ClientLimits, PageOf, Request, RoomAt};
use parlor::{
    Body, ClientId, ClientMessage, CloseCode, Cursor, ErrorCode, Refusal, RoomName, ServerMessage, Token, limits,
};

use super::reader::{Ended, Reader, posting_pace};
use crate::chat::{ConnectionManager, Pace, Room, Session, Stay};
use crate::engine::{Append, Since};

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
    /// For each room the message that was refused for now and has to come first (`behind`).
    first: HashMap<RoomName, ClientId>,
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
        let pace = posting_pace(limits_on);
        Self { manager, stay, cookie, session: None, heartbeat, build, pace, first: HashMap::new() }
    }

    /// Goes on until the connection ends.
    pub(super) async fn converse(mut self, reader: &mut Reader, mut texts: Vec<String>) -> Ended {
        loop {
            let outcome = if texts.is_empty() { reader.read(&mut texts).await } else { Ok(()) };
            for text in texts.drain(..) {
                if self.take(&text).await.is_err() {
                    return Ended;
                }
            }
            if outcome.is_err() {
                return Ended;
            }
        }
    }

    async fn take(&mut self, text: &str) -> Result<(), Ended> {
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
                if let Err(code) = self.manager.claim(&session, &name).await {
                    self.refuse(Some(Request::Claim), None, code.into());
                }
            }
            ClientMessage::Leave => self.manager.leave(&session),
            ClientMessage::Join(at) => self.join(&session, at).await,
            ClientMessage::Part { room } => self.manager.part(&self.stay, &session, &room),
            ClientMessage::Post { room, client_id, body } => self.post(&session, room, client_id, &body).await,
            ClientMessage::Discard { room, client_id } => {
                if self.first.get(&room) == Some(&client_id) {
                    self.first.remove(&room);
                }
            }
            ClientMessage::Page { room, request, of } => self.page(room, request, of).await,
            ClientMessage::Ping => self.stay.send_rich(&ServerMessage::Pong),
        }
    }

    fn refuse(&self, to: Option<Request>, room: Option<RoomName>, error: Refusal) {
        self.stay.send_rich(&ServerMessage::Refused { to, room, error });
    }

    // ---- rooms ----

    async fn join(&self, session: &Session, at: RoomAt) {
        let name = at.room.clone();
        let joined = match self.manager.join(&self.stay, session, &name).await {
            Ok((room, up_to)) => self.bring_up_to(&room, at, up_to).await.map(|()| room),
            Err(code) => Err(code),
        };
        match joined {
            Ok(room) => room.go_live(&self.stay),
            Err(code) => {
                self.manager.part(&self.stay, session, &name);
                self.refuse(Some(Request::Join), Some(name), code.into());
            }
        }
    }

    /// Sends what the client has to know before live events make sense to it.
    async fn bring_up_to(&self, room: &Room, at: RoomAt, up_to: Cursor) -> Result<(), ErrorCode> {
        if let Some(cursor) = at.cursor {
            match self.send_missed(room, cursor, &up_to).await? {
                None => return Ok(()),
                Some(reason) => self.stay.send_rich(&ServerMessage::Reset { room: room.name.clone(), reason }),
            }
        }
        let history = self.manager.history(room, Some(up_to)).await?;
        self.stay.settled().await;
        self.stay.send_rich(&ServerMessage::Snapshot {
            room: room.name.clone(),
            as_of: history.as_of,
            events: history.page.events,
            has_older: history.page.has_older,
            roster: history.roster,
            read: None,
        });
        Ok(())
    }

    /// Sends the events after the cursor, page by page, each when the one before is with the kernel. Returns why that
    /// can't be done, if it can't.
    async fn send_missed(
        &self,
        room: &Room,
        mut cursor: Cursor,
        up_to: &Cursor,
    ) -> Result<Option<parlor::message::ResetReason>, ErrorCode> {
        loop {
            let page = match self.manager.since(room, &cursor, up_to.seq).await? {
                Since::Events(page) => page,
                Since::Reset(reason) => return Ok(Some(reason)),
            };
            if let Some(last) = page.events.last() {
                cursor = Cursor { epoch: cursor.epoch, seq: last.seq, hash: last.hash.clone() };
            }
            let done = !page.has_newer;
            self.stay.settled().await;
            self.stay.send_rich(&ServerMessage::Missed {
                room: room.name.clone(),
                as_of: cursor.clone(),
                events: page.events,
                roster: done.then(|| room.roster()),
            });
            if done {
                return Ok(None);
            }
        }
    }

    async fn page(&self, room: RoomName, request: u32, of: PageOf) {
        let read = match self.manager.room_of(&self.stay, &room) {
            Some(room) => self.manager.page(&room, of).await.map_err(ErrorCode::from),
            None => Err(ErrorCode::NotInRoom),
        };
        match read {
            Ok((as_of, page)) => {
                self.stay.settled().await;
                let (has_older, has_newer) = (page.has_older, page.has_newer);
                let events = page.events;
                self.stay.send_rich(&ServerMessage::Page { room, request, as_of, events, has_older, has_newer });
            }
            Err(code) => self.refuse(Some(Request::Page), Some(room), code.into()),
        }
    }

    // ---- posting ----

    async fn post(&mut self, session: &Session, room: RoomName, client_id: ClientId, body: &str) {
        match self.try_post(session, &room, &client_id, body).await {
            Ok(()) => {
                self.first.remove(&room);
            }
            Err(error) => {
                if error.code.is_retryable() && error.code != ErrorCode::Behind {
                    self.first.insert(room.clone(), client_id.clone());
                } else if self.first.get(&room) == Some(&client_id) {
                    // Refused for good: nothing has to wait for it any more.
                    self.first.remove(&room);
                }
                self.stay.send_rich(&ServerMessage::Nack { room, client_id, error });
            }
        }
    }

    async fn try_post(
        &mut self,
        session: &Session,
        room: &RoomName,
        client_id: &ClientId,
        body: &str,
    ) -> Result<(), Refusal> {
        if self.first.get(room).is_some_and(|first| first != client_id) {
            return Err(ErrorCode::Behind.into());
        }
        let body = Body::parse(body)?;
        self.manager.room_of(&self.stay, room).ok_or(ErrorCode::NotInRoom)?;
        let author = self.manager.author(session).ok_or(ErrorCode::NotNamed)?;
        self.pace
            .take(Instant::now())
            .map_err(|wait| Refusal::after(ErrorCode::TooFast, wait.as_millis() as u64 + 1))?;
        let message = Append { room: room.clone(), author, client_id: client_id.clone(), body };
        let appending = self.manager.broadcast(message).await?;
        let (connection, room, client_id) = (self.stay.connection(), room.clone(), client_id.clone());
        // Reading goes on while the message is on its way to the disk.
        tokio::spawn(async move {
            connection.send_rich(&match appending.committed().await {
                Ok(receipt) => ServerMessage::Ack { room, client_id, seq: receipt.seq, at: receipt.at },
                Err(error) => ServerMessage::Nack { room, client_id, error: ErrorCode::from(error).into() },
            });
        });
        Ok(())
    }
}

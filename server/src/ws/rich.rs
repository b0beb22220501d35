//! The rich dialect `parlor.v1`. See `docs/protocol.md`, "Rich".

use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor::message::{ClientLimits, PageOf, Request, RoomAt};
use parlor::{
    Body, ClientId, ClientMessage, CloseCode, Cursor, ErrorCode, Event, Refusal, RoomName, ServerMessage, Token, limits,
};

use super::order::{Order, Turn};
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
    order: Arc<Order>,
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
        Self { manager, stay, cookie, session: None, heartbeat, build, pace, order: Arc::default() }
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
            ClientMessage::Leave => self.manager.leave(&session).await,
            ClientMessage::Join(at) => self.join(&session, at).await,
            ClientMessage::Part { room } => self.manager.part(&self.stay, &session, &room),
            ClientMessage::Post { room, client_id, body, .. } => self.post(&session, room, client_id, &body).await,
            ClientMessage::Edit { room, client_id, .. }
            | ClientMessage::Delete { room, client_id, .. }
            | ClientMessage::React { room, client_id, .. }
            | ClientMessage::Topic { room, client_id, .. } => self.nack(room, client_id, ErrorCode::Malformed.into()),
            ClientMessage::Discard { room, client_id } => self.order.given_up(&room, &client_id),
            ClientMessage::Read { room, seq } => self.mark_read(&session, room, seq).await,
            ClientMessage::Page { room, request, of } => self.page(room, request, of).await,
            ClientMessage::Ping => self.stay.send_rich(&ServerMessage::Pong),
        }
    }

    fn refuse(&self, to: Option<Request>, room: Option<RoomName>, error: Refusal) {
        self.stay.send_rich(&ServerMessage::Refused { to, room, error });
    }

    // ---- rooms ----

    async fn join(&self, session: &Session, at: RoomAt) {
        let name = at.room;
        if let Err(code) = self.try_join(session, &name, at.cursor).await {
            self.manager.part(&self.stay, session, &name);
            self.refuse(Some(Request::Join), Some(name), code.into());
        }
    }

    async fn try_join(&self, session: &Session, name: &RoomName, mut cursor: Option<Cursor>) -> Result<(), ErrorCode> {
        loop {
            let (room, up_to) = self.manager.join(&self.stay, session, name).await?;
            self.bring_up_to(session, &room, cursor, up_to.clone()).await?;
            if room.go_live(&self.stay) {
                return Ok(());
            }
            // The room said more than its ring holds while the client was catching up: it goes on from there.
            cursor = Some(up_to);
        }
    }

    /// Sends what the client has to know before live events make sense to it.
    async fn bring_up_to(
        &self,
        session: &Session,
        room: &Room,
        cursor: Option<Cursor>,
        up_to: Cursor,
    ) -> Result<(), ErrorCode> {
        let read = self.manager.read_up_to(session, room).await?;
        if let Some(cursor) = cursor {
            match self.send_missed(room, cursor, &up_to).await? {
                None => {
                    // Also if it is nothing: what the client told last may have been lost.
                    let seq = read.unwrap_or(0);
                    self.stay.send_rich(&ServerMessage::Read { room: room.name.clone(), seq });
                    return Ok(());
                }
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
            topic: String::new(),
            read,
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
        if cursor == *up_to {
            // The usual case after a short cut, and the only one in a room that has no log yet.
            self.send_missed_part(room, cursor, Vec::new(), true).await;
            return Ok(None);
        }
        loop {
            let page = match self.manager.since(room, &cursor, up_to.seq).await? {
                Since::Events(page) => page,
                Since::Reset(reason) => return Ok(Some(reason)),
            };
            if let Some(last) = page.events.last() {
                cursor = Cursor { epoch: cursor.epoch, seq: last.seq, hash: last.hash.clone() };
            }
            let last = !page.has_newer;
            self.send_missed_part(room, cursor.clone(), page.events, last).await;
            if last {
                return Ok(None);
            }
        }
    }

    async fn send_missed_part(&self, room: &Room, as_of: Cursor, events: Vec<Event>, last: bool) {
        self.stay.settled().await;
        let (name, roster) = (room.name.clone(), last.then(|| room.roster()));
        self.stay.send_rich(&ServerMessage::Missed { room: name, as_of, events, roster, topic: String::new() });
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

    async fn mark_read(&self, session: &Session, name: RoomName, seq: u64) {
        let marked = match self.manager.room_of(&self.stay, &name) {
            Some(room) => self.manager.mark_read(&self.stay, session, &room, seq).await,
            None => Err(ErrorCode::NotInRoom),
        };
        if let Err(code) = marked {
            self.refuse(Some(Request::Read), Some(name), code.into());
        }
    }

    // ---- posting ----

    async fn post(&mut self, session: &Session, room: RoomName, client_id: ClientId, body: &str) {
        let turn = match self.order.take_turn(&room, &client_id, self.manager.failures()) {
            Ok(turn) => turn,
            Err(code) => return self.nack(room, client_id, code.into()),
        };
        if let Err(error) = self.try_post(session, &turn, body).await {
            self.order.refused(&turn, error.code);
            self.nack(room, client_id, error);
        }
    }

    fn nack(&self, room: RoomName, client_id: ClientId, error: Refusal) {
        self.stay.send_rich(&ServerMessage::Nack { room, client_id, error });
    }

    async fn try_post(&mut self, session: &Session, turn: &Turn, body: &str) -> Result<(), Refusal> {
        let body = Body::parse(body)?;
        let room = self.manager.room_of(&self.stay, &turn.room).ok_or(ErrorCode::NotInRoom)?;
        let author = self.manager.author(session).ok_or(ErrorCode::NotNamed)?;
        self.pace
            .take(Instant::now())
            .map_err(|wait| Refusal::after(ErrorCode::TooFast, wait.as_millis() as u64 + 1))?;
        let appending = self
            .manager
            .broadcast(Append {
                room: turn.room.clone(),
                author,
                client_id: turn.client_id.clone(),
                body,
                epoch: room.epoch.clone(),
                failures_known: turn.failures_known,
            })
            .await
            .map_err(refusal)?;
        self.order.sent(turn);
        let (connection, order, turn) = (self.stay.connection(), self.order.clone(), turn.clone());
        // Reading goes on while the message is on its way to the disk.
        tokio::spawn(async move {
            let outcome = appending.committed().await.map_err(ErrorCode::from);
            order.settled(&turn, outcome.map(|_| ()));
            let Turn { room, client_id, .. } = turn;
            connection.send_rich(&match outcome {
                Ok(receipt) => ServerMessage::Ack { room, client_id, seq: receipt.seq, at: receipt.at },
                Err(code) => ServerMessage::Nack { room, client_id, error: refusal(code) },
            });
        });
        Ok(())
    }
}

/// A refusal by the engine: where it may pass with time, the client is told to wait a little.
fn refusal(code: ErrorCode) -> Refusal {
    match code {
        ErrorCode::Unavailable => Refusal::after(code, UNAVAILABLE.as_millis() as u64),
        code => code.into(),
    }
}

/// How long a client waits before it tries again to store something: a full disk is seldom free in an instant.
const UNAVAILABLE: Duration = Duration::from_secs(1);

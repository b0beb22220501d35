//! The auditor: a client that connects after all faults, posts the last message of each room and reads the logs from
//! their beginning.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use parlor::message::{PageOf, RoomAt};
use parlor::{ClientId, ClientMessage, Cursor, Event, EventKind, RoomName, ServerMessage};
use tokio::time::sleep;

use crate::log_check::LogMessage;
use crate::message_text::last_message;
use crate::socket::{Socket, SocketEvent};

/// How long a reply may take.
const REPLY_TIMEOUT: Duration = Duration::from_secs(30);

/// Interval between requests that the server can't answer now.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// The auditor received no reply to a request of this kind.
#[derive(Debug, thiserror::Error)]
#[error("the auditor received no reply to its {0} request")]
pub(crate) struct NoReply(pub(crate) &'static str);

/// A client that joins all rooms, without a proxy in between.
pub(crate) struct Auditor {
    socket: Socket,
    rooms: Vec<RoomName>,
    /// The name under which it posts.
    pub(crate) name: String,
}

impl Auditor {
    /// Connects and joins the rooms.
    pub(crate) async fn connect(address: SocketAddr, rooms: Vec<RoomName>, name: String) -> Result<Self, NoReply> {
        let mut auditor = Self { socket: Socket::connect_rich(address, None), rooms, name };
        let opened = tokio::time::timeout(REPLY_TIMEOUT, auditor.socket.next()).await;
        if !matches!(opened, Ok(SocketEvent::Opened)) {
            return Err(NoReply("upgrade"));
        }
        let rooms = auditor.rooms.iter().map(|room| RoomAt { room: room.clone(), cursor: None }).collect();
        auditor.send(&ClientMessage::Hello { token: None, rooms });
        Ok(auditor)
    }

    /// Claims the name, and posts the last message of each room. Returns their seqs.
    pub(crate) async fn post_last_messages(&mut self) -> Result<HashMap<RoomName, u64>, NoReply> {
        let claim = ClientMessage::Claim { name: self.name.clone() };
        let is_claimed = |message| matches!(message, ServerMessage::Claimed { .. }).then_some(());
        self.request("claim", &claim, is_claimed).await?;
        let mut seqs = HashMap::new();
        for room in self.rooms.clone() {
            // The same id in every room suffices: this session posts one message per room.
            let post = ClientMessage::post(room.clone(), ClientId::from_random(1), last_message(&room));
            let seq = loop {
                self.send(&post);
                let reply = self.reply("post", |message| match message {
                    ServerMessage::Ack { room: of, seq, .. } if of == room => Some(Ok(seq)),
                    ServerMessage::Nack { room: of, error, .. } if of == room && error.code.is_retryable() => {
                        Some(Err(Duration::from_millis(error.retry_after_ms.unwrap_or(0).max(100))))
                    }
                    _ => None,
                });
                match reply.await? {
                    Ok(seq) => break seq,
                    Err(wait) => sleep(wait).await,
                }
            };
            seqs.insert(room, seq);
        }
        Ok(seqs)
    }

    /// Reads the messages of a room in which nothing but posting has happened.
    pub(crate) async fn messages(&mut self, room: &RoomName) -> Result<Vec<LogMessage>, NoReply> {
        Ok(self.pages(room).await?.into_iter().filter_map(log_message).collect())
    }

    /// Reads all messages of a room with requests for history pages. Each message is as it is now.
    pub(crate) async fn pages(&mut self, room: &RoomName) -> Result<Vec<Event>, NoReply> {
        let (mut messages, mut after) = (Vec::<Event>::new(), 0);
        loop {
            let of = PageOf::After(after);
            let request = ClientMessage::Page { room: room.clone(), request: 1, of };
            let (events, has_newer) = self
                .request("page", &request, |message| match message {
                    ServerMessage::Page { events, has_newer, .. } => Some((events, has_newer)),
                    _ => None,
                })
                .await?;
            messages.extend(events);
            match messages.last() {
                Some(last) if has_newer && last.seq > after => after = last.seq,
                _ => return Ok(messages),
            }
        }
    }

    /// Reads all events of a room's log: joins with a cursor at its beginning, so that the server sends everything as
    /// missed.
    pub(crate) async fn events(&mut self, room: &RoomName) -> Result<Vec<Event>, NoReply> {
        let request = ClientMessage::Page { room: room.clone(), request: 1, of: PageOf::After(0) };
        let page_epoch =
            |message| if let ServerMessage::Page { as_of, .. } = message { Some(as_of.epoch) } else { None };
        let epoch = self.request("page", &request, page_epoch).await?;
        let cursor = Some(Cursor::start(epoch));
        self.send(&ClientMessage::Join(RoomAt { room: room.clone(), cursor }));
        let mut log = Vec::new();
        loop {
            let (events, is_last) = self
                .reply("join", |message| match message {
                    ServerMessage::Missed { events, roster, .. } => Some((events, roster.is_some())),
                    _ => None,
                })
                .await?;
            log.extend(events);
            if is_last {
                return Ok(log);
            }
        }
    }

    fn send(&self, message: &ClientMessage) {
        if let Ok(text) = serde_json::to_string(message) {
            self.socket.send(text);
        }
    }

    /// Sends a request without a client id, and again while the server can't answer it now.
    async fn request<T>(
        &mut self,
        name: &'static str,
        request: &ClientMessage,
        select: impl Fn(ServerMessage) -> Option<T>,
    ) -> Result<T, NoReply> {
        loop {
            self.send(request);
            let reply = self.reply(name, |message| match message {
                ServerMessage::Refused { error, .. } if error.code.is_retryable() => Some(None),
                message => select(message).map(Some),
            });
            if let Some(selected) = reply.await? {
                return Ok(selected);
            }
            sleep(RETRY_INTERVAL).await;
        }
    }

    /// Waits for the first message from which `select` takes something.
    async fn reply<T>(
        &mut self,
        request: &'static str,
        select: impl Fn(ServerMessage) -> Option<T>,
    ) -> Result<T, NoReply> {
        let reply = async {
            loop {
                match self.socket.next().await {
                    SocketEvent::Text(text) => {
                        if let Some(selected) = serde_json::from_str(&text).ok().and_then(&select) {
                            return Some(selected);
                        }
                    }
                    SocketEvent::Opened => {}
                    SocketEvent::Closed(_) => return None,
                }
            }
        };
        tokio::time::timeout(REPLY_TIMEOUT, reply).await.ok().flatten().ok_or(NoReply(request))
    }
}

fn log_message(event: Event) -> Option<LogMessage> {
    let EventKind::Posted { author, client_id, body: Some(body), .. } = event.kind else { return None };
    Some(LogMessage {
        seq: event.seq,
        author_id: author.id.as_str().to_owned(),
        name: author.name.to_string(),
        client_id: client_id.as_str().to_owned(),
        text: body.as_str().to_owned(),
    })
}

//! Somebody who was not there: ends each room with a last message, and reads the logs from their beginning.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use parlor::message::{PageOf, RoomAt};
use parlor::{ClientId, ClientMessage, Cursor, Event, EventKind, RoomName, ServerMessage};
use tokio::time::sleep;

use super::plain::LAST;
use super::socket::{Line, SocketEvent};
use super::verdict::Entry;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why the logs can't be told.
#[derive(Debug, thiserror::Error)]
#[error("somebody who came afterwards got no answer to {0}")]
pub(super) struct NoAnswer(pub(super) &'static str);

/// A fresh client in all rooms, without anything in between.
pub(super) struct Witness {
    line: Line,
    rooms: Vec<RoomName>,
    pub(super) name: String,
}

impl Witness {
    pub(super) async fn come(address: SocketAddr, rooms: Vec<RoomName>, name: String) -> Result<Self, NoAnswer> {
        let mut this = Self { line: Line::rich(address, None), rooms, name };
        let opened = tokio::time::timeout(PATIENCE, this.line.next()).await;
        if !matches!(opened, Ok(SocketEvent::Opened)) {
            return Err(NoAnswer("the upgrade"));
        }
        let rooms = this.rooms.iter().map(|room| RoomAt { room: room.clone(), cursor: None }).collect();
        this.send(&ClientMessage::Hello { token: None, rooms });
        this.send(&ClientMessage::Claim { name: this.name.clone() });
        this.answer("claim", |message| matches!(message, ServerMessage::Claimed { .. }).then_some(())).await?;
        Ok(this)
    }

    /// Writes the last message of each room, and tells where it stands.
    pub(super) async fn end(&mut self) -> Result<HashMap<RoomName, u64>, NoAnswer> {
        let mut ends = HashMap::new();
        for room in self.rooms.clone() {
            // Any id will do: this session writes one message in each room.
            let post = ClientMessage::post(room.clone(), ClientId::from_random(1), Self::last(&room));
            let seq = loop {
                self.send(&post);
                let answer = self.answer("post", |message| match message {
                    ServerMessage::Ack { room: of, seq, .. } if of == room => Some(Ok(seq)),
                    ServerMessage::Nack { room: of, error, .. } if of == room && error.code.is_retryable() => {
                        Some(Err(Duration::from_millis(error.retry_after_ms.unwrap_or(0).max(100))))
                    }
                    _ => None,
                });
                match answer.await? {
                    Ok(seq) => break seq,
                    Err(wait) => sleep(wait).await,
                }
            };
            ends.insert(room, seq);
        }
        Ok(ends)
    }

    /// The text of a room's last message.
    pub(super) fn last(room: &RoomName) -> String {
        format!("{LAST}{room}")
    }

    /// The messages of a room's log, in which nothing else has happened.
    pub(super) async fn log(&mut self, room: &RoomName) -> Result<Vec<Entry>, NoAnswer> {
        Ok(self.pages(room).await?.into_iter().filter_map(entry).collect())
    }

    /// All messages of a room, page by page.
    pub(super) async fn pages(&mut self, room: &RoomName) -> Result<Vec<Event>, NoAnswer> {
        let (mut messages, mut after) = (Vec::<Event>::new(), 0);
        loop {
            let of = PageOf::After(after);
            self.send(&ClientMessage::Page { room: room.clone(), request: 1, of });
            let (events, more) = self
                .answer("page", |message| match message {
                    ServerMessage::Page { events, has_newer, .. } => Some((events, has_newer)),
                    _ => None,
                })
                .await?;
            messages.extend(events);
            match messages.last() {
                Some(last) if more && last.seq > after => after = last.seq,
                _ => return Ok(messages),
            }
        }
    }

    /// All events of a room, as to somebody who comes back after having been there before the first.
    pub(super) async fn events(&mut self, room: &RoomName) -> Result<Vec<Event>, NoAnswer> {
        self.send(&ClientMessage::Page { room: room.clone(), request: 1, of: PageOf::After(0) });
        let of_page = |message| if let ServerMessage::Page { as_of, .. } = message { Some(as_of.epoch) } else { None };
        let epoch = self.answer("page", of_page).await?;
        let cursor = Some(Cursor::start(epoch));
        self.send(&ClientMessage::Join(RoomAt { room: room.clone(), cursor }));
        let mut log = Vec::new();
        loop {
            let (events, last) = self
                .answer("join", |message| match message {
                    ServerMessage::Missed { events, roster, .. } => Some((events, roster.is_some())),
                    _ => None,
                })
                .await?;
            log.extend(events);
            if last {
                return Ok(log);
            }
        }
    }

    fn send(&self, message: &ClientMessage) {
        if let Ok(text) = serde_json::to_string(message) {
            self.line.send(text);
        }
    }

    async fn answer<T>(&mut self, to: &'static str, pick: impl Fn(ServerMessage) -> Option<T>) -> Result<T, NoAnswer> {
        let answer = async {
            loop {
                match self.line.next().await {
                    SocketEvent::Text(text) => {
                        if let Some(picked) = serde_json::from_str(&text).ok().and_then(&pick) {
                            return Some(picked);
                        }
                    }
                    SocketEvent::Opened => {}
                    SocketEvent::Closed(_) => return None,
                }
            }
        };
        tokio::time::timeout(PATIENCE, answer).await.ok().flatten().ok_or(NoAnswer(to))
    }
}

fn entry(event: Event) -> Option<Entry> {
    let EventKind::Posted { author, client_id, body: Some(body), .. } = event.kind else { return None };
    let (author, name) = (author.id.as_str().to_owned(), author.name.to_string());
    Some(Entry {
        seq: event.seq,
        author,
        name,
        client_id: client_id.as_str().to_owned(),
        text: body.as_str().to_owned(),
    })
}

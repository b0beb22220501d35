//! Somebody who was not there: ends each room with a last message, and reads the logs from their beginning.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use parlor::message::{PageOf, RoomAt};
use parlor::{ClientId, ClientMessage, Event, EventKind, RoomName, ServerMessage};

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
            let (client_id, body) = (ClientId::from_random(1), Self::last(&room));
            self.send(&ClientMessage::Post { room: room.clone(), client_id, body, reply_to: None });
            let seq = self.answer("post", |message| match message {
                ServerMessage::Ack { room: of, seq, .. } if of == room => Some(seq),
                _ => None,
            });
            let seq = seq.await?;
            ends.insert(room, seq);
        }
        Ok(ends)
    }

    /// The text of a room's last message.
    pub(super) fn last(room: &RoomName) -> String {
        format!("{LAST}{room}")
    }

    /// The whole log of a room.
    pub(super) async fn log(&mut self, room: &RoomName) -> Result<Vec<Entry>, NoAnswer> {
        let (mut log, mut after) = (Vec::new(), 0);
        loop {
            let of = PageOf::After(after);
            self.send(&ClientMessage::Page { room: room.clone(), request: 1, of });
            let (events, more) = self
                .answer("page", |message| match message {
                    ServerMessage::Page { events, has_newer, .. } => Some((events, has_newer)),
                    _ => None,
                })
                .await?;
            log.extend(events.into_iter().filter_map(entry));
            match log.last() {
                Some(last) if more && last.seq > after => after = last.seq,
                _ => return Ok(log),
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

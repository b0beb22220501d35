//! The plain dialect: the client's first text is its name, each later text a message. See `docs/protocol.md`, "Plain".

use std::sync::Arc;
use std::time::Instant;

use parlor::plain::PlainFrame;
use parlor::{Author, Body, ErrorCode, Refusal};

use super::message_loop::TextHandler;
use super::rate_limits::post_bucket;
use super::socket_reader::Disconnected;
use crate::access::Actor;
use crate::chat::{ConnectionGuard, ConnectionManager, Room, TokenBucket};
use crate::engine::Append;

/// Handles the texts of one plain client.
pub(super) struct Plain {
    manager: Arc<ConnectionManager>,
    guard: ConnectionGuard,
    room: Arc<Room>,
    /// The author of the client's messages. `None` until it has sent its name.
    author: Option<Author>,
    post_bucket: TokenBucket,
}

impl TextHandler for Plain {
    async fn handle_text(&mut self, text: &str) -> Result<(), Disconnected> {
        match &self.author {
            None => {
                let author = self.manager.register_user(&self.guard, text).await.map_err(|_| Disconnected)?;
                self.author = Some(author);
            }
            Some(author) => {
                if let Err(code) = self.post(author.clone(), text).await {
                    self.guard.send_plain(&PlainFrame::refused(Refusal::of_text(code, text)));
                }
            }
        }
        Ok(())
    }
}

impl Plain {
    /// Makes the connection a member of the room, which it reads even without a name.
    pub(super) fn new(
        manager: Arc<ConnectionManager>,
        guard: ConnectionGuard,
        room: Arc<Room>,
        limits_on: bool,
    ) -> Self {
        manager.join_plain(&guard, &room);
        Self { manager, guard, room, author: None, post_bucket: post_bucket(limits_on) }
    }

    async fn post(&mut self, author: Author, text: &str) -> Result<(), ErrorCode> {
        let body = Body::parse(text)?;
        self.post_bucket.take(Instant::now()).map_err(|_| ErrorCode::TooFast)?;
        let append = Append::from_plain(self.room.name.clone(), self.room.epoch.clone(), author, body);
        let actor = Actor::Plain { named: true };
        let pending = self.manager.broadcast(actor, &self.room, self.guard.address, append).await?;
        let connection = self.guard.connection();
        // The connection continues to read while the message is written to disk.
        tokio::spawn(async move {
            if let Err(error) = pending.committed().await {
                connection.send_plain(&PlainFrame::refused(ErrorCode::from(error)));
            }
        });
        Ok(())
    }
}

//! The plain dialect: the client's first text is its name, each later text a message. See `docs/protocol.md`, "Plain".

use std::sync::Arc;
use std::time::Instant;

use parlor::plain::PlainFrame;
use parlor::{Author, Body, CloseCode, ErrorCode, Refusal};

use super::message_loop::TextHandler;
use super::rate_limits::post_bucket;
use super::socket_reader::Disconnected;
use crate::access::{Actor, ServerAction};
use crate::chat::{ConnectionGuard, ConnectionManager, Room, TokenBucket};
use crate::engine::{Append, BotToken};

/// Handles the texts of one plain client.
pub(super) struct Plain {
    manager: Arc<ConnectionManager>,
    guard: ConnectionGuard,
    room: Arc<Room>,
    /// The bot of the client's token.
    bot: Option<Arc<BotToken>>,
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
    pub(super) fn new(
        manager: Arc<ConnectionManager>,
        guard: ConnectionGuard,
        room: Arc<Room>,
        bot: Option<Arc<BotToken>>,
        limits_on: bool,
    ) -> Self {
        Self { manager, guard, room, bot, author: None, post_bucket: post_bucket(limits_on) }
    }

    /// Makes the connection a member of the room, which it reads even without a name. Closes it if the client's access has
    /// ended since the handshake; from here on its end closes the connection.
    pub(super) async fn enter(&self) {
        self.manager.join_plain(&self.guard, &self.room).await;
        match &self.bot {
            Some(bot) => match self.manager.attach_bot(&self.guard, bot).await {
                Ok(true) => {}
                Ok(false) => self.guard.close(CloseCode::REFUSED, "token revoked"),
                Err(error) => {
                    self.guard.send_plain(&PlainFrame::refused(ErrorCode::from(error)));
                    self.guard.close(CloseCode::SHUTTING_DOWN, "unavailable");
                }
            },
            None if self.manager.may_on_server(plain_actor(None, false), ServerAction::Visit).is_err() => {
                self.guard.send_plain(&PlainFrame::refused(ErrorCode::MembersOnly));
                self.guard.close(CloseCode::NORMAL, "");
            }
            _ => {}
        }
    }

    async fn post(&mut self, author: Author, text: &str) -> Result<(), ErrorCode> {
        let body = Body::parse(text)?;
        self.post_bucket.take(Instant::now()).map_err(|_| ErrorCode::TooFast)?;
        let append = Append::from_plain(self.room.name.clone(), self.room.epoch.clone(), author, body);
        let actor = plain_actor(self.bot.as_deref(), true);
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

/// A client of the plain dialect, as access control sees it.
pub(super) fn plain_actor(bot: Option<&BotToken>, named: bool) -> Actor<'_> {
    match bot {
        Some(bot) => Actor::Bot { rooms: &bot.rooms, named },
        None => Actor::Plain { named },
    }
}

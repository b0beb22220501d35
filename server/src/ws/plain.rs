//! The plain dialect: the first text is the name, each later one a message. See `docs/protocol.md`, "Plain".

use std::sync::Arc;
use std::time::Instant;

use parlor::plain::PlainFrame;
use parlor::{Author, Body, ErrorCode, Refusal};

use super::conversation::Conversation;
use super::reader::{Ended, posting_pace};
use crate::chat::{ConnectionManager, Pace, Room, Stay};
use crate::engine::Append;

/// One plain client's conversation.
pub(super) struct Plain {
    manager: Arc<ConnectionManager>,
    stay: Stay,
    room: Arc<Room>,
    /// Who it is, once it has said so.
    author: Option<Author>,
    pace: Pace,
}

impl Conversation for Plain {
    async fn handle_text(&mut self, text: &str) -> Result<(), Ended> {
        match &self.author {
            None => {
                let author = self.manager.register_user(&self.stay, text).await.map_err(|_| Ended)?;
                self.author = Some(author);
            }
            Some(author) => {
                if let Err(code) = self.post(author.clone(), text).await {
                    self.stay.send_plain(&PlainFrame::refused(Refusal::of_text(code, text)));
                }
            }
        }
        Ok(())
    }
}

impl Plain {
    /// A client that listens to the room from now on.
    pub(super) fn new(manager: Arc<ConnectionManager>, stay: Stay, room: Arc<Room>, limits_on: bool) -> Self {
        manager.listen(&stay, &room);
        Self { manager, stay, room, author: None, pace: posting_pace(limits_on) }
    }

    async fn post(&mut self, author: Author, text: &str) -> Result<(), ErrorCode> {
        let body = Body::parse(text)?;
        self.pace.take(Instant::now()).map_err(|_| ErrorCode::TooFast)?;
        let append = Append::from_plain(self.room.name.clone(), self.room.epoch.clone(), author, body);
        let appending = self.manager.broadcast(&self.room, self.stay.address, append).await?;
        let connection = self.stay.connection();
        // Reading goes on while the message is on its way to the disk.
        tokio::spawn(async move {
            if let Err(error) = appending.committed().await {
                connection.send_plain(&PlainFrame::refused(ErrorCode::from(error)));
            }
        });
        Ok(())
    }
}

//! The plain dialect: the first text is the name, each later one a message. See `docs/protocol.md`, "Plain".

use std::sync::Arc;
use std::time::Instant;

use parlor::plain::PlainFrame;
use parlor::{Author, Body, ErrorCode};

use super::reader::{Ended, Reader, posting_pace};
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

impl Plain {
    pub(super) fn new(manager: Arc<ConnectionManager>, stay: Stay, room: Arc<Room>, limits_on: bool) -> Self {
        Self { manager, stay, room, author: None, pace: posting_pace(limits_on) }
    }

    /// Goes on until the connection ends: it may have ended with what came behind the handshake, as `begun` says.
    pub(super) async fn converse(
        &mut self,
        reader: &mut Reader,
        texts: &mut Vec<String>,
        begun: Result<(), Ended>,
    ) -> Ended {
        self.manager.listen(&self.stay, &self.room);
        let mut outcome = begun;
        loop {
            for text in texts.drain(..) {
                // What came whole before the end still counts. Nothing is held back for it: above the rate of posts it is
                // refused.
                let admitted = outcome.is_err() || reader.admit().await.is_ok();
                // Boxed, as it is large and seldom there: most of the time a connection waits.
                if !admitted || Box::pin(self.take(&text)).await.is_err() {
                    return Ended;
                }
            }
            if outcome.is_err() {
                return Ended;
            }
            outcome = reader.read(texts).await;
        }
    }

    async fn take(&mut self, text: &str) -> Result<(), Ended> {
        match &self.author {
            None => {
                let author = self.manager.register_user(&self.stay, text).await.map_err(|_| Ended)?;
                self.author = Some(author);
            }
            Some(author) => {
                if let Err(code) = self.post(author.clone(), text).await {
                    self.refuse(code);
                }
            }
        }
        Ok(())
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
                connection.send_plain(&PlainFrame::refused(error.into()));
            }
        });
        Ok(())
    }

    fn refuse(&self, code: ErrorCode) {
        self.stay.send_plain(&PlainFrame::refused(code));
    }
}

//! The requests `read` and `unread`, which move the session's read marker.

use parlor::message::Request;
use parlor::{ErrorCode, RoomName};

use super::Rich;
use crate::chat::Session;

impl Rich {
    pub(super) async fn mark_read(&self, session: &Session, name: RoomName, seq: u64) {
        let marked = match self.manager.joined_room(&self.guard, &name) {
            Some(room) => self.manager.mark_read(&self.guard, session, &room, seq).await,
            None => Err(ErrorCode::NotInRoom),
        };
        if let Err(code) = marked {
            self.refuse(Some(Request::Read), Some(name), code.into());
        }
    }

    pub(super) async fn mark_unread(&self, session: &Session, name: RoomName, seq: u64) {
        let marked = match self.manager.joined_room(&self.guard, &name) {
            Some(room) => self.manager.mark_unread(&self.guard, session, &room, seq).await,
            None => Err(ErrorCode::NotInRoom),
        };
        if let Err(code) = marked {
            self.refuse(Some(Request::Unread), Some(name), code.into());
        }
    }
}

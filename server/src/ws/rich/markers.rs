//! How far the person has read, as their client tells it.

use parlor::message::Request;
use parlor::{ErrorCode, RoomName};

use super::Rich;
use crate::chat::Session;

impl Rich {
    pub(super) async fn mark_read(&self, session: &Session, name: RoomName, seq: u64) {
        let marked = match self.manager.room_of(&self.stay, &name) {
            Some(room) => self.manager.mark_read(&self.stay, session, &room, seq).await,
            None => Err(ErrorCode::NotInRoom),
        };
        if let Err(code) = marked {
            self.refuse(Some(Request::Read), Some(name), code.into());
        }
    }

    pub(super) async fn mark_unread(&self, session: &Session, name: RoomName, seq: u64) {
        let marked = match self.manager.room_of(&self.stay, &name) {
            Some(room) => self.manager.mark_unread(&self.stay, session, &room, seq).await,
            None => Err(ErrorCode::NotInRoom),
        };
        if let Err(code) = marked {
            self.refuse(Some(Request::Unread), Some(name), code.into());
        }
    }
}

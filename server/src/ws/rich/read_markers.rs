//! The requests `read` and `unread`, which move the session's read marker.

use parlor::RoomName;
use parlor::message::Request;

use super::Rich;
use crate::access::Action;
use crate::chat::Session;

impl Rich {
    pub(super) async fn mark_read(&self, session: &Session, name: RoomName, seq: u64) {
        let marked = match self.manager.authorise(&self.guard, session, &name, Action::MarkRead) {
            Ok(readable) => self.manager.mark_read(&self.guard, session, &readable.room, seq).await,
            Err(code) => Err(code),
        };
        if let Err(code) = marked {
            self.refuse(Some(Request::Read), Some(name), code.into());
        }
    }

    pub(super) async fn mark_unread(&self, session: &Session, name: RoomName, seq: u64) {
        let marked = match self.manager.authorise(&self.guard, session, &name, Action::MarkRead) {
            Ok(readable) => self.manager.mark_unread(&self.guard, session, &readable.room, seq).await,
            Err(code) => Err(code),
        };
        if let Err(code) = marked {
            self.refuse(Some(Request::Unread), Some(name), code.into());
        }
    }
}

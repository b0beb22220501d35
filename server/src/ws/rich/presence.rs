//! How the person at a rich client is there: that they are writing.

use std::collections::hash_map::Entry;
use std::time::{Duration, Instant};

use parlor::message::Request;
use parlor::{ErrorCode, RoomName, limits};

use super::Rich;
use crate::chat::Session;

/// How long nothing more is heard of somebody's writing in a room.
const PAUSE: Duration = Duration::from_millis(limits::TYPING_PAUSE_MS);

impl Rich {
    pub(super) async fn types(&mut self, session: &Session, name: RoomName) {
        let Some(room) = self.manager.room_of(&self.stay, &name) else {
            return self.refuse(Some(Request::Typing), Some(name), ErrorCode::NotInRoom.into());
        };
        let Some(author) = self.manager.author(session) else {
            return self.refuse(Some(Request::Typing), Some(name), ErrorCode::NotNamed.into());
        };
        let now = Instant::now();
        // What is older than the pause says nothing: so no more is kept than rooms one writes in at once.
        self.typing.retain(|_, told| now.saturating_duration_since(*told) < PAUSE);
        if let Entry::Vacant(entry) = self.typing.entry(name) {
            entry.insert(now);
            self.manager.tell_typing(&room, author).await;
        }
    }
}

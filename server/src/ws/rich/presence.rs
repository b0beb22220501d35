//! How the person at a rich client is there: that they are writing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::{Duration, Instant};

use parlor::message::Request;
use parlor::{ErrorCode, RoomName, limits};

use super::Rich;
use crate::chat::Session;

/// How long nothing more is heard of somebody's writing in a room.
const PAUSE: Duration = Duration::from_millis(limits::TYPING_PAUSE_MS);

/// Where it was told a moment ago that the person is writing.
#[derive(Debug, Default)]
pub(super) struct Typing(HashMap<RoomName, Instant>);

impl Typing {
    /// Whether a room has to be told.
    fn is_news(&mut self, room: RoomName, now: Instant) -> bool {
        // What is older than the pause says nothing: so no more is kept than rooms one writes in at once.
        self.0.retain(|_, told| now.saturating_duration_since(*told) < PAUSE);
        match self.0.entry(room) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(now);
                true
            }
        }
    }
}

impl Rich {
    pub(super) async fn types(&mut self, session: &Session, name: RoomName) {
        let Some(room) = self.manager.room_of(&self.stay, &name) else {
            return self.refuse(Some(Request::Typing), Some(name), ErrorCode::NotInRoom.into());
        };
        let Some(author) = self.manager.author(session) else {
            return self.refuse(Some(Request::Typing), Some(name), ErrorCode::NotNamed.into());
        };
        if self.typing.is_news(name, Instant::now()) {
            self.manager.tell_typing(&room, author).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_told_again_after_the_pause_and_each_room_by_itself() {
        let (mut typing, now) = (Typing::default(), Instant::now());
        let (lobby, kitchen) = (RoomName::default(), RoomName::parse("kitchen").unwrap());
        assert!(typing.is_news(lobby.clone(), now));
        assert!(!typing.is_news(lobby.clone(), now + PAUSE - Duration::from_millis(1)));
        assert!(typing.is_news(kitchen, now + PAUSE / 2));
        assert!(typing.is_news(lobby, now + PAUSE));
        assert!(typing.is_news(RoomName::parse("attic").unwrap(), now + 3 * PAUSE));
        assert_eq!(typing.0.len(), 1, "nothing is kept for longer than it counts");
    }
}

//! The request `typing`, which announces that the person is typing in a room.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::{Duration, Instant};

use parlor::message::Request;
use parlor::{ErrorCode, RoomName, limits};

use super::Rich;
use crate::access::Action;
use crate::chat::Session;

/// Minimum interval between two typing signals of one connection in the same room.
const INTERVAL: Duration = Duration::from_millis(limits::TYPING_PAUSE_MS);

/// The rooms in which a typing signal was sent within the last [`INTERVAL`], with its time.
#[derive(Debug, Default)]
pub(super) struct TypingLimiter(HashMap<RoomName, Instant>);

impl TypingLimiter {
    /// Whether a typing signal may be sent to a room. Records it if so.
    fn is_due(&mut self, room: RoomName, now: Instant) -> bool {
        // Expired entries are removed, so that the map is not larger than the number of rooms that the person types in.
        self.0.retain(|_, sent| now.saturating_duration_since(*sent) < INTERVAL);
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
    pub(super) fn send_typing(&mut self, session: &Session, name: RoomName) {
        let room = match self.manager.authorise(&self.guard, session, &name, Action::Type) {
            Ok(readable) => readable.room,
            Err(code) => return self.refuse(Some(Request::Typing), Some(name), code.into()),
        };
        let Some(author) = self.manager.author(session) else {
            return self.refuse(Some(Request::Typing), Some(name), ErrorCode::NotNamed.into());
        };
        if self.typing.is_due(name, Instant::now()) {
            self.manager.broadcast_typing(&room, author);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_room_has_its_own_interval() {
        let (mut typing, now) = (TypingLimiter::default(), Instant::now());
        let (lobby, kitchen) = (RoomName::default(), RoomName::parse("kitchen").unwrap());
        assert!(typing.is_due(lobby.clone(), now));
        assert!(!typing.is_due(lobby.clone(), now + INTERVAL - Duration::from_millis(1)));
        assert!(typing.is_due(kitchen, now + INTERVAL / 2));
        assert!(typing.is_due(lobby, now + INTERVAL));
        assert!(typing.is_due(RoomName::parse("attic").unwrap(), now + 3 * INTERVAL));
        assert_eq!(typing.0.len(), 1, "expired entries are removed");
    }
}

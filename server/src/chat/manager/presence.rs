//! What people's clients tell of them besides words, and what is kept nowhere.

use parlor::Author;

use super::super::Room;
use super::ConnectionManager;
use crate::engine::Signal;

impl ConnectionManager {
    /// Tells a room that somebody is writing.
    pub async fn tell_typing(&self, room: &Room, who: Author) {
        self.engine.signal(room.name.clone(), Signal::Typing(who)).await;
    }
}

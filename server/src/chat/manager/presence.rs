//! What people's clients tell of them besides words, and what is kept nowhere.

use parlor::{Author, AuthorId};

use super::super::people::People;
use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use crate::engine::Signal;

impl ConnectionManager {
    /// The one who sits at this connection is away, or back. Rooms are told with the next of what is told once a second.
    pub fn set_away(&self, connection: &Connection, session: &Session, away: bool) {
        let people = self.people.lock();
        if connection.set_away(away) {
            stand(&people, &session.id);
        }
    }

    /// Tells a room that somebody is writing.
    pub async fn tell_typing(&self, room: &Room, who: Author) {
        self.engine.signal(room.name.clone(), Signal::Typing(who)).await;
    }
}

/// Brings the rooms of all the session's connections up to whether its person is away.
pub(super) fn stand(people: &People, id: &AuthorId) {
    let away = people.is_away(id);
    for connection in people.connections(id) {
        connection.rooms().iter().for_each(|room| room.person_stands(id, away));
    }
}

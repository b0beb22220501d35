//! Joined rooms: those that a person joined with a name and has not left since. Connections that open or close do not
//! change them.

use parlor::RoomName;

use super::super::Session;
use super::ConnectionManager;
use crate::engine::EngineError;

impl ConnectionManager {
    /// The rooms that a person has joined, by name, each with its title.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub async fn joined_rooms(&self, session: &Session) -> Result<Vec<(RoomName, String)>, EngineError> {
        self.directory.joined_rooms(&session.account).await
    }

    /// Adds rooms to those that a person with a name has joined. A room that they have joined costs no disk write,
    /// because after a restart all clients join their rooms again at once.
    pub async fn add_joined_rooms(&self, session: &Session, rooms: impl IntoIterator<Item = RoomName>) {
        let Some(author) = self.author(session) else { return };
        // A room that cannot be stored now is stored at the next join.
        let Ok(known) = self.joined_rooms(session).await else { return };
        for room in rooms {
            if known.iter().all(|(known, _)| *known != room) {
                let _ = self.directory.join_room(&author, &room).await;
            }
        }
    }

    /// Removes all rooms from those that a person has joined.
    pub(super) async fn remove_all_joined_rooms(&self, session: &Session) -> Result<(), EngineError> {
        if self.joined_rooms(session).await?.is_empty() {
            return Ok(());
        }
        self.directory.leave_all_rooms(&session.account).await
    }

    /// Removes a room from those that a person has joined.
    pub async fn remove_joined_room(&self, session: &Session, room: RoomName) {
        if self.joined_rooms(session).await.is_ok_and(|known| known.iter().any(|(known, _)| *known == room)) {
            let _ = self.directory.leave_room(&session.account, &room).await;
        }
    }
}

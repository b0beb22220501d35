//! Memberships: the rooms that a person joined with a name and has not left since. Connections that open or close do
//! not change them.

use parlor::RoomName;

use super::super::Session;
use super::ConnectionManager;
use crate::engine::{DirectoryUpdate, EngineError};

impl ConnectionManager {
    /// The rooms that a session is a member of, by name.
    ///
    /// # Errors
    /// The engine cannot read them.
    pub async fn memberships(&self, session: &Session) -> Result<Vec<RoomName>, EngineError> {
        self.engine.memberships(&session.id).await
    }

    /// Makes a session that holds a name a member of these rooms. Existing memberships cost no disk write, because
    /// after a restart all clients join their rooms again at once.
    pub async fn begin_memberships(&self, session: &Session, rooms: impl IntoIterator<Item = RoomName>) {
        let Some(author) = self.author(session) else { return };
        // A membership that cannot be stored now is stored at the next join.
        let Ok(known) = self.memberships(session).await else { return };
        for room in rooms {
            if !known.contains(&room) {
                let _ =
                    self.engine.update_directory(DirectoryUpdate::RoomJoined { author: author.clone(), room }).await;
            }
        }
    }

    /// Ends all of a session's memberships.
    pub(super) async fn end_all_memberships(&self, session: &Session) -> Result<(), EngineError> {
        if self.memberships(session).await?.is_empty() {
            return Ok(());
        }
        self.engine.update_directory(DirectoryUpdate::AllRoomsLeft(session.id.clone())).await
    }

    /// Ends a session's membership of a room.
    pub async fn end_membership(&self, session: &Session, room: RoomName) {
        if self.memberships(session).await.is_ok_and(|known| known.contains(&room)) {
            let _ =
                self.engine.update_directory(DirectoryUpdate::RoomLeft { author_id: session.id.clone(), room }).await;
        }
    }
}

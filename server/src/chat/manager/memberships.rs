//! Which rooms are a person's own: those they went into with a name, until they part from them. Connections come and go
//! without changing it.

use parlor::RoomName;

use super::super::Session;
use super::ConnectionManager;
use crate::engine::{EngineError, Note};

impl ConnectionManager {
    /// The rooms that a session is a member of, by name.
    ///
    /// # Errors
    /// Why that can't be read.
    pub async fn memberships(&self, session: &Session) -> Result<Vec<RoomName>, EngineError> {
        self.engine.memberships(&session.id).await
    }

    /// Makes a session that holds a name a member of these rooms. It costs no disk where it is one: after a restart
    /// everybody comes back at once.
    pub async fn begin_memberships(&self, session: &Session, rooms: impl IntoIterator<Item = RoomName>) {
        let Some(author) = self.author(session) else { return };
        // What can't be kept is kept when they come again: no harm.
        let Ok(known) = self.memberships(session).await else { return };
        for room in rooms {
            if !known.contains(&room) {
                let _ = self.engine.note(Note::Belongs { who: author.clone(), room }).await;
            }
        }
    }

    /// Ends all of a session's memberships.
    pub(super) async fn end_all_memberships(&self, session: &Session) -> Result<(), EngineError> {
        if self.memberships(session).await?.is_empty() {
            return Ok(());
        }
        self.engine.note(Note::BelongsNowhere(session.id.clone())).await
    }

    /// Ends a session's membership of a room.
    pub async fn end_membership(&self, session: &Session, room: RoomName) {
        if self.memberships(session).await.is_ok_and(|known| known.contains(&room)) {
            let _ = self.engine.note(Note::BelongsNoMore { who: session.id.clone(), room }).await;
        }
    }
}

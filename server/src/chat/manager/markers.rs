//! How far sessions have read.

use parlor::ErrorCode;
use parlor::message::ServerMessage;

use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use crate::engine::{EngineError, Note};

impl ConnectionManager {
    /// Keeps how far a session has read a room, and tells its other connections.
    ///
    /// # Errors
    /// Why it can't be kept.
    pub async fn mark_read(
        &self,
        connection: &Connection,
        session: &Session,
        room: &Room,
        seq: u64,
    ) -> Result<(), ErrorCode> {
        let seq = seq.min(room.shown().seq);
        let (who, name) = (session.id.clone(), room.name.clone());
        self.engine.note(Note::HasRead { who, room: name.clone(), seq }).await?;
        self.tell_others(connection, session, room, &ServerMessage::Read { room: name, seq });
        Ok(())
    }

    /// Lets messages from this place on be new again for a session, and tells its other connections.
    ///
    /// # Errors
    /// Why that can't be kept.
    pub async fn mark_unread(
        &self,
        connection: &Connection,
        session: &Session,
        room: &Room,
        seq: u64,
    ) -> Result<(), ErrorCode> {
        let seq = seq.clamp(1, room.shown().seq + 1);
        let (who, name) = (session.id.clone(), room.name.clone());
        self.engine.note(Note::Unread { who, room: name.clone(), seq }).await?;
        self.tell_others(connection, session, room, &ServerMessage::Unread { room: name, seq });
        Ok(())
    }

    /// How far a session has read a room, if it has told.
    ///
    /// # Errors
    /// Why that can't be read.
    pub async fn read_up_to(&self, session: &Session, room: &Room) -> Result<Option<u64>, EngineError> {
        self.engine.read_up_to(&session.id, &room.name).await
    }

    fn tell_others(&self, connection: &Connection, session: &Session, room: &Room, message: &ServerMessage) {
        for other in self.people.lock().connections(&session.id) {
            if other.id != connection.id && room.has(&other) {
                other.send_rich(message);
            }
        }
    }
}

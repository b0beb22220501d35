//! Read markers: up to which event an account has read each room.

use parlor::ErrorCode;
use parlor::message::ServerMessage;

use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use crate::engine::EngineError;

impl ConnectionManager {
    /// Stores a session's read marker for a room and sends it to the session's other connections. A `seq` above the
    /// newest event is reduced to it.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the engine cannot store the marker.
    pub async fn mark_read(
        &self,
        connection: &Connection,
        session: &Session,
        room: &Room,
        seq: u64,
    ) -> Result<(), ErrorCode> {
        let seq = seq.min(room.shown().seq);
        self.store_account(session).await?;
        self.directory.mark_read(&session.account, &room.name, seq).await?;
        self.send_to_other_connections(
            connection,
            session,
            room,
            &ServerMessage::Read { room: room.name.clone(), seq },
        );
        Ok(())
    }

    /// Marks the events from `seq` on as unread for a session and tells its other connections.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the engine cannot store the marker.
    pub async fn mark_unread(
        &self,
        connection: &Connection,
        session: &Session,
        room: &Room,
        seq: u64,
    ) -> Result<(), ErrorCode> {
        let seq = seq.clamp(1, room.shown().seq + 1);
        self.store_account(session).await?;
        self.directory.mark_unread(&session.account, &room.name, seq).await?;
        let unread = ServerMessage::Unread { room: room.name.clone(), seq };
        self.send_to_other_connections(connection, session, room, &unread);
        Ok(())
    }

    /// A session's read marker in a room: the seq of the last event that it has read. `None` if it never set one.
    ///
    /// # Errors
    /// The engine cannot read it.
    pub async fn read_up_to(&self, session: &Session, room: &Room) -> Result<Option<u64>, EngineError> {
        self.directory.read_up_to(&session.account, &room.name).await
    }

    fn send_to_other_connections(
        &self,
        connection: &Connection,
        session: &Session,
        room: &Room,
        message: &ServerMessage,
    ) {
        for other in self.accounts.lock().connections(&session.account) {
            if other.id != connection.id && room.has_member(&other) {
                other.send_rich(message);
            }
        }
    }
}

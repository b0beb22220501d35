//! Read markers: up to which event an account has read each room.

use parlor::message::ServerMessage;
use parlor::{AuthorId, ErrorCode, RoomName};

use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use crate::engine::{AccountChange, EngineError};

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
        let read = ServerMessage::Read { room: room.name.clone(), seq };
        self.send_to_devices(&session.account, &room.name, Some(connection), &read);
        self.publish_account(&session.account, AccountChange::Read { room: room.name.clone(), seq });
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
        self.send_to_devices(&session.account, &room.name, Some(connection), &unread);
        self.publish_account(&session.account, AccountChange::Unread { room: room.name.clone(), seq });
        Ok(())
    }

    /// A session's read marker in a room: the seq of the last event that it has read. `None` if it never set one.
    ///
    /// # Errors
    /// The engine cannot read it.
    pub async fn read_up_to(&self, session: &Session, room: &Room) -> Result<Option<u64>, EngineError> {
        self.directory.read_up_to(&session.account, &room.name).await
    }

    /// Sends a message to the connections of an account in a room, except for one.
    pub(super) fn send_to_devices(
        &self,
        account: &AuthorId,
        room: &RoomName,
        except: Option<&Connection>,
        message: &ServerMessage,
    ) {
        let Some(room) = self.loaded_room(room) else { return };
        for device in self.accounts.lock().connections(account) {
            if except.is_none_or(|except| except.id != device.id) && room.has_member(&device) {
                device.send_rich(message);
            }
        }
    }
}

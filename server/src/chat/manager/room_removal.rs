//! Removes rooms from memory that are not what they were on disk, and connections from rooms that they may not read any
//! more.
use std::sync::Arc;
use std::time::Instant;

use parlor::message::ServerMessage;
use parlor::plain::PlainFrame;
use parlor::{AuthorId, CloseCode, ErrorCode};

use super::super::roster::Departure;
use super::super::{Dialect, Room};
use super::ConnectionManager;
use crate::access::Action;
use crate::engine::EngineError;

impl ConnectionManager {
    /// Removes a room from memory that was deleted or has another name now. Those who may read it under that name are told
    /// the name, all others that the room is gone.
    ///
    /// # Errors
    /// The directory can't be read.
    pub(super) async fn close_retired_room(&self, room: &Arc<Room>) -> Result<(), EngineError> {
        let moved = match self.directory.retired_name(&room.name).await?.flatten() {
            Some(to) => self.existing_policy(&to).await?.map(|policy| (to, policy)),
            None => None,
        };
        let mut rooms = self.rooms.lock();
        rooms.remove(&room.name);
        self.log.unsubscribe(&room.name);
        drop(rooms);
        let follow = |identity: Option<&AuthorId>| {
            let ((to, policy), account) = (moved.as_ref()?, identity?);
            self.may(self.account_actor(account), Action::Read, to, policy).ok()?;
            Some(ServerMessage::Moved { room: room.name.clone(), to: to.clone(), title: policy.title.clone() })
        };
        self.remove_from_room(room, |_| true, follow);
        room.close();
        Ok(())
    }

    /// Removes a room from memory that is not what is on disk. Its connections are closed with a code after which clients
    /// reconnect, and then enter the room as it is.
    pub(super) fn close_outdated_room(&self, room: &Arc<Room>) {
        let mut rooms = self.rooms.lock();
        rooms.remove(&room.name);
        self.log.unsubscribe(&room.name);
        drop(rooms);
        for connection in room.connections() {
            connection.close(CloseCode::SHUTTING_DOWN, "the room has changed");
        }
        room.close();
    }

    /// Removes the connections of a room for which `matches` is true, and tells each of them: `follow` has the message
    /// for those who continue elsewhere. A plain client cannot be told, so that it is disconnected.
    pub(super) fn remove_from_room(
        &self,
        room: &Arc<Room>,
        matches: impl Fn(Option<&AuthorId>) -> bool,
        follow: impl Fn(Option<&AuthorId>) -> Option<ServerMessage>,
    ) {
        for connection in room.connections() {
            let identity = self.connections.identity(connection.id);
            if !matches(identity.as_ref()) {
                continue;
            }
            room.remove_member(&connection);
            if let Some(account) = &identity {
                room.remove_connection_of(account, Departure::Left, Instant::now());
            }
            match connection.dialect {
                Dialect::Plain => {
                    connection.send_plain(&PlainFrame::refused(ErrorCode::NoSuchRoom));
                    connection.close(CloseCode::NORMAL, "");
                }
                Dialect::Rich => {
                    let removed = || ServerMessage::Removed { room: room.name.clone() };
                    connection.send_rich(&follow(identity.as_ref()).unwrap_or_else(removed));
                }
            }
        }
    }
}

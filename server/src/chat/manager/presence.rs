//! Presence status and typing notices. Both are sent as live signals and never stored.

use std::sync::Arc;

use parlor::{Author, AuthorId};

use super::super::account_registry::AccountRegistry;
use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use crate::engine::{BusMessage, Signal};

impl ConnectionManager {
    /// Sets whether the person is away on this connection. Rooms receive it with their next presence changes, within
    /// about a second.
    pub fn set_away(&self, connection: &Connection, session: &Session, away: bool) {
        let accounts = self.accounts.lock();
        if connection.set_away(away) {
            self.update_away(&accounts, &session.account);
        }
    }

    /// Announces to a room that a person is typing: at once, whatever the storage is doing.
    pub fn broadcast_typing(&self, room: &Arc<Room>, who: Author) {
        room.signal(Signal::Typing(who.clone()));
        self.bus.publish(BusMessage::Typing { room: room.name.clone(), who });
    }

    /// Updates in all rooms of the account whether its person is away.
    pub(super) fn update_away(&self, accounts: &AccountRegistry, id: &AuthorId) {
        let away = accounts.is_away(id);
        for connection in accounts.connections(id) {
            self.rooms_of(&connection).iter().for_each(|room| room.set_person_away(id, away));
        }
    }
}

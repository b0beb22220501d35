//! Presence status and typing notices. Both are sent as live signals and never stored.

use parlor::{Author, AuthorId};

use super::super::account_registry::AccountRegistry;
use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use crate::engine::Signal;

impl ConnectionManager {
    /// Sets whether the person is away on this connection. Rooms receive it with their next presence changes, within
    /// about a second.
    pub fn set_away(&self, connection: &Connection, session: &Session, away: bool) {
        let accounts = self.accounts.lock();
        if connection.set_away(away) {
            self.update_away(&accounts, &session.account);
        }
    }

    /// Announces to a room that a person is typing.
    pub async fn broadcast_typing(&self, room: &Room, who: Author) {
        self.log.signal(room.name.clone(), Signal::Typing(who)).await;
    }

    /// Updates in all rooms of the account whether its person is away.
    pub(super) fn update_away(&self, accounts: &AccountRegistry, id: &AuthorId) {
        let away = accounts.is_away(id);
        for connection in accounts.connections(id) {
            self.rooms_of(&connection).iter().for_each(|room| room.set_person_away(id, away));
        }
    }
}

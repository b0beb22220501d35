//! Sessions: their connections, and the name that each of them holds.

use std::sync::Arc;
use std::time::Instant;

use parlor::message::ServerMessage;
use parlor::{Author, AuthorId, CloseCode, ErrorCode, Name};

use super::super::{ClientAddress, Connection, Session};
use super::ConnectionManager;
use crate::engine::{DirectoryUpdate, EngineError};

impl ConnectionManager {
    /// Adds a connection to a session and returns the name that the session holds.
    pub fn attach_session(&self, connection: &Arc<Connection>, session: &Session) -> Option<Name> {
        self.connections.set_identity(connection.id, &session.id);
        connection.mark_registered();
        let mut sessions = self.sessions.lock();
        sessions.add_connection(&session.id, connection);
        self.update_away(&sessions, &session.id);
        sessions.author(&session.id).map(|author| author.name)
    }

    /// The session's author id and name; `None` if it holds no name.
    pub fn author(&self, session: &Session) -> Option<Author> {
        self.sessions.lock().author(&session.id)
    }

    /// Claims a name for a session, which replaces the previous one, and sends it to all its connections. If the
    /// address has too many names, the name of its longest idle session is released.
    ///
    /// # Errors
    /// The reason why the name is invalid, [`ErrorCode::NameTaken`], or [`ErrorCode::Unavailable`] if the name cannot
    /// be stored.
    pub async fn claim_name(&self, session: &Session, address: ClientAddress, name: &str) -> Result<(), ErrorCode> {
        let author = Author { id: session.id.clone(), name: Name::parse(name)? };
        let to_release = self.sessions.lock().name_to_release(&session.id, address);
        if let Some(id) = to_release {
            self.limit_log.reached(address, "NAMES_PER_ADDRESS");
            self.release_idle_session(id).await;
        }
        self.sessions.lock().reserve_name(&author.id, &author.name).map_err(|_| ErrorCode::NameTaken)?;
        if let Err(error) = self.engine.update_directory(DirectoryUpdate::NameClaimed(author.clone())).await {
            self.sessions.lock().cancel_reservation(&author.id);
            return Err(error.into());
        }
        let (mut arrivals, mut rooms) = (Vec::new(), Vec::new());
        {
            let mut sessions = self.sessions.lock();
            let previous = sessions.set_display_name(&author);
            sessions.count_name(&author.id, address);
            let away = sessions.is_away(&author.id);
            for connection in sessions.connections(&session.id) {
                connection.send_rich(&ServerMessage::Claimed { name: author.name.clone() });
                for room in self.rooms_of(&connection) {
                    rooms.push(room.name.clone());
                    if previous.is_some() {
                        room.rename_person(&author);
                    } else if room.add_person(&author, away) {
                        arrivals.push(room);
                    }
                }
            }
        }
        for room in arrivals {
            self.broadcast_user_join(&room, author.clone()).await;
        }
        self.begin_memberships(session, rooms).await;
        Ok(())
    }

    /// Releases a session's name, ends its memberships and tells all its connections. The connections are told after
    /// this is on disk, so that a restart cannot hold a name again that a client knows as released.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if it cannot be stored. The session keeps its name then.
    pub async fn release_name_and_memberships(&self, session: &Session) -> Result<(), ErrorCode> {
        if self.author(session).is_some() {
            self.engine.update_directory(DirectoryUpdate::NamesReleased(vec![session.id.clone()])).await?;
        }
        self.end_all_memberships(session).await?;
        self.release_name_of(session);
        Ok(())
    }

    fn release_name_of(&self, session: &Session) {
        let mut sessions = self.sessions.lock();
        if sessions.author(&session.id).is_none() {
            return;
        }
        sessions.release_name(&session.id);
        for connection in sessions.connections(&session.id) {
            connection.send_rich(&ServerMessage::Unnamed);
        }
        self.rooms.lock().loaded().for_each(|room| room.remove_person(&session.id));
    }

    /// Releases a session's name and closes its connections with a code after which clients do not reconnect. If this
    /// cannot be stored, the next restart holds the name for one more grace period.
    pub async fn sign_out(&self, session: &Session) {
        if self.release_name_and_memberships(session).await.is_err() {
            self.release_name_of(session);
        }
        for connection in self.sessions.lock().connections(&session.id) {
            connection.close(CloseCode::SIGNED_OUT, "signed out");
        }
    }

    /// Removes a session without connections and releases its name before its grace period ends.
    pub(super) async fn release_idle_session(&self, id: AuthorId) {
        {
            let mut sessions = self.sessions.lock();
            if !sessions.remove_idle(&id) {
                return;
            }
            self.rooms.lock().loaded().for_each(|room| room.remove_person(&id));
        }
        self.record_released_names(vec![id]).await;
    }

    pub(super) async fn record_released_names(&self, ids: Vec<AuthorId>) {
        // If this cannot be stored, the next restart holds the names for one more grace period, which is harmless.
        let _ = self.engine.update_directory(DirectoryUpdate::NamesReleased(ids)).await;
    }

    /// Restores the sessions that held a name when the last process ended.
    ///
    /// # Errors
    /// The engine cannot read them.
    pub async fn restore_names(&self) -> Result<(), EngineError> {
        let (holders, now) = (self.engine.holders().await?, Instant::now());
        let mut sessions = self.sessions.lock();
        holders.iter().for_each(|author| sessions.restore(author, now));
        Ok(())
    }

    /// Number of failed commits of the engine so far: see [`Engine::failures`](crate::engine::Engine::failures).
    pub fn failures(&self) -> u64 {
        self.engine.failures()
    }
}

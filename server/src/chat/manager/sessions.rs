//! Sessions: their connections, and the name they hold.

use std::sync::Arc;
use std::time::Instant;

use parlor::message::ServerMessage;
use parlor::{Author, AuthorId, CloseCode, ErrorCode, Name};

use super::super::{ClientAddress, Connection, Session};
use super::{ConnectionManager, presence};
use crate::engine::{EngineError, Note};

impl ConnectionManager {
    /// One more connection of a session. Returns the name that it holds.
    pub fn attach(&self, connection: &Arc<Connection>, session: &Session) -> Option<Name> {
        if let Some(open) = self.connections.lock().get_mut(&connection.id) {
            open.identity = Some(session.id.clone());
        }
        connection.introduce();
        let mut people = self.people.lock();
        people.arrive(&session.id, connection);
        presence::stand(&people, &session.id);
        people.author(&session.id).map(|author| author.name)
    }

    /// Who a session is, if it holds a name.
    pub fn author(&self, session: &Session) -> Option<Author> {
        self.people.lock().author(&session.id)
    }

    /// Gives a session a name, in place of the one it has, and tells all its connections. Where its address has too many
    /// names, the one whose session has been gone the longest is free.
    ///
    /// # Errors
    /// Why not.
    pub async fn claim(&self, session: &Session, address: ClientAddress, name: &str) -> Result<(), ErrorCode> {
        let author = Author { id: session.id.clone(), name: Name::parse(name)? };
        let surplus = self.people.lock().name_to_release(&session.id, address);
        if let Some(id) = surplus {
            self.limit_log.reached(address, "NAMES_PER_ADDRESS");
            self.forget_idle(id).await;
        }
        self.people.lock().reserve(&author.id, &author.name).map_err(|_| ErrorCode::NameTaken)?;
        if let Err(error) = self.engine.note(Note::Holds(author.clone())).await {
            self.people.lock().give_up(&author.id);
            return Err(error.into());
        }
        let (mut arrivals, mut rooms) = (Vec::new(), Vec::new());
        {
            let mut people = self.people.lock();
            let before = people.call(&author);
            people.count_name(&author.id, address);
            let away = people.is_away(&author.id);
            for connection in people.connections(&session.id) {
                connection.send_rich(&ServerMessage::Claimed { name: author.name.clone() });
                for room in connection.rooms() {
                    rooms.push(room.name.clone());
                    if before.is_some() {
                        room.person_is_renamed(&author);
                    } else if room.person_enters(&author, away) {
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

    /// Frees a session's name at once, ends its memberships, and tells all its connections, when that is on disk: a
    /// restart must not give the name back to somebody who was told that it is free.
    ///
    /// # Errors
    /// Nothing has changed if it can't be written.
    pub async fn leave(&self, session: &Session) -> Result<(), ErrorCode> {
        if self.author(session).is_some() {
            self.engine.note(Note::HoldsNothing(vec![session.id.clone()])).await?;
        }
        self.end_all_memberships(session).await?;
        self.unname(session);
        Ok(())
    }

    fn unname(&self, session: &Session) {
        let mut people = self.people.lock();
        if people.author(&session.id).is_none() {
            return;
        }
        people.release(&session.id);
        for connection in people.connections(&session.id) {
            connection.send_rich(&ServerMessage::Unnamed);
        }
        self.rooms.lock().loaded().for_each(|room| room.person_leaves(&session.id));
    }

    /// Frees a session's name and ends its connections, which do not come back by themselves. Where that can't be
    /// written, it is so all the same until a restart, which holds the name for one more grace period.
    pub async fn sign_out(&self, session: &Session) {
        if self.leave(session).await.is_err() {
            self.unname(session);
        }
        for connection in self.people.lock().connections(&session.id) {
            connection.close(CloseCode::SIGNED_OUT, "signed out");
        }
    }

    /// Frees the name of a session that has no connection, before its time.
    pub(super) async fn forget_idle(&self, id: AuthorId) {
        {
            let mut people = self.people.lock();
            if !people.forget_idle(&id) {
                return;
            }
            self.rooms.lock().loaded().for_each(|room| room.person_leaves(&id));
        }
        self.forget_holders(vec![id]).await;
    }

    pub(super) async fn forget_holders(&self, ids: Vec<AuthorId>) {
        // If this can't be written, a restart holds the names for one more grace period: no harm.
        let _ = self.engine.note(Note::HoldsNothing(ids)).await;
    }

    /// Takes in who held a name when the last process ended.
    ///
    /// # Errors
    /// Why that can't be read.
    pub async fn restore(&self) -> Result<(), EngineError> {
        let (holders, now) = (self.engine.holders().await?, Instant::now());
        let mut people = self.people.lock();
        holders.iter().for_each(|author| people.restore(author, now));
        Ok(())
    }

    /// See [`Engine::failures`].
    pub fn failures(&self) -> u64 {
        self.engine.failures()
    }
}

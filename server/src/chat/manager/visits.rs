//! People who talk without a connection, by forms of pages without script. Each request is a visit; a name is held from
//! one visit to the next.

use std::time::Instant;

use parlor::{Body, ClientId, ErrorCode, RoomName};

use super::super::{ClientAddress, Session};
use super::ConnectionManager;
use crate::engine::{Append, Operation};

impl ConnectionManager {
    /// Somebody who has taken a name by a form is still there: their name is held on.
    pub fn revisit(&self, session: &Session) {
        self.people.lock().revisit(&session.id, Instant::now());
    }

    /// Gives a session that may have no connection a name, if it has none, and makes it a member of the room. A form
    /// that was drawn before its reader took another name elsewhere does not take that away again.
    ///
    /// # Errors
    /// Why not.
    pub async fn visit(
        &self,
        session: &Session,
        address: ClientAddress,
        name: &str,
        room: &RoomName,
    ) -> Result<(), ErrorCode> {
        if self.author(session).is_none() {
            let surplus = self.people.lock().visitor_to_release(&session.id, address);
            if let Some(id) = surplus {
                self.limit_log.reached(address, "VISITORS_PER_ADDRESS");
                self.forget_idle(id).await;
            }
            self.people.lock().visit(&session.id, address, Instant::now());
            if let Err(code) = self.claim(session, address, name).await {
                self.people.lock().forget_nameless(&session.id);
                return Err(code);
            }
        }
        self.begin_memberships(session, [room.clone()]).await;
        Ok(())
    }

    /// Puts a message into a room's log, and returns when the room shows it.
    ///
    /// # Errors
    /// Why it is not there.
    pub async fn say(
        &self,
        session: &Session,
        address: ClientAddress,
        room: &RoomName,
        client_id: ClientId,
        body: Body,
    ) -> Result<(), ErrorCode> {
        let author = self.author(session).ok_or(ErrorCode::NotNamed)?;
        let room = self.room(room).await?;
        let append = Append {
            room: room.name.clone(),
            author,
            client_id,
            operation: Operation::post(body),
            epoch: room.epoch.clone(),
            // Whoever sends a form waits for its answer: nothing of theirs can be on its way before it.
            failures_known: self.failures(),
            once: false,
        };
        let receipt = self.broadcast(&room, address, append).await?.committed().await?;
        room.shows(receipt.seq).await;
        Ok(())
    }
}

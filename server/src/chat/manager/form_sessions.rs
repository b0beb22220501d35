//! Form sessions: people who use HTML forms without a WebSocket. Their name is held from one request to the next.

use std::time::Instant;

use parlor::{Body, ClientId, ErrorCode, RoomName};

use super::super::{ClientAddress, Session};
use super::ConnectionManager;
use super::access::ReadableRoom;
use crate::access::Action;
use crate::engine::{Append, Operation};

impl ConnectionManager {
    /// Extends the time for which a form session holds its name. Does nothing for other sessions.
    pub fn refresh_form_session(&self, session: &Session) {
        self.accounts.lock().refresh_form_session(&session.account, Instant::now());
    }

    /// Opens a form session with this name, unless the session holds a name already, and adds the room to those
    /// that it has joined. A form that was rendered before the person claimed another name elsewhere does not change it.
    ///
    /// # Errors
    /// The reason why the name cannot be claimed. The form session is not opened then.
    pub async fn open_form_session(
        &self,
        session: &Session,
        address: ClientAddress,
        name: &str,
        room: &RoomName,
    ) -> Result<(), ErrorCode> {
        self.claim_form_name(session, address, name).await?;
        self.add_joined_rooms(session, [room.clone()]).await;
        Ok(())
    }

    /// Opens a form session with this name, unless the session holds a name already.
    ///
    /// # Errors
    /// Those of [`open_form_session`](Self::open_form_session).
    pub(super) async fn claim_form_name(
        &self,
        session: &Session,
        address: ClientAddress,
        name: &str,
    ) -> Result<(), ErrorCode> {
        if self.author(session).is_some() {
            return Ok(());
        }
        let to_release = self.accounts.lock().form_session_to_release(&session.account, address);
        if let Some(id) = to_release {
            self.limit_log.reached(address, "FORM_SESSIONS_PER_ADDRESS");
            self.release_idle_session(id).await;
        }
        self.accounts.lock().open_form_session(&session.account, address, Instant::now());
        let claimed = self.claim_name(session, address, name).await;
        if claimed.is_err() {
            self.accounts.lock().remove_nameless(&session.account);
        }
        claimed
    }

    /// Posts a message and returns when the room's page includes it.
    ///
    /// # Errors
    /// [`ErrorCode::NotNamed`] without a name, or the reason why the message cannot be posted.
    pub async fn post_from_form(
        &self,
        session: &Session,
        address: ClientAddress,
        room: &RoomName,
        client_id: ClientId,
        body: Body,
    ) -> Result<(), ErrorCode> {
        self.submit_from_form(session, address, room, client_id, Operation::post(body)).await
    }

    /// Submits an operation to a room's log and returns when the room's page shows it.
    ///
    /// # Errors
    /// [`ErrorCode::NotNamed`] without a name, or the reason why the operation is refused.
    pub async fn submit_from_form(
        &self,
        session: &Session,
        address: ClientAddress,
        room: &RoomName,
        client_id: ClientId,
        operation: Operation,
    ) -> Result<(), ErrorCode> {
        let author = self.author_to_write(session)?;
        let actor = self.person(session);
        let ReadableRoom { room, .. } = self.enter_to(actor, room, Action::Read).await?;
        let append = Append {
            room: room.name.clone(),
            author,
            client_id,
            operation,
            epoch: room.epoch.clone(),
            // A browser waits for the response to its form, so no earlier message of this person can be in flight.
            known_failures: self.failures(),
            skip_receipt: false,
            owns_new_room: true,
        };
        let receipt = self.broadcast(actor, &room, address, append).await?.committed().await?;
        room.wait_until_batched(receipt.seq).await;
        Ok(())
    }
}

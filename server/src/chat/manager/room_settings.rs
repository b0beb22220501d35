//! Creates rooms, changes their settings, gives them other names and deletes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use parlor::message::ServerMessage;
use parlor::{AuthorId, ErrorCode, RoomName, limits};

use super::super::{ClientAddress, Dialect, Room, Session};
use super::ConnectionManager;
use super::access::ReadableRoom;
use crate::access::{Action, RoomKind, RoomPolicy, ServerAction};
use crate::engine::{EngineError, NewRoom, RoomChange};
use crate::random;

/// Held while settings are changed. Dropping it counts the change.
pub(super) struct SettingsLock<'a> {
    _guard: tokio::sync::MutexGuard<'a, ()>,
    changes: &'a AtomicU64,
}

impl Drop for SettingsLock<'_> {
    fn drop(&mut self) {
        self.changes.fetch_add(1, Ordering::Release);
    }
}

/// Why a room's settings can't be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The person may not do this.
    #[error(transparent)]
    Refused(#[from] ErrorCode),
    /// The directory refuses it.
    #[error(transparent)]
    Directory(#[from] EngineError),
    /// Nobody holds the name of the person to be added.
    #[error("nobody has this name")]
    NobodyNamed,
}

impl ConnectionManager {
    /// Creates a room, owned by the session's account. A private one gets a random id in place of the name.
    ///
    /// # Errors
    /// [`ErrorCode::NotNamed`] without a name, [`ErrorCode::TooFast`] if too many rooms are created, or the directory's
    /// reason.
    pub async fn create_room(
        &self,
        session: &Session,
        address: ClientAddress,
        kind: RoomKind,
        name: RoomName,
        title: String,
    ) -> Result<RoomName, SettingsError> {
        let _changing = self.lock_settings().await;
        let author = self.author_to_write(session)?;
        self.may_on_server(self.person(session), ServerAction::CreateRoom)?;
        self.take_creation(&author.id, address)?;
        let name = if kind == RoomKind::Private { private_id() } else { name };
        // The same epoch as that of the room in memory, if there is one without a log.
        let epoch = self.epoch_without_log(&name);
        let room = NewRoom { name: name.clone(), epoch, kind, title, owner: author.id.clone() };
        self.directory.create_room(room).await?;
        self.reload_policy(&name).await;
        self.publish_room_change(&name);
        self.directory.join_room(&author, &name).await?;
        self.show_room(&author.id, &name).await;
        Ok(name)
    }

    fn take_creation(&self, account: &AuthorId, address: ClientAddress) -> Result<(), ErrorCode> {
        self.room_creation.take(account, address, Instant::now()).map_err(|(code, limit)| {
            self.limit_log.reached(address, limit);
            code
        })
    }

    /// Changes a setting of a room that affects nobody's access to it.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn change_setting(
        &self,
        session: &Session,
        name: &RoomName,
        change: RoomChange,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        let room = self.managed_room(session, name).await?;
        let renamed = matches!(change, RoomChange::Title(_));
        let policy = self.directory.change_room(name, change).await?;
        room.set_policy(policy);
        self.publish_room_change(name);
        if renamed {
            let message = ServerMessage::Room { room: name.clone(), title: room.title() };
            room.connections().iter().filter(|member| member.dialect == Dialect::Rich).for_each(|member| {
                member.send_rich(&message);
            });
        }
        Ok(())
    }

    /// Makes a room private: it gets a random id, and the owners and `members` get access. They continue under the id.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, [`ErrorCode::Malformed`] if it is private,
    /// [`ErrorCode::TooFast`] if too many rooms get new names, or the directory's reason.
    pub async fn make_private(
        &self,
        session: &Session,
        address: ClientAddress,
        name: &RoomName,
        title: String,
        members: Vec<AuthorId>,
    ) -> Result<RoomName, SettingsError> {
        let _changing = self.lock_settings().await;
        let room = self.managed_room(session, name).await?;
        let mut accounts = Vec::new();
        for account in members.into_iter().take(limits::ROOM_MEMBERS + 1) {
            // An id without a session is one that nobody has.
            if !self.directory.sessions(&account).await?.0.is_empty() {
                accounts.push(account);
            }
        }
        let (to, kind) = (private_id(), RoomKind::Private);
        self.rename(session, address, &room, RoomChange::Rename { to, kind, title, members: accounts }).await
    }

    /// Opens a private room to everybody, under a public name.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, [`ErrorCode::Malformed`] if it is not private,
    /// [`ErrorCode::TooFast`] if too many rooms get new names, [`EngineError::RoomNameTaken`], or the directory's reason.
    pub async fn open_to_everybody(
        &self,
        session: &Session,
        address: ClientAddress,
        name: &RoomName,
        to: RoomName,
        listed: bool,
    ) -> Result<RoomName, SettingsError> {
        let _changing = self.lock_settings().await;
        let room = self.managed_room(session, name).await?;
        let kind = if listed { RoomKind::Open } else { RoomKind::Unlisted };
        let change = RoomChange::Rename { to, kind, title: String::new(), members: Vec::new() };
        self.rename(session, address, &room, change).await
    }

    async fn rename(
        &self,
        session: &Session,
        address: ClientAddress,
        room: &Arc<Room>,
        change: RoomChange,
    ) -> Result<RoomName, SettingsError> {
        let RoomChange::Rename { to, .. } = &change else { return Err(ErrorCode::Malformed.into()) };
        if to.is_private() == room.name.is_private() {
            return Err(ErrorCode::Malformed.into());
        }
        let to = to.clone();
        // The old name can never be used again, so that a new name counts as a new room.
        self.take_creation(&session.account, address)?;
        self.directory.change_room(&room.name, change).await?;
        self.publish_right_ended();
        // Somebody may have visited the new name before: what is in memory under it is another, empty room.
        if let Some(visited) = self.loaded_room(&to) {
            self.close_outdated_room(&visited);
        }
        self.close_retired_room(room).await?;
        Ok(to)
    }

    /// Deletes a room with everything in it.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn delete_room(&self, session: &Session, name: &RoomName) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        let room = self.managed_room(session, name).await?;
        self.directory.delete_room(name).await?;
        self.publish_right_ended();
        Ok(self.close_retired_room(&room).await?)
    }

    /// Waits for other changes of settings, and counts this one when it is done.
    pub(super) async fn lock_settings(&self) -> SettingsLock<'_> {
        SettingsLock { _guard: self.settings_lock.lock().await, changes: &self.policy_changes }
    }

    /// The room, for a session of one of its owners that has not ended.
    pub(super) async fn managed_room(&self, session: &Session, name: &RoomName) -> Result<Arc<Room>, ErrorCode> {
        if !self.is_session_valid(session).await? {
            return Err(ErrorCode::OwnersOnly);
        }
        Ok(self.enter_to(self.person(session), name, Action::Manage).await?.room)
    }

    /// Reads the policy of a room in memory again.
    pub(super) async fn reload_policy(&self, name: &RoomName) {
        if let Some(room) = self.loaded_room(name)
            && let Ok(Some(policy)) = self.existing_policy(name).await
        {
            room.set_policy(policy);
        }
    }
}

fn private_id() -> RoomName {
    RoomName::private(u128::from_be_bytes(random::bytes()))
}

impl ReadableRoom {
    /// The settings of the room.
    pub fn policy(&self) -> Arc<RoomPolicy> {
        self.room.policy()
    }
}

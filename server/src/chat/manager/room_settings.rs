//! Creates rooms and changes their settings and members. What ends somebody's access takes effect at once in all rooms
//! in memory: see [`ConnectionManager::remove_from_room`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use parlor::message::ServerMessage;
use parlor::plain::PlainFrame;
use parlor::{Author, AuthorId, CloseCode, ErrorCode, Event, EventKind, Name, RoomName, limits};

use super::super::roster::Departure;
use super::super::{ClientAddress, Dialect, Room, Session};
use super::ConnectionManager;
use super::access::ReadableRoom;
use crate::access::{Action, RoomKind, RoomPolicy, RoomRole, ServerAction, ServerRole};
use crate::engine::{
    ConfusableKey, EngineError, Invitation, InvitationId, InvitationScope, NewInvitation, NewRoom, RoomChange,
    RoomMember, SecretHash,
};
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
        if renamed {
            let message = ServerMessage::Room { room: name.clone(), title: room.title() };
            room.connections().iter().filter(|member| member.dialect == Dialect::Rich).for_each(|member| {
                member.send_rich(&message);
            });
        }
        Ok(())
    }

    /// Gives the person who holds a name access to a private room, or makes them an owner of any room.
    ///
    /// # Errors
    /// [`SettingsError::NobodyNamed`]; [`ErrorCode::OwnersOnly`] for others than owners; or the directory's reason.
    pub async fn add_member(
        &self,
        session: &Session,
        name: &RoomName,
        person: &str,
        role: RoomRole,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        let room = self.managed_room(session, name).await?;
        let person = Name::parse(person.trim()).map_err(|_| SettingsError::NobodyNamed)?;
        let author = self.holder_of(&person).await?.ok_or(SettingsError::NobodyNamed)?;
        if role == RoomRole::Member && room.policy().roles.contains_key(&author.id) {
            return Ok(());
        }
        let policy = self.directory.change_room(name, RoomChange::Role(author.id.clone(), Some(role))).await?;
        room.set_policy(policy);
        // A full list of rooms loses none for a room that somebody else chose. The list of all rooms has it all the same.
        if self.directory.joined_rooms(&author.id).await?.len() < limits::ROOMS_PER_CONNECTION {
            self.directory.join_room(&author, name).await?;
        }
        self.show_room(&author.id, name).await;
        Ok(())
    }

    /// The account that holds exactly this name.
    async fn holder_of(&self, name: &Name) -> Result<Option<Author>, EngineError> {
        let Some(key) = ConfusableKey::folded(name.as_str()) else { return Ok(None) };
        let holders = self.directory.holders_of(vec![key.clone()]).await?;
        let folded = |author: &Author| ConfusableKey::folded(author.name.as_str()) == Some(key.clone());
        let accounts = self.accounts.lock();
        Ok(holders.into_iter().find(|author| folded(author) && accounts.is_person(&author.id)))
    }

    /// Changes the role of somebody who has one, or ends the access of a member of a private room with `None`.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, [`EngineError::LastOwner`], or the directory's reason.
    pub async fn set_role(
        &self,
        session: &Session,
        name: &RoomName,
        account: &AuthorId,
        role: Option<RoomRole>,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        let room = self.managed_room(session, name).await?;
        self.apply_role(&room, account, role).await?;
        if role.is_none() && name.is_private() {
            // Somebody who was removed may still have the link of one.
            let scope = InvitationScope::Room(name.clone());
            for invitation in self.directory.invitations(scope.clone()).await? {
                self.directory.revoke_invitation(scope.clone(), invitation.id, &session.account).await?;
            }
        }
        Ok(())
    }

    /// Ends the session's own membership of a private room, or its ownership of another.
    ///
    /// # Errors
    /// [`EngineError::LastOwner`] for the last owner, or the directory's reason.
    pub async fn leave_room(&self, session: &Session, name: &RoomName) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        let ReadableRoom { room, .. } = self.enter_to(self.person(session), name, Action::Leave).await?;
        self.apply_role(&room, &session.account, None).await?;
        Ok(self.directory.leave_room(&session.account, name).await?)
    }

    async fn apply_role(
        &self,
        room: &Arc<Room>,
        account: &AuthorId,
        role: Option<RoomRole>,
    ) -> Result<(), SettingsError> {
        // In a room that is not private only owners have a role.
        let role = role.filter(|role| room.name.is_private() || *role == RoomRole::Owner);
        if !room.policy().roles.contains_key(account) {
            // Members are added by their name: an id that nobody has would be an owner whom nobody can be.
            return if role.is_none() { Ok(()) } else { Err(ErrorCode::Malformed.into()) };
        }
        let policy = self.directory.change_room(&room.name, RoomChange::Role(account.clone(), role)).await?;
        room.set_policy(policy);
        if role.is_none() && room.name.is_private() {
            self.remove_from_room(room, |identity| identity == Some(account), |_| None);
            room.remove_person(account);
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
        Ok(self.close_retired_room(&room).await?)
    }

    /// The members of a room, for its owners and members.
    ///
    /// # Errors
    /// Those of [`enter`](Self::enter), or the directory's reason.
    pub async fn room_members(&self, entered: &ReadableRoom) -> Result<Vec<RoomMember>, EngineError> {
        self.directory.room_members(&entered.permit).await
    }

    /// The people from whom an owner chooses members when a room becomes private: those who have joined it, and whether
    /// each of them has written in it.
    ///
    /// # Errors
    /// The engine can't read them.
    pub async fn member_candidates(&self, entered: &ReadableRoom) -> Result<Vec<(Author, bool)>, EngineError> {
        let writers = self.log.writers(&entered.permit, limits::ROOM_MEMBERS).await?;
        let people = self.directory.joined_people(&entered.permit).await?;
        let candidate = |author: Author| {
            let wrote = writers.contains(&author.id);
            (author, wrote)
        };
        Ok(people.into_iter().map(candidate).collect())
    }

    /// The names of the accounts that are in rooms of this process with the session's account, in order.
    pub fn people_around(&self, session: &Session) -> Vec<String> {
        let shared: Vec<_> = {
            let rooms = self.rooms.lock();
            rooms.loaded().filter(|room| room.has_person(&session.account)).cloned().collect()
        };
        let accounts = self.accounts.lock();
        let people = shared.iter().flat_map(|room| room.roster().people).map(|person| person.author);
        let others = people.filter(|author| author.id != session.account && accounts.is_person(&author.id));
        let mut names: Vec<_> = others.map(|author| author.name.to_string()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Makes an invitation to a private room and returns the code of its link.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn invite(
        &self,
        session: &Session,
        name: &RoomName,
        note: String,
        expires: u64,
        uses: Option<u32>,
    ) -> Result<String, SettingsError> {
        let _changing = self.lock_settings().await;
        self.managed_room(session, name).await?;
        if !name.is_private() {
            return Err(ErrorCode::Malformed.into());
        }
        let code = random::text::<16>();
        let invitation = NewInvitation {
            code: SecretHash::of_code(&code),
            scope: InvitationScope::Room(name.clone()),
            role: ServerRole::Member,
            by: Some(session.account.clone()),
            note,
            expires,
            uses,
        };
        self.directory.add_invitation(invitation).await?;
        Ok(code)
    }

    /// The invitations of a room that can still be used, for its owners.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn invitations(&self, session: &Session, name: &RoomName) -> Result<Vec<Invitation>, SettingsError> {
        self.managed_room(session, name).await?;
        Ok(self.directory.invitations(InvitationScope::Room(name.clone())).await?)
    }

    /// Revokes an invitation of a room.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn revoke_invitation(
        &self,
        session: &Session,
        name: &RoomName,
        id: InvitationId,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        self.managed_room(session, name).await?;
        let scope = InvitationScope::Room(name.clone());
        Ok(self.directory.revoke_invitation(scope, id, &session.account).await?)
    }

    /// Shows a room to an account that has got access to it by an invitation.
    pub(super) async fn add_to_room(&self, session: &Session, name: &RoomName) -> Result<(), EngineError> {
        self.reload_policy(name).await;
        if let Some(author) = self.author(session) {
            self.directory.join_room(&author, name).await?;
        }
        self.show_room(&session.account, name).await;
        Ok(())
    }

    /// Waits for other changes of settings, and counts this one when it is done.
    pub(super) async fn lock_settings(&self) -> SettingsLock<'_> {
        SettingsLock { _guard: self.settings_lock.lock().await, changes: &self.policy_changes }
    }

    pub(super) async fn managed_room(&self, session: &Session, name: &RoomName) -> Result<Arc<Room>, ErrorCode> {
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

    /// Makes the author of a room's first event its owner in memory, as the engine does on disk: an account that creates
    /// another room than the lobby.
    pub(super) fn set_creator(&self, room: &Room, event: &Event) {
        let (EventKind::Posted { author, .. } | EventKind::Topic { by: author, .. }) = &event.kind else { return };
        let mut policy = RoomPolicy::clone(&room.policy());
        if policy.roles.is_empty() && room.name != RoomName::default() && self.accounts.lock().is_person(&author.id) {
            policy.roles.insert(author.id.clone(), RoomRole::Owner);
            room.set_policy(policy);
        }
    }

    /// Shows a private room in the open pages of an account that was given access to it.
    async fn show_room(&self, account: &AuthorId, name: &RoomName) {
        if !name.is_private() {
            return;
        }
        if let Ok(entered) = self.enter(self.account_actor(account), name).await {
            let message = ServerMessage::Room { room: name.clone(), title: entered.room.title() };
            self.accounts.lock().connections(account).iter().for_each(|connection| connection.send_rich(&message));
        }
    }

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
        self.rooms.lock().remove(&room.name);
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
        self.rooms.lock().remove(&room.name);
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

fn private_id() -> RoomName {
    RoomName::private(u128::from_be_bytes(random::bytes()))
}

impl ReadableRoom {
    /// The settings of the room.
    pub fn policy(&self) -> Arc<RoomPolicy> {
        self.room.policy()
    }
}

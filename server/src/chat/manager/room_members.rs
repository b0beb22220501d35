//! Who has a role in a room: members of private rooms, and owners. What ends somebody's access takes effect at once in the
//! room in memory: see [`ConnectionManager::remove_from_room`].
use std::sync::Arc;

use parlor::message::ServerMessage;
use parlor::{Author, AuthorId, ErrorCode, Event, EventKind, Name, RoomName, limits};

use super::super::{Room, Session};
use super::ConnectionManager;
use super::access::ReadableRoom;
use super::room_settings::SettingsError;
use crate::access::{Action, RoomPolicy, RoomRole};
use crate::engine::{ConfusableKey, EngineError, InvitationScope, RoomChange, RoomMember};

impl ConnectionManager {
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
        self.publish_room_change(&room.name);
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
            self.revoke_all_invitations(InvitationScope::Room(name.clone()), &session.account).await?;
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
        self.publish_room_change(&room.name);
        if role.is_none() && room.name.is_private() {
            self.remove_from_room(room, |identity| identity == Some(account), |_| None);
            room.remove_person(account);
        }
        Ok(())
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

    /// Shows a room to an account that has got access to it by an invitation.
    pub(super) async fn add_to_room(&self, session: &Session, name: &RoomName) -> Result<(), EngineError> {
        self.reload_policy(name).await;
        self.publish_room_change(name);
        if let Some(author) = self.author(session) {
            self.directory.join_room(&author, name).await?;
        }
        self.show_room(&session.account, name).await;
        Ok(())
    }

    /// Makes the author of a room's first event its owner in memory, as the engine does on disk: an account that creates
    /// another room than the lobby.
    pub(super) fn set_creator(&self, room: &Room, event: &Event) {
        let (EventKind::Posted { author, .. } | EventKind::Topic { by: author, .. }) = &event.kind else { return };
        let mut policy = RoomPolicy::clone(&room.policy());
        if policy.roles.is_empty() && room.name != RoomName::default() && self.accounts.lock().is_person(&author.id) {
            policy.roles.insert(author.id.clone(), RoomRole::Owner);
            room.set_policy(policy);
            self.publish_room_change(&room.name);
        }
    }

    /// Shows a private room in the open pages of an account that was given access to it.
    pub(super) async fn show_room(&self, account: &AuthorId, name: &RoomName) {
        if !name.is_private() {
            return;
        }
        if let Ok(entered) = self.enter(self.account_actor(account), name).await {
            let message = ServerMessage::Room { room: name.clone(), title: entered.room.title() };
            self.accounts.lock().connections(account).iter().for_each(|connection| connection.send_rich(&message));
        }
    }
}

//! The interface of the storage of what is known about people and rooms.

use async_trait::async_trait;
use parlor::{Author, AuthorId, Name, RoomName, UnixMillis};

use super::EngineError;
use super::account::{NewSession, SecretHash, SecretLookup, SessionId, SessionRecord};
use super::invitation::{Invitation, InvitationId, InvitationScope, NewInvitation, Offer};
use super::name_directory::NameDirectory;
use super::room_settings::{NewRoom, RoomChange, RoomMember, RoomStatus, SimilarRoom};
use super::server_directory::ServerDirectory;
use crate::access::{ReadPermit, RoomPolicy, RoomRole};

/// Stores accounts, sessions, joined rooms, read markers, device links, room settings and invitations.
///
/// What a method writes is on disk when it returns. All methods fail with [`EngineError::Unavailable`] when the database
/// can't be read or written; others are named.
#[async_trait]
pub trait Directory: NameDirectory + ServerDirectory {
    /// The name that an account holds or held last; `None` if it never had one.
    async fn last_name(&self, account: &AuthorId) -> Result<Option<Name>, EngineError>;

    /// The key with which the server signs the secrets that it issues.
    async fn secret_key(&self) -> Result<[u8; 32], EngineError>;

    /// Whether a secret is one of a session, and otherwise whether this account is stored.
    async fn look_up_secret(&self, secret: SecretHash, account: AuthorId) -> Result<SecretLookup, EngineError>;

    /// Stores the account of a visitor with its first session; does nothing if that session is stored.
    ///
    /// # Errors
    /// [`EngineError::SessionEnded`] if the account is stored and the session is not one of it any more.
    async fn store_account(&self, session: NewSession) -> Result<(), EngineError>;

    /// Adds a session to an account whose secret from before sessions were stored is still valid. False if it is not.
    async fn add_session_by_old_secret(&self, session: NewSession) -> Result<bool, EngineError>;

    /// Records that a session is in use.
    async fn mark_session_used(&self, id: SessionId) -> Result<(), EngineError>;

    /// The sessions of an account, the one that was used last first, and until when its old secret is valid.
    async fn sessions(&self, account: &AuthorId) -> Result<(Vec<SessionRecord>, Option<UnixMillis>), EngineError>;

    /// Ends a session of an account. Returns the hash of its secret; `None` if the account has no such session.
    async fn end_session(&self, account: &AuthorId, id: SessionId) -> Result<Option<SecretHash>, EngineError>;

    /// Ends all sessions of an account, its old secret and its device links.
    async fn end_all_sessions(&self, account: &AuthorId) -> Result<(), EngineError>;

    /// Stores a link with which another device gets a session of this account, in place of the earlier one. Returns the
    /// name of the limit if one was reached and the oldest link has been removed for it.
    async fn add_device_link(&self, link: DeviceLink) -> Result<Option<&'static str>, EngineError>;

    /// The account of a valid device link.
    async fn device_link(&self, code: SecretHash) -> Result<Option<AuthorId>, EngineError>;

    /// Uses a device link up for a session, whose account is replaced by that of the link. `None` if it is not valid.
    async fn redeem_device_link(&self, code: SecretHash, session: NewSession) -> Result<Option<AuthorId>, EngineError>;

    /// Adds a room to those that the person has joined. Of more than
    /// [`ROOMS_PER_CONNECTION`](parlor::limits::ROOMS_PER_CONNECTION) the one that was joined first is removed.
    async fn join_room(&self, author: &Author, room: &RoomName) -> Result<(), EngineError>;

    /// Removes a room from those that the person has joined.
    async fn leave_room(&self, account: &AuthorId, room: &RoomName) -> Result<(), EngineError>;

    /// Removes all rooms that the person has joined.
    async fn leave_all_rooms(&self, account: &AuthorId) -> Result<(), EngineError>;

    /// The rooms that the person has joined, by name, each with its title.
    async fn joined_rooms(&self, account: &AuthorId) -> Result<Vec<(RoomName, String)>, EngineError>;

    /// The people who have joined a room and whose last name has one of these [keys](parlor_markup::name_key), each with
    /// the key. Of several people with one key, the one who joined last.
    async fn joined_people_named(
        &self,
        room: &ReadPermit,
        keys: Vec<String>,
    ) -> Result<Vec<(String, AuthorId)>, EngineError>;

    /// The people who have joined a room, by name.
    async fn joined_people(&self, room: &ReadPermit) -> Result<Vec<Author>, EngineError>;

    /// Marks the events of a room as read up to `seq`. A read marker never goes back by this.
    async fn mark_read(&self, account: &AuthorId, room: &RoomName, seq: u64) -> Result<(), EngineError>;

    /// Marks the events of a room as unread from `seq` on, which is at least 1.
    async fn mark_unread(&self, account: &AuthorId, room: &RoomName, seq: u64) -> Result<(), EngineError>;

    /// The person's read marker in a room: the seq of the last event that they have read. `None` if there is none.
    async fn read_up_to(&self, account: &AuthorId, room: &RoomName) -> Result<Option<u64>, EngineError>;

    /// The role of an account in a room; `None` if it is no room member, or if there is no such room: one lookup finds
    /// neither.
    async fn room_role(&self, room: &RoomName, account: &AuthorId) -> Result<Option<RoomRole>, EngineError>;

    /// What a retired name leads to: `Some(None)` if its room was deleted, `None` if the name is not retired.
    async fn retired_name(&self, room: &RoomName) -> Result<Option<Option<RoomName>>, EngineError>;

    /// What is known of a room.
    async fn room_status(&self, room: &RoomName) -> Result<RoomStatus, EngineError>;

    /// Another room whose name is the same after folding, or looks the same.
    async fn similar_room(&self, room: &RoomName) -> Result<Option<SimilarRoom>, EngineError>;

    /// Creates a room without events.
    ///
    /// # Errors
    /// [`EngineError::RoomNameTaken`] or [`EngineError::TooManyRooms`].
    async fn create_room(&self, room: NewRoom) -> Result<(), EngineError>;

    /// Changes settings of a room and returns its new policy.
    ///
    /// # Errors
    /// [`EngineError::NoSuchRoom`] or [`EngineError::TooManyMembers`];
    /// [`EngineError::LastOwner`] if nobody would be an
    /// owner; [`EngineError::RoomNameTaken`] for the new name of a room.
    async fn change_room(&self, room: &RoomName, change: RoomChange) -> Result<RoomPolicy, EngineError>;

    /// Deletes a room with everything in it. Nothing can have its name again.
    ///
    /// # Errors
    /// [`EngineError::NoSuchRoom`].
    async fn delete_room(&self, room: &RoomName) -> Result<(), EngineError>;

    /// The room members with their last names, owners first.
    async fn room_members(&self, room: &ReadPermit) -> Result<Vec<RoomMember>, EngineError>;

    /// The private rooms that are open to an account, each with its title.
    async fn private_rooms(&self, account: &AuthorId) -> Result<Vec<(RoomName, String)>, EngineError>;

    /// Stores an invitation to the server or a private room.
    ///
    /// # Errors
    /// [`EngineError::NoSuchRoom`], also for a room that is not private, or [`EngineError::TooManyInvitations`].
    async fn add_invitation(&self, invitation: NewInvitation) -> Result<(), EngineError>;

    /// The invitations that can still be used, the newest first.
    async fn invitations(&self, scope: InvitationScope) -> Result<Vec<Invitation>, EngineError>;

    /// Revokes an invitation.
    async fn revoke_invitation(
        &self,
        scope: InvitationScope,
        id: InvitationId,
        by: &AuthorId,
    ) -> Result<(), EngineError>;

    /// What an invitation offers that can still be used. Uses nothing up.
    async fn invitation(&self, code: SecretHash) -> Result<Option<Offer>, EngineError>;

    /// Gives an account what an invitation offers and counts a use, unless it has all of it already. Returns the offer;
    /// `None` if the invitation can't be used any more. An invitation to the server ends if who made it is no owner any
    /// more.
    ///
    /// # Errors
    /// [`EngineError::TooManyMembers`]; [`EngineError::MembersOnly`] if it leads to a room of a server that the account
    /// may not write on, and does not invite to the server.
    async fn accept_invitation(&self, code: SecretHash, account: &AuthorId) -> Result<Option<Offer>, EngineError>;

    /// The rights that have ended after the one with this counter, oldest first. Other processes follow them.
    async fn ended_rights(&self, after: u64) -> Result<Vec<EndedRight>, EngineError>;
}

/// A link to another device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLink {
    /// The hash of the code in the link.
    pub code: SecretHash,
    /// The account of which the other device gets a session.
    pub account: AuthorId,
    /// The secret of the session that made it, with which it ends.
    pub session: SecretHash,
    /// The address of the client that made it, by which links are limited.
    pub address: String,
}

/// A right that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedRight {
    /// Numbers all ended rights, in the order in which they ended.
    pub counter: u64,
    /// The right.
    pub right: Right,
}

/// What somebody had, and has no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// A session.
    Session(AuthorId, SecretHash),
    /// All sessions of an account.
    AllSessions(AuthorId),
    /// The room membership of an account, or its ownership of the room.
    RoomMember(RoomName, AuthorId),
    /// Everybody's access to a room under this name: it was deleted or has another name.
    Room(RoomName),
    /// A role on the server; the account may have another one now.
    ServerRole(AuthorId),
    /// The access of those whom the settings of the server admitted, which are others now.
    Server,
    /// A bot token, or its use in a room.
    BotToken(SecretHash),
}

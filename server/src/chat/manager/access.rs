//! Access of people and connections to rooms: every layer above enters a room here (invariant 15).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use parlor::message::{Request, ServerMessage};
use parlor::{AuthorId, ErrorCode, Refusal, RoomName};

use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use crate::access::{Action, Actor, ReadPermit, RoomObject, RoomPolicy, ServerAction, may, permit_reading};
use crate::engine::{EngineError, RoomStatus, SimilarRoom};

/// A room that somebody may read, with the proof of it.
#[derive(Clone, Debug)]
pub struct ReadableRoom {
    /// The room.
    pub room: Arc<Room>,
    /// The proof, for the storage.
    pub permit: ReadPermit,
}

/// Why somebody can't enter a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// This person may not come in to the server. No room was looked up.
    MembersOnly,
    /// There is no such room, or it is private and not open to this person.
    NoSuchRoom,
    /// A room had this name, and was deleted or became private.
    Deleted,
    /// The room has another name now, which is open to this person.
    Moved {
        /// The name.
        to: RoomName,
        /// The title of a private room.
        title: String,
    },
    /// There is no such room, and none can be created because of this one.
    Similar(SimilarRoom),
    /// The engine can't read the room.
    Unavailable,
}

impl From<EngineError> for EntryError {
    fn from(_: EngineError) -> Self {
        Self::Unavailable
    }
}

impl EntryError {
    /// The code of the error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::MembersOnly => ErrorCode::MembersOnly,
            Self::NoSuchRoom | Self::Deleted | Self::Moved { .. } => ErrorCode::NoSuchRoom,
            Self::Similar(_) => ErrorCode::RoomNameTaken,
            Self::Unavailable => ErrorCode::Unavailable,
        }
    }

    /// The refusal that clients receive. It names a room that looks similar.
    pub fn refusal(&self) -> Refusal {
        let mut refusal = Refusal::from(self.code());
        if let Self::Similar(similar) = self {
            refusal.message = format!("{}: {}", refusal.message, similar.room);
        }
        refusal
    }

    /// The answer to a rich client that tried to enter the room `name`.
    pub fn answer(self, name: RoomName) -> ServerMessage {
        match self {
            Self::Moved { to, title } => ServerMessage::Moved { room: name, to, title },
            error => ServerMessage::Refused { to: Some(Request::Join), room: Some(name), error: error.refusal() },
        }
    }
}

fn has_role(actor: Actor<'_>, policy: &RoomPolicy) -> bool {
    matches!(actor, Actor::Person { account, .. } if policy.roles.contains_key(account))
}

impl ConnectionManager {
    /// The person or bot of a session, as access control sees them.
    pub fn person<'a>(&self, session: &'a Session) -> Actor<'a> {
        let named = self.author(session).is_some();
        match &session.bot {
            Some(bot) => Actor::Bot { rooms: &bot.rooms, named },
            None => Actor::Person { account: &session.account, named, role: self.server.role(&session.account) },
        }
    }

    /// The person of an account, as if they had a name.
    pub(super) fn account_actor<'a>(&self, account: &'a AuthorId) -> Actor<'a> {
        Actor::Person { account, named: true, role: self.server.role(account) }
    }

    /// Whether somebody may change the settings of a room that they have entered.
    pub fn may_manage(&self, session: &Session, entered: &ReadableRoom) -> bool {
        self.may(self.person(session), Action::Manage, &entered.room.name, &entered.room.policy()).is_ok()
    }

    /// Decides whether somebody may do something in a room.
    ///
    /// # Errors
    /// Those of [`may`](crate::access::may).
    pub(super) fn may(
        &self,
        actor: Actor<'_>,
        action: Action,
        name: &RoomName,
        policy: &RoomPolicy,
    ) -> Result<(), ErrorCode> {
        may(actor, action, RoomObject { server: &self.server.policy.get(), name, policy })
    }

    /// A permit to read a room.
    ///
    /// # Errors
    /// Those of [`may`](crate::access::may).
    pub(super) fn permit_reading(
        &self,
        actor: Actor<'_>,
        name: &RoomName,
        policy: &RoomPolicy,
    ) -> Result<ReadPermit, ErrorCode> {
        permit_reading(actor, RoomObject { server: &self.server.policy.get(), name, policy })
    }

    /// Lets somebody enter a room to read it. The room is loaded if necessary.
    ///
    /// Whether a private room exists can't be learnt from this: an unknown id and the id of a room that is not open to
    /// the actor take the same path, with one lookup of id and account and one of the retired names.
    ///
    /// # Errors
    /// [`EntryError`].
    pub async fn enter(&self, actor: Actor<'_>, name: &RoomName) -> Result<ReadableRoom, EntryError> {
        self.may_on_server(actor, ServerAction::Visit).map_err(|_| EntryError::MembersOnly)?;
        if matches!(actor, Actor::Bot { rooms, .. } if !rooms.contains(name)) {
            // Nothing is looked up: another room of a similar name must not show either.
            return Err(EntryError::NoSuchRoom);
        }
        if name.is_private() && !self.is_room_member(actor, name).await? {
            return Err(self.retired(actor, name).await?.unwrap_or(EntryError::NoSuchRoom));
        }
        let changes = self.policy_changes.load(Ordering::Acquire);
        let loaded = self.loaded_room(name);
        let policy = match &loaded {
            Some(room) => room.policy(),
            None => Arc::new(self.policy(actor, name).await?),
        };
        let permit = self.permit_reading(actor, name, &policy).map_err(|_| EntryError::NoSuchRoom)?;
        let room = match loaded {
            Some(room) => room,
            None => {
                let room = self.load_room(&permit, policy).await?;
                // A change that was made while the room was loading did not find it in memory.
                if self.policy_changes.load(Ordering::Acquire) != changes {
                    self.reload_policy(name).await;
                }
                self.permit_reading(actor, name, &room.policy()).map_err(|_| EntryError::NoSuchRoom)?;
                room
            }
        };
        Ok(ReadableRoom { room, permit })
    }

    async fn is_room_member(&self, actor: Actor<'_>, name: &RoomName) -> Result<bool, EngineError> {
        let nobody = AuthorId("".into());
        let account = match actor {
            Actor::Person { account, .. } => account,
            Actor::Plain { .. } => &nobody,
            Actor::Bot { rooms, .. } => return Ok(rooms.contains(name)),
        };
        Ok(self.directory.room_role(name, account).await?.is_some())
    }

    /// The policy of a room that is not in memory.
    async fn policy(&self, actor: Actor<'_>, name: &RoomName) -> Result<RoomPolicy, EntryError> {
        match self.directory.room_status(name).await? {
            RoomStatus::Exists(policy) => Ok(policy),
            RoomStatus::Retired { .. } => Err(self.retired(actor, name).await?.unwrap_or(EntryError::NoSuchRoom)),
            RoomStatus::Unknown if name.is_private() => Err(EntryError::NoSuchRoom),
            // A room without events can be visited: nothing is stored before somebody writes in it.
            RoomStatus::Unknown if *name == RoomName::default() => Ok(RoomPolicy::default()),
            RoomStatus::Unknown => match self.directory.similar_room(name).await? {
                Some(similar) => Err(EntryError::Similar(similar)),
                // Whoever may not create rooms has nothing to do in one that does not exist.
                None if self.may_on_server(actor, ServerAction::CreateRoom).is_err() => Err(EntryError::NoSuchRoom),
                None => Ok(RoomPolicy::default()),
            },
        }
    }

    /// The policy of a room on disk; `None` if there is no such room.
    pub(super) async fn existing_policy(&self, name: &RoomName) -> Result<Option<RoomPolicy>, EngineError> {
        Ok(match self.directory.room_status(name).await? {
            RoomStatus::Exists(policy) => Some(policy),
            RoomStatus::Retired { .. } | RoomStatus::Unknown => None,
        })
    }

    /// The error for a retired name; `None` if the name is not retired.
    async fn retired(&self, actor: Actor<'_>, name: &RoomName) -> Result<Option<EntryError>, EngineError> {
        let Some(moved_to) = self.directory.retired_name(name).await? else { return Ok(None) };
        if let Some(to) = moved_to
            && let Some(policy) = self.existing_policy(&to).await?
            && self.may(actor, Action::Read, &to, &policy).is_ok()
            // Whoever has an old id learns the name of a room only if everybody can find it, or it is theirs.
            && (!name.is_private() || self.may(actor, Action::Find, &to, &policy).is_ok() || has_role(actor, &policy))
        {
            return Ok(Some(EntryError::Moved { to, title: policy.title }));
        }
        Ok(Some(if name.is_private() { EntryError::NoSuchRoom } else { EntryError::Deleted }))
    }

    /// The room that a connection has joined, if its person may do this in it.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`], or those of [`may`].
    pub fn authorise(
        &self,
        connection: &Connection,
        session: &Session,
        name: &RoomName,
        action: Action,
    ) -> Result<ReadableRoom, ErrorCode> {
        let room = self.joined_room(connection, name).ok_or(ErrorCode::NotInRoom)?;
        let (actor, policy) = (self.person(session), room.policy());
        self.may(actor, action, name, &policy)?;
        Ok(ReadableRoom { permit: self.permit_reading(actor, name, &policy)?, room })
    }

    /// Enters a room to do something in it.
    ///
    /// # Errors
    /// [`EntryError::code`], or those of [`may`].
    pub async fn enter_to(&self, actor: Actor<'_>, name: &RoomName, action: Action) -> Result<ReadableRoom, ErrorCode> {
        let entered = self.enter(actor, name).await.map_err(|error| error.code())?;
        self.may(actor, action, name, &entered.room.policy())?;
        Ok(entered)
    }
}

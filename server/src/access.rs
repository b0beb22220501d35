//! Access control: one function decides who may do what (invariant 15).
//!
//! [`may`] is pure. Everything that reads or writes a room, from a WebSocket, a page, a form or a plain client, asks it.
//! The storage traits give out a room's content only for a [`ReadPermit`], which nothing outside of this module can
//! make, so that a read without a check does not compile. `server/tests/it/access` has its decisions as a table.
//!
//! It is below the engine, which takes its permits, and not in `chat`: see `docs/decisions/0063`. [`server`] decides what
//! depends on the whole server only; [`may`] asks it first.

mod server;

use std::collections::HashMap;

use parlor::{AuthorId, ErrorCode, RoomName};

pub use self::server::{Admission, RoomCreation, ServerAction, ServerPolicy, ServerRole, may_on_server};

/// Who may find and enter a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RoomKind {
    /// Everybody, and it is in the list of rooms.
    #[default]
    Open,
    /// Everybody who knows its name. It is in no list.
    Unlisted,
    /// Its room members only. It has a random id in place of a public name.
    Private,
}

impl RoomKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Open, Self::Unlisted, Self::Private];

    /// The kind as it is stored and sent in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
        }
    }

    /// Reads what [`as_str`](Self::as_str) returns.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a room member may do beyond reading and writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoomRole {
    /// Was given access to a private room.
    Member,
    /// Created the room, or was made an owner by one.
    Owner,
}

impl RoomRole {
    /// The role as it is stored and sent in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Owner => "owner",
        }
    }

    /// Reads what [`as_str`](Self::as_str) returns.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Member, Self::Owner].into_iter().find(|role| role.as_str() == text)
    }
}

/// The settings of a room and its room members, as far as access depends on them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomPolicy {
    /// Who may find and enter the room.
    pub kind: RoomKind,
    /// The title of a private room, otherwise empty.
    pub title: String,
    /// Whether the room can only be read.
    pub archived: bool,
    /// Whether only owners may post.
    pub announcements_only: bool,
    /// The room members: of a private room everybody with access, of another room its owners.
    pub roles: HashMap<AuthorId, RoomRole>,
}

impl RoomPolicy {
    /// Whether the room has an owner. The lobby, and rooms whose first message came from a plain client, have none.
    pub fn has_owner(&self) -> bool {
        self.roles.values().any(|role| *role == RoomRole::Owner)
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor<'a> {
    /// A connection of the plain dialect without a bot token. It has no account, so that no private room can be open to
    /// it.
    Plain {
        /// Whether it has sent its name.
        named: bool,
    },
    /// A person at a browser or a rich client.
    Person {
        /// The account of their session, which is not stored before it has a name.
        account: &'a AuthorId,
        /// Whether the account holds a name.
        named: bool,
        /// The role that the account was given on the server.
        role: Option<ServerRole>,
    },
    /// A connection of either dialect with a bot token.
    Bot {
        /// The rooms that the token is for. In every other room it may do nothing.
        rooms: &'a [RoomName],
        /// Whether it has a name.
        named: bool,
    },
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Find a room in a list.
    Find,
    /// Enter a room and read it: its existence, page, messages, topic, people, presence, and search results.
    Read,
    /// Store how far one has read a room.
    MarkRead,
    /// Show that one is typing.
    Type,
    /// Post a message.
    Post,
    /// Edit or delete one's own message. Who wrote it is a rule of the log: see `engine::rules`.
    Change,
    /// Add or remove a reaction.
    React,
    /// Change the topic.
    SetTopic,
    /// Leave a room: end one's room membership.
    Leave,
    /// Change a room's title, kind, members and their roles, invitations, and whether it is archived or for
    /// announcements only, or delete it.
    Manage,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 10] = [
        Self::Find,
        Self::Read,
        Self::MarkRead,
        Self::Type,
        Self::Post,
        Self::Change,
        Self::React,
        Self::SetTopic,
        Self::Leave,
        Self::Manage,
    ];
}

/// A room as the object of an action: everything on which the decision depends.
#[derive(Clone, Copy, Debug)]
pub struct RoomObject<'a> {
    /// The settings of the server.
    pub server: &'a ServerPolicy,
    /// The name of the room.
    pub name: &'a RoomName,
    /// The settings of the room.
    pub policy: &'a RoomPolicy,
}

/// Decides whether an actor may do something in a room.
///
/// # Errors
/// - [`ErrorCode::MembersOnly`] for everything in every room of a server that the actor may not enter, and for writing
///   where it needs an invitation;
/// - [`ErrorCode::NoSuchRoom`] for anything in a private room by somebody who is not a room member, for an unlisted
///   room in a list, and for a bot in a room that its token is not for;
/// - [`ErrorCode::NotNamed`] if the action needs a name;
/// - [`ErrorCode::RoomArchived`] for any change of an archived room's log;
/// - [`ErrorCode::OwnersOnly`] for what only owners may do.
pub fn may(
    actor: Actor<'_>,
    action: Action,
    RoomObject { server, name, policy }: RoomObject<'_>,
) -> Result<(), ErrorCode> {
    may_on_server(actor, ServerAction::Visit, server)?;
    let (role, is_admitted, named) = match actor {
        Actor::Plain { named } => (None, policy.kind != RoomKind::Private, named),
        Actor::Person { account, named, .. } => {
            let role = policy.roles.get(account).copied();
            (role, policy.kind != RoomKind::Private || role.is_some(), named)
        }
        Actor::Bot { rooms, named } => (None, rooms.contains(name), named),
    };
    if !is_admitted {
        return Err(ErrorCode::NoSuchRoom);
    }
    let is_owner = role == Some(RoomRole::Owner);
    let owners_only = match action {
        Action::Find if policy.kind == RoomKind::Unlisted => return Err(ErrorCode::NoSuchRoom),
        Action::Find | Action::Read | Action::MarkRead | Action::Leave => return Ok(()),
        Action::Manage if !is_owner => return Err(ErrorCode::OwnersOnly),
        Action::Manage => return may_on_server(actor, ServerAction::Write, server),
        Action::Post | Action::Type => policy.announcements_only,
        Action::SetTopic => policy.has_owner(),
        Action::Change | Action::React => false,
    };
    may_on_server(actor, ServerAction::Write, server)?;
    if !named {
        Err(ErrorCode::NotNamed)
    } else if policy.archived {
        Err(ErrorCode::RoomArchived)
    } else if owners_only && !is_owner {
        Err(ErrorCode::OwnersOnly)
    } else {
        Ok(())
    }
}

/// Proof that [`may`] allowed somebody to read a room. The storage traits require it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadPermit {
    room: RoomName,
}

impl ReadPermit {
    /// The room that may be read.
    pub fn room(&self) -> &RoomName {
        &self.room
    }
}

/// A [`ReadPermit`] for a room.
///
/// # Errors
/// Those of [`may`].
pub fn permit_reading(actor: Actor<'_>, room: RoomObject<'_>) -> Result<ReadPermit, ErrorCode> {
    may(actor, Action::Read, room)?;
    Ok(ReadPermit { room: room.name.clone() })
}

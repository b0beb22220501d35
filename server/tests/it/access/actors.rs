//! The kinds of people who use the server, and what each of them is in a room.

use parlor_server::access::{Admission, RoomKind, RoomRole, ServerRole};

/// A kind of person, of which the fixture has one. Plain clients have no account: see [`super::plain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ActorKind {
    /// Sends no cookie. The server begins a session for each request.
    Stranger,
    /// Has the cookie of a session without a name.
    Visitor,
    /// Has a name, and no role in any room.
    Person,
    /// Has a name, and is a room member of every private room.
    Member,
    /// Is a room member of every private room, and has given up their name.
    NamelessMember,
    /// Has a name, and owns every room that has an owner.
    Owner,
    /// Has a name; was a room member of every private room and an owner of the others, until they were removed.
    FormerMember,
    /// Is a room member of every private room, and has no role on the server: a name only while the server is open.
    Guest,
    /// Has a name, owns the server, and has no role in any room.
    ServerOwner,
}

impl ActorKind {
    pub(crate) const ALL: [Self; 9] = [
        Self::Stranger,
        Self::Visitor,
        Self::Person,
        Self::Member,
        Self::NamelessMember,
        Self::Owner,
        Self::FormerMember,
        Self::Guest,
        Self::ServerOwner,
    ];

    /// Those who can be given access to rooms, since they have had a name.
    pub(crate) const PEOPLE: [Self; 7] = [
        Self::Owner,
        Self::Person,
        Self::Member,
        Self::NamelessMember,
        Self::FormerMember,
        Self::Guest,
        Self::ServerOwner,
    ];

    /// The name that they have, or had.
    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }

    pub(crate) fn is_named(self, admission: Admission) -> bool {
        match self {
            Self::Person | Self::Member | Self::Owner | Self::FormerMember | Self::ServerOwner => true,
            Self::Guest => admission == Admission::Open,
            Self::Stranger | Self::Visitor | Self::NamelessMember => false,
        }
    }

    /// The role that they were given on the server.
    pub(crate) fn server_role(self) -> Option<ServerRole> {
        match self {
            Self::ServerOwner => Some(ServerRole::Owner),
            Self::Stranger | Self::Visitor | Self::Guest => None,
            _ => Some(ServerRole::Member),
        }
    }

    pub(crate) fn has_cookie(self) -> bool {
        self != Self::Stranger
    }

    /// Their role in a room of this kind that has an owner.
    pub(crate) fn role(self, kind: RoomKind) -> Option<RoomRole> {
        match self {
            Self::Owner => Some(RoomRole::Owner),
            Self::Member | Self::NamelessMember | Self::Guest if kind == RoomKind::Private => Some(RoomRole::Member),
            _ => None,
        }
    }
}

//! The kinds of people who use the server, and what each of them is in a room.

use parlor_server::access::{RoomKind, RoomRole};

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
}

impl ActorKind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Stranger,
        Self::Visitor,
        Self::Person,
        Self::Member,
        Self::NamelessMember,
        Self::Owner,
        Self::FormerMember,
    ];

    /// Those who can be given access to rooms, since they have had a name.
    pub(crate) const PEOPLE: [Self; 5] =
        [Self::Owner, Self::Person, Self::Member, Self::NamelessMember, Self::FormerMember];

    /// The name that they have, or had.
    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }

    pub(crate) fn is_named(self) -> bool {
        matches!(self, Self::Person | Self::Member | Self::Owner | Self::FormerMember)
    }

    pub(crate) fn has_cookie(self) -> bool {
        self != Self::Stranger
    }

    /// Their role in a room of this kind that has an owner.
    pub(crate) fn role(self, kind: RoomKind) -> Option<RoomRole> {
        match self {
            Self::Owner => Some(RoomRole::Owner),
            Self::Member | Self::NamelessMember if kind == RoomKind::Private => Some(RoomRole::Member),
            _ => None,
        }
    }
}

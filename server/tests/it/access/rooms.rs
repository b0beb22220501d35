//! The rooms in which every step is played.

use parlor::RoomName;
use parlor_server::access::RoomKind;

/// A room of the fixture, or a name or id that leads to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TestRoom {
    /// A random id of a private room that never existed.
    UnknownId,
    /// The lobby, which has no owner.
    Lobby,
    Open,
    Unlisted,
    Archived,
    Announcements,
    Private,
    PrivateArchived,
    PrivateAnnouncements,
    /// The name of an open room that was deleted.
    Deleted,
    /// The id of a private room that was deleted.
    DeletedPrivate,
    /// The name that a private room had while it was open.
    BecamePrivate,
    /// The id that an open room had while it was private.
    BecameOpen,
}

/// What can be done in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoomState {
    Active,
    /// Only owners post.
    Announcements,
    Archived,
}

/// What a name or id leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Unknown,
    Exists(RoomKind, RoomState),
    /// A room of this kind was deleted.
    Deleted(RoomKind),
    /// An active room that was of the first kind has another name and is of the second.
    Renamed(RoomKind, RoomKind),
}

impl TestRoom {
    /// All of them, [`UnknownId`](Self::UnknownId) first: closed private rooms are compared with it.
    pub(crate) const ALL: [Self; 13] = [
        Self::UnknownId,
        Self::Lobby,
        Self::Open,
        Self::Unlisted,
        Self::Archived,
        Self::Announcements,
        Self::Private,
        Self::PrivateArchived,
        Self::PrivateAnnouncements,
        Self::Deleted,
        Self::DeletedPrivate,
        Self::BecamePrivate,
        Self::BecameOpen,
    ];

    pub(crate) fn fate(self) -> Fate {
        match self {
            Self::UnknownId => Fate::Unknown,
            Self::Lobby | Self::Open => Fate::Exists(RoomKind::Open, RoomState::Active),
            Self::Unlisted => Fate::Exists(RoomKind::Unlisted, RoomState::Active),
            Self::Archived => Fate::Exists(RoomKind::Open, RoomState::Archived),
            Self::Announcements => Fate::Exists(RoomKind::Open, RoomState::Announcements),
            Self::Private => Fate::Exists(RoomKind::Private, RoomState::Active),
            Self::PrivateArchived => Fate::Exists(RoomKind::Private, RoomState::Archived),
            Self::PrivateAnnouncements => Fate::Exists(RoomKind::Private, RoomState::Announcements),
            Self::Deleted => Fate::Deleted(RoomKind::Open),
            Self::DeletedPrivate => Fate::Deleted(RoomKind::Private),
            Self::BecamePrivate => Fate::Renamed(RoomKind::Open, RoomKind::Private),
            Self::BecameOpen => Fate::Renamed(RoomKind::Private, RoomKind::Open),
        }
    }

    pub(crate) fn exists(self) -> bool {
        matches!(self.fate(), Fate::Exists(..))
    }

    /// The kind that the room has, or had under this name.
    pub(crate) fn kind(self) -> RoomKind {
        match self.fate() {
            Fate::Unknown => RoomKind::Private,
            Fate::Exists(kind, _) | Fate::Deleted(kind) | Fate::Renamed(kind, _) => kind,
        }
    }

    /// Its name if it is open, its title if it is private.
    pub(crate) fn label(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// The room of a path such as `/p/ID/settings`.
pub(crate) fn room_of_path(path: &str) -> RoomName {
    let name = |rest: &str| rest.split('/').next().unwrap_or_default().to_owned();
    let name = match (path.strip_prefix("/p/"), path.strip_prefix("/r/")) {
        (Some(id), _) => format!("~{}", name(id)),
        (_, Some(room)) => name(room),
        _ => "lobby".to_owned(),
    };
    RoomName::parse(&name).unwrap()
}

/// The path below which a room's settings are.
pub(crate) fn settings_path(room: &RoomName) -> String {
    match room.as_str().strip_prefix('~') {
        Some(id) => format!("/p/{id}/settings"),
        None => format!("/r/{room}/settings"),
    }
}

//! Settings of rooms, as they are stored.

use parlor::{AuthorId, Epoch, RoomName};

use crate::access::{RoomKind, RoomPolicy, RoomRole};

/// What is known of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomStatus {
    /// Nothing: nobody has created it. Its policy is that of an open room without owner.
    Unknown,
    /// It exists.
    Exists(RoomPolicy),
    /// A room had this name, and nothing can have it again.
    Retired {
        /// What the room is called now; `None` if it was deleted.
        moved_to: Option<RoomName>,
    },
}

/// A room that is to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRoom {
    /// Its name, or id if it is private.
    pub name: RoomName,
    /// The epoch of its log.
    pub epoch: Epoch,
    /// Who may find and enter it.
    pub kind: RoomKind,
    /// The title of a private room.
    pub title: String,
    /// Who creates it.
    pub owner: AuthorId,
}

/// A change of a room's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomChange {
    /// Lists an open room, or an unlisted one no longer. The room must not be private.
    Listed(bool),
    /// Gives a private room a title. Other rooms have none.
    Title(String),
    /// Archives the room, or makes it writable again.
    Archived(bool),
    /// Lets owners alone post, or everybody again.
    AnnouncementsOnly(bool),
    /// Gives an account a role, or `None`: no access to a private room, or no ownership of another.
    Role(AuthorId, Option<RoomRole>),
    /// Gives the room another name. The old one can never be used again.
    Rename {
        /// The new name, or id if it becomes private.
        to: RoomName,
        /// Who may find and enter it from now on.
        kind: RoomKind,
        /// The title of a private room.
        title: String,
        /// Who gets access to a private room, beside the owners.
        members: Vec<AuthorId>,
    },
}

/// A room member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomMember {
    /// The account.
    pub account: AuthorId,
    /// The last name of the account; empty if it never had one.
    pub name: String,
    /// What the member may do.
    pub role: RoomRole,
}

/// A room that another name can be confused with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarRoom {
    /// The room.
    pub room: RoomName,
    /// Whether the names are the same after NFKC and case folding; otherwise they look the same (UTS #39).
    pub same_name: bool,
}

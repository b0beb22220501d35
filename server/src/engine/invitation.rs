//! Invitations to the server and to private rooms, as they are stored.

use parlor::{AuthorId, RoomName, UnixMillis};

use super::account::SecretHash;
use crate::access::ServerRole;

/// Identifies an invitation in lists and forms. It is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvitationId(pub i64);

/// What an invitation leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationScope {
    /// The server.
    Server,
    /// A private room. The invitation of an owner of the server leads to both.
    Room(RoomName),
}

/// An invitation that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The hash of the code in its link.
    pub code: SecretHash,
    /// What it leads to.
    pub scope: InvitationScope,
    /// The role on the server that it gives.
    pub role: ServerRole,
    /// Who makes it: an owner of the server or room. `None` for the command line.
    pub by: Option<AuthorId>,
    /// For whom it is, as its maker wrote it; may be empty.
    pub note: String,
    /// The time after which it can't be used.
    pub expires: UnixMillis,
    /// Number of people who can use it; `None` for any number.
    pub uses: Option<u32>,
}

/// An invitation that can still be used, for those who manage it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// The role on the server that it gives.
    pub role: ServerRole,
    /// For whom it is; may be empty.
    pub note: String,
    /// The time after which it can't be used.
    pub expires: UnixMillis,
    /// Number of people who can still use it; `None` for any number.
    pub uses_left: Option<u32>,
    /// Number of people who have used it.
    pub used: u32,
}

/// What an invitation that can still be used offers to somebody with its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The private room that it leads to, with its title.
    pub room: Option<(RoomName, String)>,
    /// The role on the server that it gives. `None` if it is of somebody who may not invite to the server, so that only
    /// those who may write there can use it.
    pub role: Option<ServerRole>,
}

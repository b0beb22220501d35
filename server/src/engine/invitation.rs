//! Invitations to private rooms, as they are stored.

use parlor::{AuthorId, RoomName, UnixMillis};

use super::account::SecretHash;

/// Identifies an invitation in lists and forms. It is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvitationId(pub i64);

/// An invitation that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The hash of the code in its link.
    pub code: SecretHash,
    /// The room that it leads to.
    pub room: RoomName,
    /// The owner who made it.
    pub by: AuthorId,
    /// The time after which it can't be used.
    pub expires: UnixMillis,
    /// Number of people who can use it; `None` for any number.
    pub uses: Option<u32>,
}

/// An invitation that can still be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// The time after which it can't be used.
    pub expires: UnixMillis,
    /// Number of people who can still use it; `None` for any number.
    pub uses_left: Option<u32>,
    /// Number of people who have used it.
    pub used: u32,
}

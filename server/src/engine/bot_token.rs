//! Bot tokens, as they are stored.

use parlor::{AuthorId, RoomName, UnixMillis};

use super::account::SecretHash;

/// Identifies a bot token in lists and forms. It is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BotTokenId(pub i64);

/// A bot token that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBotToken {
    /// The hash of the token.
    pub secret: SecretHash,
    /// The author id of what rich clients write with it.
    pub account: AuthorId,
    /// What people call it.
    pub name: String,
    /// The rooms that it is for, which need not exist yet.
    pub rooms: Vec<RoomName>,
    /// Who makes it; `None` for the command line.
    pub by: Option<AuthorId>,
}

/// A stored bot token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotToken {
    /// The token.
    pub id: BotTokenId,
    /// Its hash.
    pub secret: SecretHash,
    /// The author id of what rich clients write with it.
    pub account: AuthorId,
    /// What people call it.
    pub name: String,
    /// The rooms that it is for.
    pub rooms: Vec<RoomName>,
    /// The last name of who made it; empty if they have none. `None` for the command line.
    pub maker: Option<String>,
    /// When it was made.
    pub created: UnixMillis,
    /// When it was used last, to the hour; `None` if never.
    pub last_used: Option<UnixMillis>,
}

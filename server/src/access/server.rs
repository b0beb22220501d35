//! What somebody may do on the server as a whole, whichever room it is about.

use parlor::ErrorCode;

use super::Actor;

/// Who may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Admission {
    /// Everybody may read, take a name and write.
    #[default]
    Open,
    /// Everybody may read. Those who were invited may write.
    GuestsRead,
    /// Those who were invited. Everybody else learns the server's name and nothing more.
    Invited,
}

impl Admission {
    /// All values, from the most open one.
    pub const ALL: [Self; 3] = [Self::Open, Self::GuestsRead, Self::Invited];

    /// The value as it is stored and sent in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::GuestsRead => "guests_read",
            Self::Invited => "invited",
        }
    }

    /// Reads what [`as_str`](Self::as_str) returns.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|admission| admission.as_str() == text)
    }
}

/// Who may create rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RoomCreation {
    /// Everybody who may write, plain clients included.
    #[default]
    Everyone,
    /// Members. On an open server everybody with a name is one.
    Members,
    /// Owners of the server.
    Owners,
}

impl RoomCreation {
    /// All values, from the most open one.
    pub const ALL: [Self; 3] = [Self::Everyone, Self::Members, Self::Owners];

    /// The value as it is stored and sent in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Members => "members",
            Self::Owners => "owners",
        }
    }

    /// Reads what [`as_str`](Self::as_str) returns.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|creation| creation.as_str() == text)
    }
}

/// A role that an account was given on the server. Without one it is a guest where writing needs an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServerRole {
    /// Was invited.
    Member,
    /// A member whom others recognise as responsible.
    Moderator,
    /// Changes the settings of the server and the roles of its people.
    Owner,
}

impl ServerRole {
    /// All roles, from the least powerful one.
    pub const ALL: [Self; 3] = [Self::Member, Self::Moderator, Self::Owner];

    /// The role as it is stored and sent in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    /// Reads what [`as_str`](Self::as_str) returns.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The settings of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerPolicy {
    /// The name, which everybody may know.
    pub name: String,
    /// A text for those who come in; may be empty.
    pub welcome: String,
    /// Who may come in.
    pub admission: Admission,
    /// Who may create rooms.
    pub room_creation: RoomCreation,
}

impl Default for ServerPolicy {
    fn default() -> Self {
        let (admission, room_creation) = (Admission::default(), RoomCreation::default());
        Self { name: "Parlor".to_owned(), welcome: String::new(), admission, room_creation }
    }
}

/// What is done on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerAction {
    /// Come in: be shown anything beside the server's name.
    Visit,
    /// Take a name, and write in rooms.
    Write,
    /// Create a room.
    CreateRoom,
    /// Change the settings of the server, its invitations and bot tokens, and the roles and sessions of its people.
    Manage,
}

impl ServerAction {
    /// All actions.
    pub const ALL: [Self; 4] = [Self::Visit, Self::Write, Self::CreateRoom, Self::Manage];
}

/// Decides whether an actor may do something on the server.
///
/// # Errors
/// [`ErrorCode::MembersOnly`] for those without a role, [`ErrorCode::OwnersOnly`] for those without that of an owner.
pub fn may_on_server(actor: Actor<'_>, action: ServerAction, server: &ServerPolicy) -> Result<(), ErrorCode> {
    let (role, named) = match actor {
        Actor::Plain { .. } => (None, false),
        Actor::Person { named, role, .. } => (role, named),
        Actor::Bot { named, .. } => (Some(ServerRole::Member), named),
    };
    let is_open = server.admission == Admission::Open;
    let is_bot = matches!(actor, Actor::Bot { .. });
    let is_allowed = match action {
        ServerAction::Visit => server.admission != Admission::Invited || role.is_some(),
        ServerAction::Write => is_open || role.is_some(),
        // A room of a bot token may begin with a message of the bot: who made the token has named the room.
        ServerAction::CreateRoom if is_bot => true,
        ServerAction::CreateRoom => match server.room_creation {
            RoomCreation::Everyone => is_open || role.is_some(),
            RoomCreation::Members => role.is_some() || (is_open && named),
            RoomCreation::Owners if role == Some(ServerRole::Owner) => true,
            RoomCreation::Owners => return Err(ErrorCode::OwnersOnly),
        },
        ServerAction::Manage if role == Some(ServerRole::Owner) => true,
        ServerAction::Manage => return Err(ErrorCode::OwnersOnly),
    };
    if is_allowed { Ok(()) } else { Err(ErrorCode::MembersOnly) }
}

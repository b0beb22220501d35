//! Why an engine refuses a request.

/// Why an engine refused a request. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The disk accepts no writes at the moment, the database can't be read, or the engine has stopped.
    #[error("nothing can be stored at the moment")]
    Unavailable,
    /// The server has [`ROOMS`](parlor::limits::ROOMS) logs, and may not create another.
    #[error("there are too many rooms")]
    TooManyRooms,
    /// The room has no message with this seq and client id.
    #[error("there is no such message")]
    NoSuchMessage,
    /// The message was written by another person.
    #[error("the message is somebody else's")]
    NotYours,
    /// The message has been deleted.
    #[error("the message has been deleted")]
    MessageDeleted,
    /// The message has [`REACTIONS_PER_MESSAGE`](parlor::limits::REACTIONS_PER_MESSAGE) different emoji already.
    #[error("the message has too many reactions")]
    TooManyReactions,
    /// Another holder has the name or a confusable one.
    #[error("the name is taken")]
    NameTaken,
    /// The account's name was lost with a claim that could not be stored: another holder has it meanwhile.
    #[error("the name is lost")]
    NameLost,
    /// The session has been ended.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no such room, or nothing can be stored under its name any more.
    #[error("there is no such room")]
    NoSuchRoom,
    /// Another room has this name, or one that looks the same.
    #[error("another room has such a name")]
    RoomNameTaken,
    /// The room has [`ROOM_MEMBERS`](parlor::limits::ROOM_MEMBERS) members, or the server
    /// [`SERVER_MEMBERS`](parlor::limits::SERVER_MEMBERS).
    #[error("there are too many members")]
    TooManyMembers,
    /// The room has [`INVITATIONS_PER_ROOM`](parlor::limits::INVITATIONS_PER_ROOM) invitations, or the server
    /// [`SERVER_INVITATIONS`](parlor::limits::SERVER_INVITATIONS).
    #[error("there are too many invitations")]
    TooManyInvitations,
    /// There are [`BOT_TOKENS`](parlor::limits::BOT_TOKENS) bot tokens.
    #[error("there are too many bot tokens")]
    TooManyBotTokens,
    /// There is no account with this id.
    #[error("there is no such account")]
    NoSuchAccount,
    /// Only members of the server can use the invitation.
    #[error("only members of the server can use this")]
    MembersOnly,
    /// The room or server would have no owner any more.
    #[error("an owner is needed")]
    LastOwner,
    /// The session has [`UNLOGGED_RECEIPTS`](parlor::limits::UNLOGGED_RECEIPTS) receipts in rooms without a log. The
    /// same request can be accepted later: when one of them has expired, or its room has got a log.
    #[error("the session has too many receipts in rooms without a log")]
    TooManyReceipts,
}

impl From<EngineError> for parlor::ErrorCode {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Unavailable | EngineError::NameLost => Self::Unavailable,
            EngineError::NameTaken => Self::NameTaken,
            EngineError::SessionEnded => Self::NotNamed,
            EngineError::NoSuchRoom => Self::NoSuchRoom,
            EngineError::RoomNameTaken => Self::RoomNameTaken,
            EngineError::LastOwner => Self::OwnersOnly,
            EngineError::TooManyRooms => Self::TooManyRooms,
            EngineError::NoSuchMessage => Self::NoSuchMessage,
            EngineError::NotYours => Self::NotYours,
            EngineError::MessageDeleted => Self::MessageDeleted,
            EngineError::TooManyReactions => Self::TooManyReactions,
            EngineError::MembersOnly => Self::MembersOnly,
            EngineError::NoSuchAccount => Self::Malformed,
            EngineError::TooManyReceipts
            | EngineError::TooManyMembers
            | EngineError::TooManyInvitations
            | EngineError::TooManyBotTokens => Self::TooFast,
        }
    }
}

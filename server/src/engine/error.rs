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
    /// The session has [`UNLOGGED_RECEIPTS`](parlor::limits::UNLOGGED_RECEIPTS) receipts in rooms without a log. The
    /// same request can be accepted later: when one of them has expired, or its room has got a log.
    #[error("the session has too many receipts in rooms without a log")]
    TooManyReceipts,
}

impl From<EngineError> for parlor::ErrorCode {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Unavailable => Self::Unavailable,
            EngineError::TooManyRooms => Self::TooManyRooms,
            EngineError::NoSuchMessage => Self::NoSuchMessage,
            EngineError::NotYours => Self::NotYours,
            EngineError::MessageDeleted => Self::MessageDeleted,
            EngineError::TooManyReactions => Self::TooManyReactions,
            EngineError::TooManyReceipts => Self::TooFast,
        }
    }
}

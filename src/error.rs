//! Error codes and refusals: one closed list of codes for server and client.

use serde::{Deserialize, Serialize};

use crate::control_character::control_character;

/// The reason for a refusal. The `Display` text of a code is what a plain client receives in `{"error": …}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// Another session holds this name, or one that looks the same.
    #[error("Username already taken")]
    NameTaken,
    /// The name is empty.
    #[error("The name is empty")]
    NameEmpty,
    /// The name is longer than [`NAME_GRAPHEMES`](crate::limits::NAME_GRAPHEMES).
    #[error("The name is longer than 32 characters")]
    NameTooLong,
    /// The name has control or invisible characters, or starts or ends with white space.
    #[error("The name has control or invisible characters, or space at its start or end")]
    NameInvalid,
    /// The client sent no name before the timeout.
    #[error("No name was given in time")]
    NameMissing,
    /// The message has only white space and invisible characters, or nothing at all.
    #[error("The message is empty")]
    BodyEmpty,
    /// The message is longer than [`BODY_BYTES`](crate::limits::BODY_BYTES).
    #[error("The message is longer than 16384 bytes")]
    BodyTooLong,
    /// The message has control characters other than tab and line ends.
    #[error("The message has control characters")]
    BodyInvalid,
    /// The text is not a valid room name.
    #[error("A room's name has lower-case letters, digits, - and _, at most 64 bytes")]
    RoomNameInvalid,
    /// The server or this connection has reached its maximum number of rooms.
    #[error("There are too many rooms")]
    TooManyRooms,
    /// A rate limit was exceeded; the refusal carries the time to wait.
    #[error("Too many messages in too short a time")]
    TooFast,
    /// An earlier message of this connection in this room was refused with a retryable error and must be sent again
    /// first.
    #[error("An earlier message has to be sent again first")]
    Behind,
    /// The log cannot be written at the moment.
    #[error("The server can't store messages at the moment")]
    Unavailable,
    /// The session holds no name and must claim one first.
    #[error("A name is needed first")]
    NotNamed,
    /// The connection has not joined the room.
    #[error("The room has to be joined first")]
    NotInRoom,
    /// The first message was not `hello`, or a second `hello` was sent.
    #[error("The first message has to be hello, once")]
    HelloExpected,
    /// The frame is not a message of this dialect, or a field is missing or invalid.
    #[error("The message can't be understood")]
    Malformed,
    /// The client id is not well formed.
    #[error("A client id has 1 to 36 ASCII letters, digits, - and _")]
    ClientIdInvalid,
    /// The session token is not well formed.
    #[error("The token is not well formed")]
    TokenInvalid,
    /// The room has no message with this seq and client id.
    #[error("There is no such message")]
    NoSuchMessage,
    /// The message belongs to another session: only its author can edit or delete it.
    #[error("Only the author of a message can change it")]
    NotYours,
    /// The message has been deleted and can no longer be changed.
    #[error("The message has been deleted")]
    MessageDeleted,
    /// The reaction is not exactly one emoji.
    #[error("A reaction is one emoji of at most 41 bytes")]
    EmojiInvalid,
    /// The message already has [`REACTIONS_PER_MESSAGE`](crate::limits::REACTIONS_PER_MESSAGE) different emoji.
    #[error("A message has at most 20 different reactions")]
    TooManyReactions,
    /// The topic is longer than [`TOPIC_BYTES`](crate::limits::TOPIC_BYTES) or has control characters.
    #[error("A topic has at most 256 bytes and no control characters")]
    TopicInvalid,
    /// The search query is empty, is longer than [`SEARCH_BYTES`](crate::limits::SEARCH_BYTES), or has an invalid date.
    #[error("A search has at most 256 bytes: words, from:NAME, before: after: or on: a day such as 2026-01-31")]
    BadSearch,
    /// No room has this name or id, the room was deleted, or it is private and this person is not a member of it. A
    /// client cannot distinguish these cases.
    #[error("There is no such room")]
    NoSuchRoom,
    /// The room is archived: it can be read, and nothing in it can be changed.
    #[error("The room is archived")]
    RoomArchived,
    /// Only owners of the room may do this, such as posting in a room for announcements.
    #[error("Only an owner of the room can do this")]
    OwnersOnly,
    /// Only those who were invited to the server may do this. Where nobody else may come in, this is the answer to
    /// everything.
    #[error("Only those who were invited can do this")]
    MembersOnly,
    /// Another room has this name or one that looks the same; the refusal's text names that room.
    #[error("Another room has this name or one that looks the same")]
    RoomNameTaken,
    /// The title is empty, is longer than [`TITLE_BYTES`](crate::limits::TITLE_BYTES) or has control characters.
    #[error("A title has at most 128 bytes and no control characters")]
    TitleInvalid,
    /// A code that this client does not know, from a newer server.
    #[serde(other)]
    #[error("The server refused this")]
    Unknown,
}

impl ErrorCode {
    /// Whether the same message can be accepted later, unchanged. If so, it blocks later messages to its room, which
    /// are refused with `behind`.
    ///
    /// ```
    /// assert!(parlor::ErrorCode::TooFast.is_retryable());
    /// assert!(!parlor::ErrorCode::BodyTooLong.is_retryable());
    /// ```
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::TooFast | Self::Behind | Self::Unavailable | Self::NotNamed | Self::NotInRoom)
    }
}

/// A refusal: an error code, its text, and when to retry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason.
    pub code: ErrorCode,
    /// The reason in English, for plain clients and for debugging.
    pub message: String,
    /// How long to wait before retrying, in milliseconds; absent if waiting alone does not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self { code, message: code.to_string(), retry_after_ms: None }
    }
}

impl Refusal {
    /// A refusal of a text. For [`ErrorCode::BodyInvalid`] the message names the first control character and its byte
    /// offset.
    ///
    /// ```
    /// use parlor::{ErrorCode, Refusal};
    ///
    /// let refusal = Refusal::of_text(ErrorCode::BodyInvalid, "é\u{7}");
    /// assert_eq!(refusal.message, "The message has control characters: U+0007 at byte 2");
    /// ```
    pub fn of_text(code: ErrorCode, text: &str) -> Self {
        let mut refusal = Self::from(code);
        if code == ErrorCode::BodyInvalid
            && let Some((at, c)) = control_character(text)
        {
            refusal.message = format!("{code}: U+{:04X} at byte {at}", u32::from(c));
        }
        refusal
    }

    /// A refusal after which the client may retry in `retry_after_ms` milliseconds.
    pub fn after(code: ErrorCode, retry_after_ms: u64) -> Self {
        Self { retry_after_ms: Some(retry_after_ms), ..Self::from(code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;

    #[test]
    fn an_unknown_code_is_parsed_as_unknown() {
        let code: ErrorCode = serde_json::from_str(r#""haunted""#).unwrap();
        assert_eq!(code, ErrorCode::Unknown);
    }

    #[test]
    fn texts_contain_the_values_of_the_limits() {
        assert!(ErrorCode::NameTooLong.to_string().contains(&limits::NAME_GRAPHEMES.to_string()));
        assert!(ErrorCode::BodyTooLong.to_string().contains(&limits::BODY_BYTES.to_string()));
        assert!(ErrorCode::RoomNameInvalid.to_string().contains(&limits::ROOM_NAME_BYTES.to_string()));
        assert!(ErrorCode::ClientIdInvalid.to_string().contains(&limits::CLIENT_ID_CHARS.to_string()));
        assert!(ErrorCode::EmojiInvalid.to_string().contains(&limits::EMOJI_BYTES.to_string()));
        assert!(ErrorCode::TooManyReactions.to_string().contains(&limits::REACTIONS_PER_MESSAGE.to_string()));
        assert!(ErrorCode::TopicInvalid.to_string().contains(&limits::TOPIC_BYTES.to_string()));
        assert!(ErrorCode::TitleInvalid.to_string().contains(&limits::TITLE_BYTES.to_string()));
        assert!(ErrorCode::BadSearch.to_string().contains(&limits::SEARCH_BYTES.to_string()));
    }
}

//! How a refusal travels: one closed list of codes, the same on both sides.

use serde::{Deserialize, Serialize};

use crate::text::control_character;

/// Why something was refused. The text of each is what a plain client reads in its `{"error": …}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The name is held by somebody else, or looks like one that is.
    #[error("Username already taken")]
    NameTaken,
    /// The name is empty.
    #[error("The name is empty")]
    NameEmpty,
    /// The name is longer than [`NAME_GRAPHEMES`](crate::limits::NAME_GRAPHEMES).
    #[error("The name is longer than 32 characters")]
    NameTooLong,
    /// The name has control or invisible characters, or space at an end.
    #[error("The name has control or invisible characters, or space at its start or end")]
    NameInvalid,
    /// No name came within the deadline.
    #[error("No name was given in time")]
    NameMissing,
    /// The message says nothing.
    #[error("The message is empty")]
    BodyEmpty,
    /// The message is longer than [`BODY_BYTES`](crate::limits::BODY_BYTES).
    #[error("The message is longer than 16384 bytes")]
    BodyTooLong,
    /// The message has control characters other than tab and line ends.
    #[error("The message has control characters")]
    BodyInvalid,
    /// No room can have this name.
    #[error("A room's name has lower-case letters, digits, - and _, at most 64 bytes")]
    RoomNameInvalid,
    /// The server, or this connection, has as many rooms as it may have.
    #[error("There are too many rooms")]
    TooManyRooms,
    /// Too much in too short a time; comes with the time to wait.
    #[error("Too many messages in too short a time")]
    TooFast,
    /// An earlier message of this connection to this room was refused for now: it has to come first.
    #[error("An earlier message has to be sent again first")]
    Behind,
    /// The log can't take anything at the moment.
    #[error("The server can't store messages at the moment")]
    Unavailable,
    /// A name has to be claimed first.
    #[error("A name is needed first")]
    NotNamed,
    /// The room has to be joined first.
    #[error("The room has to be joined first")]
    NotInRoom,
    /// The first message has to be `hello`, and there is one only.
    #[error("The first message has to be hello, once")]
    HelloExpected,
    /// No message of this dialect, or one with a field that is missing or wrong.
    #[error("The message can't be understood")]
    Malformed,
    /// The id of a message has a form that no id has.
    #[error("A client id has 1 to 36 ASCII letters, digits, - and _")]
    ClientIdInvalid,
    /// The session's token has a form that no token has.
    #[error("The token is not well formed")]
    TokenInvalid,
    /// The room has no message at this place.
    #[error("There is no such message")]
    NoSuchMessage,
    /// Only its author can edit or delete a message.
    #[error("Only the author of a message can change it")]
    NotYours,
    /// The message has been deleted, so nothing more can happen to it.
    #[error("The message has been deleted")]
    MessageDeleted,
    /// What was to be put on a message is not one emoji.
    #[error("A reaction is one emoji of at most 41 bytes")]
    EmojiInvalid,
    /// The message has [`REACTIONS_PER_MESSAGE`](crate::limits::REACTIONS_PER_MESSAGE) different emoji already.
    #[error("A message has at most 20 different reactions")]
    TooManyReactions,
    /// The topic is longer than [`TOPIC_BYTES`](crate::limits::TOPIC_BYTES) or has control characters.
    #[error("A topic has at most 256 bytes and no control characters")]
    TopicInvalid,
    /// The search looks for nothing, is longer than [`SEARCH_BYTES`](crate::limits::SEARCH_BYTES), or has a day that is
    /// none.
    #[error("A search has at most 256 bytes: words, from:NAME, before: after: or on: a day such as 2026-01-31")]
    BadSearch,
    /// A code of a newer server.
    #[serde(other)]
    #[error("The server refused this")]
    Unknown,
}

impl ErrorCode {
    /// Whether the same message can be accepted later, unchanged: if so, it blocks later ones of its room (`behind`).
    ///
    /// ```
    /// assert!(parlor::ErrorCode::TooFast.is_retryable());
    /// assert!(!parlor::ErrorCode::BodyTooLong.is_retryable());
    /// ```
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::TooFast | Self::Behind | Self::Unavailable | Self::NotNamed | Self::NotInRoom)
    }
}

/// A refusal with what the client needs to act on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// The same in English, for people who read the wire.
    pub message: String,
    /// How long to wait before trying again, in milliseconds; absent where waiting alone does not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self { code, message: code.to_string(), retry_after_ms: None }
    }
}

impl Refusal {
    /// A refusal of a text. Where a control character is the reason, the message names it and its place.
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

    /// A refusal that passes with time.
    pub fn after(code: ErrorCode, retry_after_ms: u64) -> Self {
        Self { retry_after_ms: Some(retry_after_ms), ..Self::from(code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;

    #[test]
    fn a_code_of_a_newer_server_is_understood_as_unknown() {
        let code: ErrorCode = serde_json::from_str(r#""haunted""#).unwrap();
        assert_eq!(code, ErrorCode::Unknown);
    }

    #[test]
    fn texts_name_the_limits_in_force() {
        assert!(ErrorCode::NameTooLong.to_string().contains(&limits::NAME_GRAPHEMES.to_string()));
        assert!(ErrorCode::BodyTooLong.to_string().contains(&limits::BODY_BYTES.to_string()));
        assert!(ErrorCode::RoomNameInvalid.to_string().contains(&limits::ROOM_NAME_BYTES.to_string()));
        assert!(ErrorCode::ClientIdInvalid.to_string().contains(&limits::CLIENT_ID_CHARS.to_string()));
        assert!(ErrorCode::EmojiInvalid.to_string().contains(&limits::EMOJI_BYTES.to_string()));
        assert!(ErrorCode::TooManyReactions.to_string().contains(&limits::REACTIONS_PER_MESSAGE.to_string()));
        assert!(ErrorCode::TopicInvalid.to_string().contains(&limits::TOPIC_BYTES.to_string()));
        assert!(ErrorCode::BadSearch.to_string().contains(&limits::SEARCH_BYTES.to_string()));
    }
}

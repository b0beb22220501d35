//! The plain dialect: exactly the frames of the server that Parlor started from.
//!
//! A client sends bare text: first its name, then messages. The server sends one [`PlainFrame`] per text frame.

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// A JSON text frame from the server to a plain client.
///
/// ```
/// use parlor::{ErrorCode, plain::PlainFrame};
///
/// let json = |frame: &PlainFrame| serde_json::to_string(frame).unwrap();
/// assert_eq!(json(&PlainFrame::message("ana", "hello")), r#"{"username":"ana","message":"hello"}"#);
/// assert_eq!(json(&PlainFrame::joined("ana")), r#"{"username":"ana","message":"ana has joined the chat"}"#);
/// assert_eq!(json(&PlainFrame::refused(ErrorCode::NameTaken)), r#"{"error":"Username already taken"}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PlainFrame {
    /// A message, or the announcement that somebody joined.
    Message {
        /// The author's name, byte for byte as they sent it.
        username: String,
        /// The text, byte for byte as the author sent it.
        message: String,
    },
    /// A refusal.
    Error {
        /// The reason, in English.
        error: String,
    },
}

impl PlainFrame {
    /// The frame for a message.
    pub fn message(username: &str, message: &str) -> Self {
        Self::Message { username: username.to_owned(), message: message.to_owned() }
    }

    /// The frame that announces that `username` has joined.
    pub fn joined(username: &str) -> Self {
        Self::message(username, &format!("{username} has joined the chat"))
    }

    /// The frame for a refusal.
    pub fn refused(refusal: impl Into<Refusal>) -> Self {
        Self::Error { error: refusal.into().message }
    }
}

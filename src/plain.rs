//! The plain dialect: the frames of the server that Parlor started from, to the letter.
//!
//! A client sends bare text: its name first, then messages. What comes back is one of these.

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// What the server sends to a plain client, as one JSON text frame.
///
/// ```
/// use parlor::{ErrorCode, plain::PlainFrame};
///
/// let json = |frame: &PlainFrame| serde_json::to_string(frame).unwrap();
/// assert_eq!(json(&PlainFrame::said("ana", "hello")), r#"{"username":"ana","message":"hello"}"#);
/// assert_eq!(json(&PlainFrame::joined("ana")), r#"{"username":"ana","message":"ana has joined the chat"}"#);
/// assert_eq!(json(&PlainFrame::refused(ErrorCode::NameTaken)), r#"{"error":"Username already taken"}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PlainFrame {
    /// Somebody said something, or joined.
    Message {
        /// Who, byte for byte as they named themselves.
        username: String,
        /// What, byte for byte as they wrote it.
        message: String,
    },
    /// Something was refused.
    Error {
        /// What and why, in English.
        error: String,
    },
}

impl PlainFrame {
    /// `username` said `message`.
    pub fn said(username: &str, message: &str) -> Self {
        Self::Message { username: username.to_owned(), message: message.to_owned() }
    }

    /// `username` is here now.
    pub fn joined(username: &str) -> Self {
        Self::said(username, &format!("{username} has joined the chat"))
    }

    /// What the client did is refused.
    pub fn refused(refusal: impl Into<Refusal>) -> Self {
        Self::Error { error: refusal.into().message }
    }
}

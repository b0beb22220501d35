//! Room names as people type them.

use parlor::{ErrorCode, RoomName};

use crate::graphemes::lower;

/// Converts typed text to the form of a room name: lower case, without a leading `#`, and with hyphens between words.
pub(crate) fn normalize(text: &str) -> String {
    let words: Vec<_> = text.trim().trim_start_matches('#').split_whitespace().collect();
    lower(&words.join("-"))
}

/// Parses a typed room name.
///
/// # Errors
/// [`ErrorCode::RoomNameInvalid`] if no room can have this name.
pub fn parse_typed(text: &str) -> Result<RoomName, ErrorCode> {
    RoomName::parse(&normalize(text))
}

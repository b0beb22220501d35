//! A room's name as people type it.

use parlor::{ErrorCode, RoomName};

use crate::letters::lower;

/// What was typed in the form of a room's name: rooms are named as addresses are, people type words.
pub(crate) fn normalized(text: &str) -> String {
    let words: Vec<_> = text.trim().trim_start_matches('#').split_whitespace().collect();
    lower(&words.join("-"))
}

/// The room that is meant.
///
/// # Errors
/// [`ErrorCode::RoomNameInvalid`] when no room can be called so.
pub fn typed(text: &str) -> Result<RoomName, ErrorCode> {
    RoomName::parse(&normalized(text))
}

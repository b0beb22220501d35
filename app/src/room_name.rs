//! A room's name as people type it.

use parlor::{ErrorCode, RoomName};

use crate::letters::lower;

/// The room that is meant: rooms are named as addresses are, people type words.
///
/// # Errors
/// [`ErrorCode::RoomNameInvalid`] when no room can be called so.
pub fn typed(text: &str) -> Result<RoomName, ErrorCode> {
    let words: Vec<_> = text.trim().trim_start_matches('#').split_whitespace().collect();
    RoomName::parse(&lower(&words.join("-")))
}

//! Room names as people type and read them.

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

/// The name of a room as people read it: the title of a private room, or else the public name. A title that the page
/// does not know yet is an ellipsis.
pub(crate) fn display_name<'a>(room: &'a RoomName, title: &'a str) -> &'a str {
    match title {
        _ if !room.is_private() => room.as_str(),
        "" => "…",
        title => title,
    }
}

/// The name of a room inside of a sentence or a list: `#lobby`, or the title of a private room.
pub fn label(room: &RoomName, title: &str) -> String {
    let mark = if room.is_private() { "" } else { "#" };
    [mark, display_name(room, title)].concat()
}

/// The path of something in a room, such as a message by its seq.
pub fn path_below(room: &RoomName, part: &str) -> String {
    // The lobby itself is at `/`.
    if room.is_private() { format!("{}/{part}", room.path()) } else { format!("/r/{room}/{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_room_is_called_by_its_title_and_a_public_one_by_its_name() {
        let (lobby, secret) = (RoomName::default(), RoomName::private(11));
        assert_eq!((label(&lobby, ""), label(&lobby, "x")), ("#lobby".to_owned(), "#lobby".to_owned()));
        assert_eq!((label(&secret, "Plans #2"), label(&secret, "")), ("Plans #2".to_owned(), "…".to_owned()));
        assert_eq!(path_below(&lobby, "7"), "/r/lobby/7");
        assert_eq!(path_below(&secret, "settings"), "/p/0000000000000000000000000000000b/settings");
    }
}

//! The list of the reader's rooms.

use parlor::RoomName;

use super::notification_level::NotificationLevel;

/// A room in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomListItem {
    /// The room.
    pub name: RoomName,
    /// Its name for the reader, without the `#` of public names.
    pub title: String,
    /// Whether it is the shown one.
    pub shown: bool,
    /// The unread count as a label, empty for none.
    pub unread: String,
    /// Whether an unread message mentions or answers the reader.
    pub highlighted: bool,
    /// Which of its messages notify the reader.
    pub notification_level: NotificationLevel,
}

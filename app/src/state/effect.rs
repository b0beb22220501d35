//! The effects that the state asks its platform for.

use parlor::{AuthorId, ClientId, ClientMessage, Name, RoomName};

use super::{drafts::DraftEffect, replica::ReplicaUpdate, submission::StoredSubmission};

/// Something to do outside of the state, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Open a connection, in place of one that is open.
    Connect,
    /// Close the connection.
    Disconnect,
    /// Send a message over the connection.
    Send(ClientMessage),
    /// Store a submission until it is removed. It outlives reloads and crashes.
    StoreSubmission(StoredSubmission),
    /// Remove a stored submission: it is acknowledged or discarded.
    RemoveSubmission(ClientId),
    /// Store or remove a draft.
    Draft(DraftEffect),
    /// Store the name to claim after a reload; `None` removes it.
    StoreName(Option<String>),
    /// Reload the page for this build, at most once per build.
    Reload(String),
    /// The session has ended in another tab: remove everything stored and open the start page.
    ResetPage,
    /// Announce a text in the live region.
    Announce(Announcement),
    /// Set the address to this room's, as a new entry of the browser's history.
    PushAddress(RoomName),
    /// Set the address to this room's, in the present entry of the browser's history.
    ReplaceAddress(RoomName),
    /// Show a notification.
    Notify(NotificationRequest),
    /// Close the notifications of a room's messages, whichever tab or earlier page showed them.
    CloseNotifications {
        /// The room.
        room: RoomName,
        /// The seq of the newest message to close them for.
        up_to: u64,
    },
    /// Store the ignored authors.
    StoreIgnored(Vec<AuthorId>),
    /// Store the notification settings, as [`NotificationSettings`](super::notification_level::NotificationSettings)
    /// writes them.
    StoreNotificationSettings(String),
    /// Update the replica of a room.
    UpdateReplica(Box<ReplicaUpdate>),
    /// Delete the replica of a room that the reader has left or may not read any more.
    DeleteReplica(RoomName),
}

/// A notification about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationRequest {
    /// The room.
    pub room: RoomName,
    /// The name of the room for the reader: `#lobby`, or the title of a private room.
    pub label: String,
    /// The seq of the message.
    pub seq: u64,
    /// The author's name.
    pub from: String,
    /// The text without markup.
    pub text: String,
    /// Whether to play a sound.
    pub sound: bool,
}

/// A message to announce to screen readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The author's name.
    pub from: Name,
    /// The name of the room for the reader, if it is not the shown one.
    pub room: Option<String>,
    /// The text without markup.
    pub text: String,
}

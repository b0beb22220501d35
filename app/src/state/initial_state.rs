//! The state that the server renders the page from, and that the page starts with before it has a connection.

use parlor::{AuthorId, Cursor, Epoch, ErrorCode, Event, Name, RoomName, message::Roster};

use super::calendar::OffsetChange;
use crate::settings::Settings;

/// What the server knows about the requested room and its reader.
///
/// It is part of the document, so that the first render in the browser equals the server's HTML and the connection
/// resumes from its cursor. The default value is the one of the offline document, which knows no room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct InitialState {
    /// The room of the address.
    pub room: RoomName,
    /// The author id of the session that the cookie identifies.
    pub session: AuthorId,
    /// The name that the session holds.
    pub name: Option<Name>,
    /// The cursor of the newest event.
    pub as_of: Cursor,
    /// Messages as `posted` events, oldest first: the newest ones, or those around [`at`](Self::at).
    pub events: Vec<Event>,
    /// Whether the log has messages before `events`.
    pub has_older: bool,
    /// The seq of the message that the address names.
    pub at: Option<u64>,
    /// Whether the log has messages after `events`. If it has none, `events` end at `as_of`.
    pub has_newer: bool,
    /// The people in the room.
    pub roster: Roster,
    /// The session's read marker in the room, if there is one.
    pub read: Option<u64>,
    /// The topic of the room, or an empty text.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "String::is_empty"))]
    pub topic: String,
    /// The rooms that the session has joined, by name. The room of the address need not be among them.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "Vec::is_empty"))]
    pub rooms: Vec<RoomName>,
    /// The titles of the reader's private rooms, and that of the room of the address if it is private.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "Vec::is_empty"))]
    pub titles: Vec<RoomTitle>,
    /// The reader's UTC offsets from the oldest of `events` until now, in the time zone that a cookie names. Empty on
    /// the first visit. A hydrated page uses the time zone of its browser instead.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "Vec::is_empty"))]
    pub utc_offsets: Vec<OffsetChange>,
    /// The reader's settings.
    pub settings: Settings,
    /// The id of the build that rendered the document.
    pub build: String,
    /// The content of an HTML form that the server rejected.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "Option::is_none"))]
    pub rejected_form: Option<RejectedForm>,
}

/// The content of an HTML form that the server rejected. The page shows it again in the fields it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct RejectedForm {
    /// The reason.
    pub code: ErrorCode,
    /// The content of the name field.
    pub name: String,
    /// The content of the message field.
    pub text: String,
}

/// The title of a private room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct RoomTitle {
    /// The id of the room.
    pub room: RoomName,
    /// Its title, which people read in place of the id.
    pub title: String,
}

impl InitialState {
    /// The title of the room of the address; empty if it has a public name.
    pub fn title(&self) -> &str {
        self.titles.iter().find(|title| title.room == self.room).map_or("", |title| &title.title)
    }

    /// Whether the document belongs to no room: browsers keep that document and open it without a network.
    pub fn is_offline_document(&self) -> bool {
        self.as_of.epoch.0.is_empty()
    }
}

impl Default for InitialState {
    fn default() -> Self {
        Self {
            room: RoomName::default(),
            session: AuthorId(String::new().into()),
            name: None,
            as_of: Cursor::start(Epoch(String::new())),
            events: Vec::new(),
            has_older: false,
            at: None,
            has_newer: false,
            roster: Roster::default(),
            read: None,
            topic: String::new(),
            rooms: Vec::new(),
            titles: Vec::new(),
            utc_offsets: Vec::new(),
            settings: Settings::default(),
            build: String::new(),
            rejected_form: None,
        }
    }
}

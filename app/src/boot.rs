//! What the server knows when it draws the page: the page draws the same from it before it has a connection.

use parlor::{AuthorId, Cursor, ErrorCode, Event, Name, RoomName, UnixMillis, message::Roster};

use crate::{settings::Settings, state::calendar::OffsetChange, words::Words};

/// The page's first state. It travels inside the page, so that the first drawing in the browser equals the server's
/// and the socket goes on from its cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct Boot {
    /// The room that the address names.
    pub room: RoomName,
    /// The public id of the session that the cookie carries.
    pub session: AuthorId,
    /// The name that the session holds.
    pub name: Option<Name>,
    /// The place of the newest event.
    pub as_of: Cursor,
    /// The newest messages, oldest first.
    pub events: Vec<Event>,
    /// Whether there are older ones.
    pub has_older: bool,
    /// The message that the address names: then `events` are those around it.
    pub at: Option<u64>,
    /// Whether there are newer ones than `events`, which only then do not end at `as_of`.
    pub has_newer: bool,
    /// Who is there.
    pub roster: Roster,
    /// How far the session has read, if it is known.
    pub read: Option<u64>,
    /// What the room is about; empty for nothing in particular.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "String::is_empty"))]
    pub topic: String,
    /// The rooms that the session is a member of, by name; the one of the address need not be among them.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "Vec::is_empty"))]
    pub rooms: Vec<RoomName>,
    /// The server's clock when it drew the page: what "today" means.
    pub now: UnixMillis,
    /// How far the reader's clocks are ahead of UTC from the oldest of `events` until now, by the time zone that a cookie
    /// told; empty at the first visit. Once the page is alive, it asks its browser.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "Vec::is_empty"))]
    pub utc_offsets: Vec<OffsetChange>,
    /// What the reader has set.
    pub settings: Settings,
    /// What the page says, in the reader's language.
    pub words: &'static Words,
    /// Whether the reader's clock begins again at noon, as far as a cookie told it.
    pub half_days: bool,
    /// Which build drew the page.
    pub build: String,
    /// What tells the page's forms from all others: the server takes each once, however often it is sent. The page that
    /// has come to life sends none.
    #[cfg_attr(feature = "ssr", serde(skip))]
    pub form: String,
    /// What a form brought that could not be taken.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "Option::is_none"))]
    pub refused: Option<Refused>,
}

/// What a form brought that could not be taken: it goes back to where it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct Refused {
    /// Why.
    pub code: ErrorCode,
    /// The name.
    pub name: String,
    /// The message.
    pub text: String,
}

impl Boot {
    /// Whether it knows of no room: the document of all rooms, which a browser keeps for when there is no network.
    pub fn is_blank(&self) -> bool {
        self.as_of.epoch.0.is_empty()
    }
}

#[cfg(feature = "ssr")]
impl Boot {
    /// That of no room.
    pub fn blank(settings: Settings, words: &'static Words, half_days: bool, build: &str) -> Self {
        Self {
            room: RoomName::default(),
            session: AuthorId(String::new().into()),
            name: None,
            as_of: Cursor::start(parlor::Epoch(String::new())),
            events: Vec::new(),
            has_older: false,
            at: None,
            has_newer: false,
            roster: Roster::default(),
            read: None,
            topic: String::new(),
            rooms: Vec::new(),
            now: 0,
            utc_offsets: Vec::new(),
            settings,
            words,
            half_days,
            build: build.to_owned(),
            form: String::new(),
            refused: None,
        }
    }

    /// As text, for the document.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

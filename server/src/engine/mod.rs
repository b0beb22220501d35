//! What keeps the rooms' logs and gives them their order.
//!
//! A room shows its members only what an engine's ordered stream brings, never what a connection handed in: so an
//! event is in the log, on disk, before anybody sees it, and every member sees the same order.

mod append;
mod chain;
mod embedded;

use std::time::{SystemTime, UNIX_EPOCH};

pub use append::{Append, Appending, Operation, Receipt};
use async_trait::async_trait;
pub use embedded::{EmbeddedEngine, OpenError};
use parlor::message::{Hit, PageOf, Present, ResetReason};
use parlor::{Author, AuthorId, Cursor, Event, RoomName, Search, UnixMillis};
use tokio::sync::mpsc;

/// What the ordered stream brings to a room.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "almost all of them are events")]
pub enum Delivery {
    /// An event that is now in the log.
    Committed {
        /// Where.
        room: RoomName,
        /// What.
        event: Event,
    },
    /// Something that happened and is kept nowhere.
    Signal {
        /// Where.
        room: RoomName,
        /// What.
        signal: Signal,
    },
}

/// Something that is shown live and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Somebody is new in the room: what plain clients are told.
    Joined(Author),
    /// Who came and went lately: what rich clients are told.
    Presence {
        /// Who came, or is called something else now.
        joined: Vec<Present>,
        /// Who went.
        left: Vec<Author>,
        /// How many are there.
        count: u32,
    },
    /// Somebody is writing: what rich clients are told.
    Typing(Author),
}

/// A part of a room's log: either its events as they happened, or its messages as they have become, each a `posted`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Oldest first.
    pub events: Vec<Event>,
    /// Whether there are older ones (events or messages, whatever this has) than the first.
    pub has_older: bool,
    /// Whether there are newer ones than the last.
    pub has_newer: bool,
}

/// Which messages are read, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The messages are as they were at this place: those after it are not there, and what happened to others after it
    /// has not happened yet. Only what has been erased since is gone.
    pub up_to: u64,
    /// Who reads: their reactions are among those named.
    pub reader: AuthorId,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The newest first; at most [`SEARCH_HITS`](parlor::limits::SEARCH_HITS).
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

/// What lies between a cursor and a place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// The next events after the cursor; not all, if `has_newer`.
    Events(Page),
    /// The cursor is of no use here.
    Reset(ResetReason),
}

/// Something about a person that outlives the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// They hold this name. All their memberships get it.
    Holds(Author),
    /// None of these people holds a name.
    HoldsNothing(Vec<AuthorId>),
    /// They have read a room up to this place; a smaller one than before changes nothing.
    HasRead {
        /// Who.
        who: AuthorId,
        /// Which room.
        room: RoomName,
        /// Up to where.
        seq: u64,
    },
    /// A room is one of theirs; of more than [`ROOMS_PER_CONNECTION`](parlor::limits::ROOMS_PER_CONNECTION) the oldest
    /// is no longer.
    Belongs {
        /// Who, under the name that they bear.
        who: Author,
        /// Which room.
        room: RoomName,
    },
    /// A room is no longer one of theirs.
    BelongsNoMore {
        /// Who.
        who: AuthorId,
        /// Which room.
        room: RoomName,
    },
    /// No room is theirs any more.
    BelongsNowhere(AuthorId),
    /// What a room has from this place on is new to them again.
    Unread {
        /// Who.
        who: AuthorId,
        /// Which room.
        room: RoomName,
        /// From where, at least 1.
        seq: u64,
    },
}

/// Why an engine could not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The disk takes nothing at the moment, or the engine has stopped. Nothing has changed.
    #[error("nothing can be stored at the moment")]
    Unavailable,
    /// It keeps as many rooms as it may.
    #[error("there are too many rooms")]
    TooManyRooms,
    /// The room has no message at the place named.
    #[error("there is no such message")]
    NoSuchMessage,
    /// The message is somebody else's.
    #[error("the message is somebody else's")]
    NotYours,
    /// The message has been deleted.
    #[error("the message has been deleted")]
    MessageDeleted,
    /// The message has as many different emoji as it may have.
    #[error("the message has too many reactions")]
    TooManyReactions,
    /// The session has [`UNLOGGED_RECEIPTS`](parlor::limits::UNLOGGED_RECEIPTS) receipts in rooms without a log. The
    /// same request can be accepted later: when one of them has expired, or its room has got a log.
    #[error("the session has too many receipts in rooms without a log")]
    TooManyReceipts,
}

impl From<EngineError> for parlor::ErrorCode {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Unavailable => Self::Unavailable,
            EngineError::TooManyRooms => Self::TooManyRooms,
            EngineError::NoSuchMessage => Self::NoSuchMessage,
            EngineError::NotYours => Self::NotYours,
            EngineError::MessageDeleted => Self::MessageDeleted,
            EngineError::TooManyReactions => Self::TooManyReactions,
            EngineError::TooManyReceipts => Self::TooFast,
        }
    }
}

/// Keeps logs, and what is known of people. Its stream of [`Delivery`] is handed out when it is made.
#[async_trait]
pub trait Engine: std::fmt::Debug + Send + Sync + 'static {
    /// Where the room's log ends; `None` if it has none yet.
    async fn end(&self, room: &RoomName) -> Result<Option<Cursor>, EngineError>;

    /// What the room is about; empty if nobody has said.
    async fn topic(&self, room: &RoomName) -> Result<String, EngineError>;

    /// The rooms that have a log with what each is about, those last spoken in first; at most `count`.
    async fn rooms(&self, count: usize) -> Result<Vec<(RoomName, String)>, EngineError>;

    /// Puts something in line; what comes from one caller keeps its order. Waits while the line is full.
    async fn append(&self, what: Append) -> Result<Appending, EngineError>;

    /// How many times messages in line were lost: see [`Append::failures_known`].
    fn failures(&self) -> u64;

    /// Brings a signal to the room, in order with the events around it.
    async fn signal(&self, room: RoomName, signal: Signal);

    /// The newest messages of the room.
    async fn newest(&self, room: &RoomName, reading: Reading) -> Result<Page, EngineError>;

    /// A part of the room's messages.
    async fn page(&self, room: &RoomName, of: PageOf, reading: Reading) -> Result<Page, EngineError>;

    /// The events after the cursor, up to and including `up_to`.
    async fn since(&self, room: &RoomName, cursor: &Cursor, up_to: u64) -> Result<Since, EngineError>;

    /// The newest messages in these rooms that a search finds, as they are now, for a reader. Whatever was in a log
    /// before the call is looked through.
    async fn search(&self, rooms: Vec<RoomName>, what: Search, reader: AuthorId) -> Result<Found, EngineError>;

    /// Keeps something about a person; it is on disk when this returns.
    async fn note(&self, note: Note) -> Result<(), EngineError>;

    /// Everybody who holds a name.
    async fn holders(&self) -> Result<Vec<Author>, EngineError>;

    /// How far somebody has read a room, if they ever told.
    async fn read_up_to(&self, who: &AuthorId, room: &RoomName) -> Result<Option<u64>, EngineError>;

    /// The rooms that are somebody's, by name.
    async fn memberships(&self, who: &AuthorId) -> Result<Vec<RoomName>, EngineError>;

    /// Those members of a room whose last name has one of these [keys](parlor_markup::name_key), each with the key. Of
    /// several with one key, whoever became a member last.
    async fn members_named(&self, room: &RoomName, keys: Vec<String>) -> Result<Vec<(String, AuthorId)>, EngineError>;

    /// Finishes what is in line and lets go of the disk. Nothing is taken after it.
    async fn close(&self);
}

/// The server's clock. It goes by what the machine says, and may go back: order is never a clock.
pub(crate) fn now() -> UnixMillis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// The receiving end of an engine's ordered stream.
pub type Deliveries = mpsc::Receiver<Delivery>;

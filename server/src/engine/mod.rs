//! What keeps the rooms' logs and gives them their order.
//!
//! A room shows its members only what an engine's ordered stream brings, never what a connection handed in: so an
//! event is in the log, on disk, before anybody sees it, and every member sees the same order.

mod chain;
mod embedded;

use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
pub use embedded::{EmbeddedEngine, OpenError};
use parlor::message::{PageOf, ResetReason};
use parlor::{Author, AuthorId, Body, ClientId, Cursor, Epoch, Event, RoomName, UnixMillis};
use tokio::sync::{mpsc, oneshot};

use crate::random;

/// A message on its way into a room's log.
#[derive(Clone, Debug)]
pub struct Append {
    /// Where.
    pub room: RoomName,
    /// Who.
    pub author: Author,
    /// The message's id: with the author's it is unique, and the same again is the same message.
    pub client_id: ClientId,
    /// What.
    pub body: Body,
    /// The incarnation that the room's log gets if this is its first event: a room that nobody has written in is kept
    /// nowhere.
    pub epoch: Epoch,
    /// [`Engine::failures`] when the sender last knew what had become of everything it had sent before. If there has
    /// been one since, an earlier message may be missing, and this one must not pass it.
    pub failures_known: u64,
}

impl Append {
    /// A message of a plain client, which makes no ids and is owed no order across a failure: it can't send again.
    pub fn from_plain(room: RoomName, epoch: Epoch, author: Author, body: Body) -> Self {
        let client_id = ClientId::new(now(), u128::from_be_bytes(random::bytes()));
        Self { room, author, client_id, body, epoch, failures_known: u64::MAX }
    }
}

/// That a message is in the log, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its place.
    pub seq: u64,
    /// When it was accepted.
    pub at: UnixMillis,
}

/// What the ordered stream brings to a room.
#[derive(Clone, Debug)]
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
        joined: Vec<Author>,
        /// Who went.
        left: Vec<Author>,
        /// How many are there.
        count: u32,
    },
}

/// A part of a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Oldest first.
    pub events: Vec<Event>,
    /// Whether the log has older ones than the first.
    pub has_older: bool,
    /// Whether the log has newer ones than the last.
    pub has_newer: bool,
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
    /// They hold this name.
    Holds(Author),
    /// They hold no name.
    HoldsNothing(AuthorId),
    /// They have read a room up to this place; a smaller one than before changes nothing.
    HasRead {
        /// Who.
        who: AuthorId,
        /// Which room.
        room: RoomName,
        /// Up to where.
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
}

impl From<EngineError> for parlor::ErrorCode {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Unavailable => Self::Unavailable,
            EngineError::TooManyRooms => Self::TooManyRooms,
        }
    }
}

/// A message that has its place in line; the receipt comes when it is in the log.
#[derive(Debug)]
pub struct Appending(oneshot::Receiver<Result<Receipt, EngineError>>);

impl Appending {
    /// Waits until the message is in the log.
    ///
    /// # Errors
    /// [`EngineError`] when it is not, and will not be.
    pub async fn committed(self) -> Result<Receipt, EngineError> {
        self.0.await.unwrap_or(Err(EngineError::Unavailable))
    }
}

/// Keeps logs, and what is known of people. Its stream of [`Delivery`] is handed out when it is made.
#[async_trait]
pub trait Engine: std::fmt::Debug + Send + Sync + 'static {
    /// Where the room's log ends; `None` if it has none yet.
    async fn end(&self, room: &RoomName) -> Result<Option<Cursor>, EngineError>;

    /// Puts a message in line; messages of one caller keep their order. Waits while the line is full.
    async fn append(&self, message: Append) -> Result<Appending, EngineError>;

    /// How many times messages in line were lost: see [`Append::failures_known`].
    fn failures(&self) -> u64;

    /// Brings a signal to the room, in order with the events around it.
    async fn signal(&self, room: RoomName, signal: Signal);

    /// The newest events of the room up to and including `up_to`.
    async fn newest(&self, room: &RoomName, up_to: u64) -> Result<Page, EngineError>;

    /// A part of the room's log up to and including `up_to`.
    async fn page(&self, room: &RoomName, of: PageOf, up_to: u64) -> Result<Page, EngineError>;

    /// The events after the cursor, up to and including `up_to`.
    async fn since(&self, room: &RoomName, cursor: &Cursor, up_to: u64) -> Result<Since, EngineError>;

    /// Keeps something about a person; it is on disk when this returns.
    async fn note(&self, note: Note) -> Result<(), EngineError>;

    /// Everybody who holds a name.
    async fn holders(&self) -> Result<Vec<Author>, EngineError>;

    /// How far somebody has read a room, if they ever told.
    async fn read_up_to(&self, who: &AuthorId, room: &RoomName) -> Result<Option<u64>, EngineError>;

    /// Finishes what is in line and lets go of the disk. Nothing is taken after it.
    async fn close(&self);
}

/// The server's clock. It goes by what the machine says, and may go back: order is never a clock.
pub(crate) fn now() -> UnixMillis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// The receiving end of an engine's ordered stream.
pub type Deliveries = mpsc::Receiver<Delivery>;

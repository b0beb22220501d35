//! What keeps the rooms' logs and gives them their order.
//!
//! A room shows its members only what an engine's ordered stream brings, never what a connection handed in: so an
//! event is in the log before anybody sees it, and every member sees the same order.

mod chain;
mod memory;

use async_trait::async_trait;
pub use memory::MemoryEngine;
use parlor::message::{PageOf, ResetReason};
use parlor::{Author, Body, ClientId, Cursor, Epoch, Event, RoomName, UnixMillis};
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
}

impl Append {
    /// A message of a plain client, which makes no ids.
    pub fn from_plain(room: RoomName, author: Author, body: Body) -> Self {
        let client_id = ClientId::from_random(u128::from_be_bytes(random::bytes()));
        Self { room, author, client_id, body }
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

/// Why an engine could not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// It takes nothing at the moment, or has stopped.
    #[error("the engine takes nothing at the moment")]
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

/// Keeps logs. Its stream of [`Delivery`] is handed out when it is made.
#[async_trait]
pub trait Engine: std::fmt::Debug + Send + Sync + 'static {
    /// Makes sure that the room has a log, and tells where it ends. It comes before anything is appended.
    async fn open(&self, room: &RoomName) -> Result<Cursor, EngineError>;

    /// Puts a message in line; messages of one caller keep their order. Waits while the line is full.
    async fn append(&self, message: Append) -> Result<Appending, EngineError>;

    /// Brings a signal to the room, in order with the events around it.
    async fn signal(&self, room: RoomName, signal: Signal);

    /// The newest events of the room up to and including `up_to`.
    async fn newest(&self, room: &RoomName, up_to: u64) -> Result<Page, EngineError>;

    /// A part of the room's log up to and including `up_to`.
    async fn page(&self, room: &RoomName, of: PageOf, up_to: u64) -> Result<Page, EngineError>;

    /// The events after the cursor, up to and including `up_to`.
    async fn since(&self, room: &RoomName, cursor: &Cursor, up_to: u64) -> Result<Since, EngineError>;
}

/// The receiving end of an engine's ordered stream.
pub type Deliveries = mpsc::Receiver<Delivery>;

/// Events that may wait between an engine and the rooms, on the whole server; above it, posting waits.
const LINE: usize = 4_096;

/// A cursor before a log's first event.
fn start(epoch: Epoch) -> Cursor {
    Cursor { epoch, seq: 0, hash: chain::Link::default().mark() }
}

//! The interface of the storage of rooms' logs.

use std::time::Instant;

use async_trait::async_trait;
use parlor::{AuthorId, RoomName, Search};

use super::{Append, EngineError, LogHistory, PendingAppend, SearchResults, Signal};
use crate::access::ReadPermit;

/// Stores the rooms' logs.
///
/// An implementation's constructor returns the ordered stream of [`Delivery`](super::Delivery)s with it.
#[async_trait]
pub trait EventLog: LogHistory {
    /// Begins to deliver events of a room: all those after the end of its log that is read next. Events of other rooms may
    /// be delivered too.
    fn subscribe(&self, room: &RoomName);

    /// Ends the delivery of events of a room.
    fn unsubscribe(&self, room: &RoomName);

    /// Puts an operation into the writer's queue, and waits while the queue is full. Operations of one caller keep
    /// their order.
    ///
    /// The author must hold the name in the operation. On PostgreSQL, where another node can have taken a name over, an
    /// operation of an author who does not hold it is refused with [`EngineError::NameLost`]. The embedded engine does not
    /// check it: only this process gives names away.
    async fn append(&self, append: Append) -> Result<PendingAppend, EngineError>;

    /// Number of commits that failed, so that queued operations were lost. See [`Append::known_failures`].
    fn failures(&self) -> u64;

    /// Since when nothing can be read or written and nothing new is shown; `None` while all is well. Single requests can
    /// fail with [`EngineError::Unavailable`] also then.
    fn unavailable_since(&self) -> Option<Instant>;

    /// Waits until this version of the program can't use the storage any more, and returns why.
    async fn incompatible(&self) -> String;

    /// Waits until everything is delivered that any node has told before.
    async fn fence(&self);

    /// Delivers a signal to the room, in order with the events around it.
    async fn signal(&self, room: RoomName, signal: Signal);

    /// The newest messages in these rooms that match the search, as they are now. Every event that was in a log before
    /// the call is searched.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the database can't be read.
    async fn search(
        &self,
        rooms: Vec<ReadPermit>,
        search: Search,
        reader: AuthorId,
    ) -> Result<SearchResults, EngineError>;

    /// Writes everything in the queue and closes the database. Later requests fail.
    async fn close(&self);
}

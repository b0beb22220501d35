//! The interface of a storage engine.

use async_trait::async_trait;
use parlor::message::PageOf;
use parlor::{Author, AuthorId, Cursor, RoomName, Search};

use super::{
    Append, Backlog, DirectoryUpdate, EngineError, HistoryPage, PendingAppend, ReadContext, SearchResults, Signal,
};

/// Stores the rooms' logs, and what is known about people.
///
/// An engine's constructor returns the ordered stream of [`Delivery`](super::Delivery)s with it. All methods that read
/// fail with [`EngineError::Unavailable`] when the database can't be read.
#[async_trait]
pub trait Engine: std::fmt::Debug + Send + Sync + 'static {
    /// The cursor at the end of the room's log; `None` if the room has no log yet.
    async fn log_end(&self, room: &RoomName) -> Result<Option<Cursor>, EngineError>;

    /// The room's topic; empty if nobody has set one.
    async fn topic(&self, room: &RoomName) -> Result<String, EngineError>;

    /// The rooms that have a log, each with its topic. The room with the newest message is first; at most `count`.
    async fn rooms(&self, count: usize) -> Result<Vec<(RoomName, String)>, EngineError>;

    /// Puts an operation into the writer's queue, and waits while the queue is full. Operations of one caller keep
    /// their order.
    async fn append(&self, append: Append) -> Result<PendingAppend, EngineError>;

    /// Number of commits that failed, so that queued operations were lost. See [`Append::known_failures`].
    fn failures(&self) -> u64;

    /// Delivers a signal to the room, in order with the events around it.
    async fn signal(&self, room: RoomName, signal: Signal);

    /// The newest page of the room's messages.
    async fn newest(&self, room: &RoomName, context: ReadContext) -> Result<HistoryPage, EngineError>;

    /// The page `of` the room's messages.
    async fn page(&self, room: &RoomName, of: PageOf, context: ReadContext) -> Result<HistoryPage, EngineError>;

    /// The events after the cursor, up to and including `up_to`.
    async fn backlog(&self, room: &RoomName, cursor: &Cursor, up_to: u64) -> Result<Backlog, EngineError>;

    /// The newest messages in these rooms that match the search, as they are now. Every event that was in a log before
    /// the call is searched.
    async fn search(
        &self,
        rooms: Vec<RoomName>,
        search: Search,
        reader: AuthorId,
    ) -> Result<SearchResults, EngineError>;

    /// Stores a change about a person; it is on disk when this returns.
    async fn update_directory(&self, update: DirectoryUpdate) -> Result<(), EngineError>;

    /// Everybody who holds a name.
    async fn holders(&self) -> Result<Vec<Author>, EngineError>;

    /// The person's read marker in a room: the seq of the last event that they have read. `None` if there is none.
    async fn read_up_to(&self, author_id: &AuthorId, room: &RoomName) -> Result<Option<u64>, EngineError>;

    /// The rooms that the person is a member of, by name.
    async fn memberships(&self, author_id: &AuthorId) -> Result<Vec<RoomName>, EngineError>;

    /// The members of a room whose last name has one of these [keys](parlor_markup::name_key), each with the key. Of
    /// several members with one key, the one who became a member last.
    async fn members_named(&self, room: &RoomName, keys: Vec<String>) -> Result<Vec<(String, AuthorId)>, EngineError>;

    /// Writes everything in the queue and closes the database. Later requests fail.
    async fn close(&self);
}

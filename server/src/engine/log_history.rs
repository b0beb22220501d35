//! The interface for reading the rooms' logs.

use async_trait::async_trait;
use parlor::message::PageOf;
use parlor::{AuthorId, ClientId, Cursor, RoomName};

use super::{Backlog, EngineError, HistoryPage, ReadContext, Receipt};
use crate::access::ReadPermit;

/// Reads the rooms' logs.
///
/// All methods fail with [`EngineError::Unavailable`] when the database can't be read. Those that read a room's content
/// take a permit of access control.
#[async_trait]
pub trait LogHistory: std::fmt::Debug + Send + Sync + 'static {
    /// The cursor at the end of the room's log; `None` if the room has no log yet.
    async fn log_end(&self, room: &ReadPermit) -> Result<Option<Cursor>, EngineError>;

    /// The room's topic; empty if nobody has set one.
    async fn topic(&self, room: &ReadPermit) -> Result<String, EngineError>;

    /// The open rooms that have a log and are not archived, each with its topic. The room with the newest message is
    /// first; at most `count`.
    async fn open_rooms(&self, count: usize) -> Result<Vec<(RoomName, String)>, EngineError>;

    /// The receipt of an operation that this author sent with this client id before; `None` if there was none.
    async fn receipt(
        &self,
        room: &ReadPermit,
        author: &AuthorId,
        client_id: &ClientId,
    ) -> Result<Option<Receipt>, EngineError>;

    /// The newest page of the room's messages.
    async fn newest(&self, room: &ReadPermit, context: ReadContext) -> Result<HistoryPage, EngineError>;

    /// The page `of` the room's messages.
    async fn page(&self, room: &ReadPermit, of: PageOf, context: ReadContext) -> Result<HistoryPage, EngineError>;

    /// The events after the cursor, up to and including `up_to`.
    async fn backlog(&self, room: &ReadPermit, cursor: &Cursor, up_to: u64) -> Result<Backlog, EngineError>;

    /// The accounts that wrote in the room, most messages first; at most `count`.
    async fn writers(&self, room: &ReadPermit, count: usize) -> Result<Vec<AuthorId>, EngineError>;

    /// Verifies the hash chain of a room's log (invariant 11). Returns the seq of the first event that does not follow from
    /// those before it: an event was altered, dropped or moved there. `None` if the log is intact.
    async fn first_break(&self, room: &RoomName) -> Result<Option<u64>, EngineError>;
}

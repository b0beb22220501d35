//! Reads a room's log for clients: history pages, the events that a returning client missed, and searches.

use std::time::{Duration, Instant};

use bytes::Bytes;
use parlor::message::{PageOf, ResetReason, Roster};
use parlor::{Cursor, ErrorCode, RoomName, Search, ServerMessage, limits};

use super::super::backlog::BacklogPart;
use super::super::{Connection, Session, frame};
use super::ConnectionManager;
use super::access::ReadableRoom;
use crate::access::{Action, ReadPermit};
use crate::engine::{Backlog, EngineError, HistoryPage, ReadContext, SearchResults};

/// How long a client waits until this node shows what it has seen on another one.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(5);

/// A part of a room's log with the room's roster and topic, for a page or a snapshot.
#[derive(Clone, Debug)]
pub struct History {
    /// The cursor at which messages have the state that `page` shows.
    pub as_of: Cursor,
    /// The messages, with their edits, deletions and reactions up to `as_of`.
    pub page: HistoryPage,
    /// The people in the room.
    pub roster: Roster,
    /// The room's topic; empty if none is set.
    pub topic: String,
}

impl ConnectionManager {
    /// The newest messages of a room for a reader, up to the cursor `up_to` or the newest shown event.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the engine cannot read them.
    pub async fn history(
        &self,
        readable: &ReadableRoom,
        up_to: Option<Cursor>,
        reader: &Session,
    ) -> Result<History, ErrorCode> {
        let ReadableRoom { room, permit } = readable;
        let as_of = up_to.unwrap_or_else(|| room.shown());
        let context = ReadContext { up_to: as_of.seq, reader: reader.account.clone() };
        let page = self.log.newest(permit, context).await?;
        Ok(History { as_of, page, roster: room.roster(), topic: room.topic() })
    }

    /// The messages of a room that `of` selects, with the room's roster and topic.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the engine cannot read them.
    pub async fn history_page(
        &self,
        readable: &ReadableRoom,
        of: PageOf,
        reader: &Session,
    ) -> Result<History, ErrorCode> {
        let (as_of, page) = self.page(readable, of, reader).await?;
        let room = &readable.room;
        Ok(History { as_of, page, roster: room.roster(), topic: room.topic() })
    }

    /// Waits until a room shows the event of a client's cursor, if it is in the log. The client has seen it on another node,
    /// and must not receive it again.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the log can't be read, or the event is not shown in time.
    pub async fn catch_up(&self, readable: &ReadableRoom, cursor: &Cursor) -> Result<(), ErrorCode> {
        let ReadableRoom { room, permit } = readable;
        if cursor.epoch != room.epoch || cursor.seq <= room.shown().seq {
            return Ok(());
        }
        // Reading the end of the log makes the engine deliver up to it.
        if self.log.log_end(permit).await?.is_some_and(|end| end.seq >= cursor.seq) {
            let shown = tokio::time::timeout(CATCH_UP_TIMEOUT, room.wait_until_batched(cursor.seq)).await;
            return shown.map_err(|_| ErrorCode::Unavailable);
        }
        Ok(())
    }

    /// The next part of a room's log after a cursor, up to the seq `up_to` at most. The inner error is the reason why
    /// the client cannot continue from this cursor and needs a snapshot.
    ///
    /// # Errors
    /// The engine cannot read the log.
    pub async fn backlog_part(
        &self,
        readable: &ReadableRoom,
        after: &Cursor,
        up_to: u64,
    ) -> Result<Result<BacklogPart, ResetReason>, EngineError> {
        let ReadableRoom { room, permit } = readable;
        let up_to = up_to.min(after.seq.saturating_add(limits::PAGE_EVENTS as u64));
        let erasures = match room.backlog_cache.lock().get(after, up_to) {
            Ok(part) => return Ok(Ok(part)),
            Err(erasures) => erasures,
        };
        let events = match self.log.backlog(permit, after, up_to).await? {
            Backlog::Events(page) => page.events,
            Backlog::Reset(reason) => return Ok(Err(reason)),
        };
        let Some(last) = events.last() else {
            return Ok(Ok(BacklogPart { frame: Bytes::new(), as_of: after.clone() }));
        };
        let as_of = Cursor { epoch: after.epoch.clone(), seq: last.seq, hash: last.hash.clone() };
        let (name, end) = (room.name.clone(), as_of.clone());
        let (topic, title) = (String::new(), String::new());
        let message = ServerMessage::Missed { room: name, as_of: end, events, roster: None, topic, title };
        let part = BacklogPart { frame: frame::rich(&message), as_of };
        room.backlog_cache.lock().insert(erasures, after.clone(), up_to, part.clone(), Instant::now());
        Ok(Ok(part))
    }

    /// The messages of a room that `of` selects, for a reader, and the cursor at which they have this state.
    ///
    /// # Errors
    /// The engine cannot read them.
    pub async fn page(
        &self,
        readable: &ReadableRoom,
        of: PageOf,
        reader: &Session,
    ) -> Result<(Cursor, HistoryPage), EngineError> {
        let ReadableRoom { room, permit } = readable;
        let as_of = room.shown();
        let context = ReadContext { up_to: as_of.seq, reader: reader.account.clone() };
        let page = self.log.page(permit, of, context).await?;
        Ok((as_of, page))
    }

    /// The newest messages that match a search, in one room or in all rooms of the connection. Rooms that the
    /// connection has not joined are never searched.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`], or [`ErrorCode::Unavailable`] if the engine cannot read the index.
    pub async fn search(
        &self,
        connection: &Connection,
        reader: &Session,
        room: Option<&RoomName>,
        search: Search,
    ) -> Result<SearchResults, ErrorCode> {
        let readable = |room| self.authorise(connection, reader, room, Action::Read).map(|readable| readable.permit);
        let rooms: Vec<ReadPermit> = match room {
            Some(room) => vec![readable(room)?],
            None => connection.room_names().iter().filter_map(|room| readable(room).ok()).collect(),
        };
        Ok(self.log.search(rooms, search, reader.account.clone()).await?)
    }
}

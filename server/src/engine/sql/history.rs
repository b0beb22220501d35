//! Reads the rooms' logs from tables, on both engines.

use async_trait::async_trait;
use parlor::message::PageOf;
use parlor::{AuthorId, ClientId, Cursor, RoomName};

use super::super::{Backlog, EngineError, HistoryPage, LogHistory, ReadContext, Receipt};
use super::log::LogEnd;
use super::store::SqlStore;
use super::{backlog, messages, rooms, unlogged_receipts, verify};
use crate::access::ReadPermit;

#[async_trait]
impl<S: SqlStore> LogHistory for S {
    async fn log_end(&self, room: &ReadPermit) -> Result<Option<Cursor>, EngineError> {
        let name = room.room().clone();
        let end = self.read_snapshot(move |database| LogEnd::find(database, &name)).await?;
        self.end_was_read(room.room(), end.as_ref().map_or(0, |end| end.top));
        Ok(end.map(|end| end.cursor()))
    }

    async fn topic(&self, room: &ReadPermit) -> Result<String, EngineError> {
        let room = room.room().clone();
        self.read(move |database| rooms::topic(database, &room)).await
    }

    async fn open_rooms(&self, count: usize) -> Result<Vec<(RoomName, String)>, EngineError> {
        self.read(move |database| rooms::open_rooms(database, count)).await
    }

    async fn receipt(
        &self,
        room: &ReadPermit,
        author: &AuthorId,
        client_id: &ClientId,
    ) -> Result<Option<Receipt>, EngineError> {
        let (room, author, client_id) = (room.room().clone(), author.clone(), client_id.clone());
        self.read_snapshot(move |database| match LogEnd::find(database, &room)? {
            Some(end) => end.find_receipt(database, &author, &client_id),
            None => unlogged_receipts::find(database, &room, &author, &client_id),
        })
        .await
    }

    async fn newest(&self, room: &ReadPermit, context: ReadContext) -> Result<HistoryPage, EngineError> {
        let room = room.room().clone();
        self.read_snapshot(move |database| messages::newest(database, &room, &context)).await
    }

    async fn page(&self, room: &ReadPermit, of: PageOf, context: ReadContext) -> Result<HistoryPage, EngineError> {
        let room = room.room().clone();
        self.read_snapshot(move |database| messages::page(database, &room, of, &context)).await
    }

    async fn backlog(&self, room: &ReadPermit, cursor: &Cursor, up_to: u64) -> Result<Backlog, EngineError> {
        let (room, cursor) = (room.room().clone(), cursor.clone());
        self.read_snapshot(move |database| backlog::backlog(database, &room, &cursor, up_to)).await
    }

    async fn writers(&self, room: &ReadPermit, count: usize) -> Result<Vec<AuthorId>, EngineError> {
        let room = room.room().clone();
        // Its statements need not agree: a room that is deleted between them has no writers.
        self.read(move |database| rooms::writers(database, &room, count)).await
    }

    async fn first_break(&self, room: &RoomName) -> Result<Option<u64>, EngineError> {
        let room = room.clone();
        self.read_snapshot(move |database| verify::first_break(database, &room)).await
    }
}

//! The requests `join`, `page` and `rooms`: a rich client joins a room, receives what it missed and reads the history.

use parlor::message::{PageOf, Request, ResetReason, RoomAt};
use parlor::{Cursor, ErrorCode, RoomName, ServerMessage, limits};

use super::Rich;
use crate::access::Action;
use crate::chat::{ReadableRoom, Session};

impl Rich {
    pub(super) async fn join(&self, session: &Session, at: RoomAt) {
        let name = at.room;
        let readable = match self.manager.enter(self.manager.person(session), &name).await {
            Ok(readable) => readable,
            Err(error) => return self.guard.send_rich(&error.answer(name)),
        };
        match self.try_join(session, &readable, at.cursor).await {
            Ok(()) => self.manager.add_joined_rooms(session, [name]).await,
            Err(code) => {
                self.manager.part(&self.guard, session, &readable.room);
                // The access may have ended meanwhile.
                match self.manager.enter(self.manager.person(session), &name).await {
                    Ok(_) => self.refuse(Some(Request::Join), Some(name), code.into()),
                    Err(error) => self.guard.send_rich(&error.answer(name)),
                }
            }
        }
    }

    async fn try_join(
        &self,
        session: &Session,
        readable: &ReadableRoom,
        mut cursor: Option<Cursor>,
    ) -> Result<(), ErrorCode> {
        if let Some(cursor) = &cursor {
            self.manager.catch_up(readable, cursor).await?;
        }
        loop {
            let up_to = self.manager.join(&self.guard, session, readable).await?;
            // The access may have ended since the room was entered: the end removes the members that it finds.
            self.manager.authorise(&self.guard, session, &readable.room.name, Action::Read)?;
            self.send_state(session, readable, cursor, up_to.clone()).await?;
            if readable.room.go_live(&self.guard) {
                return Ok(());
            }
            // The ring no longer holds all batches since the join: the client continues from the previous cursor.
            cursor = Some(up_to);
        }
    }

    /// Sends the state of the room that the client needs before live events: the missed events or a snapshot.
    async fn send_state(
        &self,
        session: &Session,
        readable: &ReadableRoom,
        cursor: Option<Cursor>,
        up_to: Cursor,
    ) -> Result<(), ErrorCode> {
        let room = &readable.room;
        let read = self.manager.read_up_to(session, room).await?;
        if let Some(cursor) = cursor {
            match self.send_backlog(readable, cursor, &up_to).await? {
                None => {
                    // Sent even without a read marker: the client's last `read` request may have been lost.
                    let seq = read.unwrap_or(0);
                    self.guard.send_rich(&ServerMessage::Read { room: room.name.clone(), seq });
                    return Ok(());
                }
                Some(reason) => self.guard.send_rich(&ServerMessage::Reset { room: room.name.clone(), reason }),
            }
        }
        let history = self.manager.history(readable, Some(up_to), session).await?;
        self.guard.flushed().await;
        self.guard.send_rich(&ServerMessage::Snapshot {
            room: room.name.clone(),
            as_of: history.as_of,
            events: history.page.events,
            has_older: history.page.has_older,
            roster: history.roster,
            topic: history.topic,
            title: room.title(),
            read,
        });
        Ok(())
    }

    /// Sends the events after the cursor, in parts, and then the roster and the topic. Each part is sent after the
    /// kernel has accepted the previous one. Returns the reason if the client cannot continue from its cursor.
    async fn send_backlog(
        &self,
        readable: &ReadableRoom,
        mut cursor: Cursor,
        up_to: &Cursor,
    ) -> Result<Option<ResetReason>, ErrorCode> {
        let room = &readable.room;
        if cursor.epoch == up_to.epoch && up_to.seq.saturating_sub(cursor.seq) > limits::MISSED_EVENTS {
            return Ok(Some(ResetReason::TooFar));
        }
        // Nothing was missed: the usual case after a short interruption, and always the case in a room without a log.
        let mut more = cursor != *up_to;
        while more {
            let part = match self.manager.backlog_part(readable, &cursor, up_to.seq).await? {
                Ok(part) => part,
                Err(reason) => return Ok(Some(reason)),
            };
            self.guard.flushed().await;
            self.guard.send_backlog_part(&part);
            more = part.as_of.seq < up_to.seq && part.as_of != cursor;
            cursor = part.as_of;
        }
        self.guard.flushed().await;
        self.guard.send_rich(&ServerMessage::Missed {
            room: room.name.clone(),
            as_of: cursor,
            events: Vec::new(),
            roster: Some(room.roster()),
            topic: room.topic(),
            title: room.title(),
        });
        Ok(None)
    }

    pub(super) async fn page(&self, session: &Session, room: RoomName, request: u32, of: PageOf) {
        let read = match self.manager.authorise(&self.guard, session, &room, Action::Read) {
            Ok(readable) => self.manager.page(&readable, of, session).await.map_err(ErrorCode::from),
            Err(code) => Err(code),
        };
        match read {
            Ok((as_of, page)) => {
                self.guard.flushed().await;
                let (has_older, has_newer) = (page.has_older, page.has_newer);
                let events = page.events;
                self.guard.send_rich(&ServerMessage::Page { room, request, as_of, events, has_older, has_newer });
            }
            Err(code) => self.refuse(Some(Request::Page), Some(room), code.into()),
        }
    }

    pub(super) async fn list_rooms(&self, session: &Session) {
        match self.manager.list_rooms(Some(session)).await {
            Ok(rooms) => {
                self.guard.flushed().await;
                self.guard.send_rich(&ServerMessage::Rooms { rooms });
            }
            Err(error) => self.refuse(Some(Request::Rooms), None, ErrorCode::from(error).into()),
        }
    }
}

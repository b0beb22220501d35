//! Rooms, as a rich client joins them, catches up and reads their past.

use parlor::message::{PageOf, Request, ResetReason, RoomAt};
use parlor::{Cursor, ErrorCode, RoomName, ServerMessage, limits};

use super::Rich;
use crate::chat::{Room, Session};

impl Rich {
    pub(super) async fn join(&self, session: &Session, at: RoomAt) {
        let name = at.room;
        match self.try_join(session, &name, at.cursor).await {
            Ok(()) => self.manager.begin_memberships(session, [name]).await,
            Err(code) => {
                self.manager.part(&self.stay, session, &name);
                self.refuse(Some(Request::Join), Some(name), code.into());
            }
        }
    }

    async fn try_join(&self, session: &Session, name: &RoomName, mut cursor: Option<Cursor>) -> Result<(), ErrorCode> {
        loop {
            let (room, up_to) = self.manager.join(&self.stay, session, name).await?;
            self.bring_up_to(session, &room, cursor, up_to.clone()).await?;
            if room.go_live(&self.stay) {
                return Ok(());
            }
            // The room said more than its ring holds while the client was catching up: it goes on from there.
            cursor = Some(up_to);
        }
    }

    /// Sends what the client has to know before live events make sense to it.
    async fn bring_up_to(
        &self,
        session: &Session,
        room: &Room,
        cursor: Option<Cursor>,
        up_to: Cursor,
    ) -> Result<(), ErrorCode> {
        let read = self.manager.read_up_to(session, room).await?;
        if let Some(cursor) = cursor {
            match self.send_missed(room, cursor, &up_to).await? {
                None => {
                    // Also if it is nothing: what the client told last may have been lost.
                    let seq = read.unwrap_or(0);
                    self.stay.send_rich(&ServerMessage::Read { room: room.name.clone(), seq });
                    return Ok(());
                }
                Some(reason) => self.stay.send_rich(&ServerMessage::Reset { room: room.name.clone(), reason }),
            }
        }
        let history = self.manager.history(room, Some(up_to), session).await?;
        self.stay.settled().await;
        self.stay.send_rich(&ServerMessage::Snapshot {
            room: room.name.clone(),
            as_of: history.as_of,
            events: history.page.events,
            has_older: history.page.has_older,
            roster: history.roster,
            topic: history.topic,
            read,
        });
        Ok(())
    }

    /// Sends the events after the cursor, part by part, each when the one before is with the kernel, and then who is
    /// there. Returns why that can't be done, if it can't.
    async fn send_missed(
        &self,
        room: &Room,
        mut cursor: Cursor,
        up_to: &Cursor,
    ) -> Result<Option<ResetReason>, ErrorCode> {
        if cursor.epoch == up_to.epoch && up_to.seq.saturating_sub(cursor.seq) > limits::MISSED_EVENTS {
            return Ok(Some(ResetReason::TooFar));
        }
        // The usual case after a short cut, and the only one in a room that has no log yet, is that there is nothing.
        let mut more = cursor != *up_to;
        while more {
            let part = match self.manager.missed(room, &cursor, up_to.seq).await? {
                Ok(part) => part,
                Err(reason) => return Ok(Some(reason)),
            };
            self.stay.settled().await;
            self.stay.send_part(&part);
            more = part.as_of.seq < up_to.seq && part.as_of != cursor;
            cursor = part.as_of;
        }
        self.stay.settled().await;
        let (name, roster, topic) = (room.name.clone(), Some(room.roster()), room.topic());
        self.stay.send_rich(&ServerMessage::Missed { room: name, as_of: cursor, events: Vec::new(), roster, topic });
        Ok(None)
    }

    pub(super) async fn page(&self, session: &Session, room: RoomName, request: u32, of: PageOf) {
        let read = match self.manager.room_of(&self.stay, &room) {
            Some(room) => self.manager.page(&room, of, session).await.map_err(ErrorCode::from),
            None => Err(ErrorCode::NotInRoom),
        };
        match read {
            Ok((as_of, page)) => {
                self.stay.settled().await;
                let (has_older, has_newer) = (page.has_older, page.has_newer);
                let events = page.events;
                self.stay.send_rich(&ServerMessage::Page { room, request, as_of, events, has_older, has_newer });
            }
            Err(code) => self.refuse(Some(Request::Page), Some(room), code.into()),
        }
    }

    pub(super) async fn list_rooms(&self) {
        match self.manager.list_rooms().await {
            Ok(rooms) => {
                self.stay.settled().await;
                self.stay.send_rich(&ServerMessage::Rooms { rooms });
            }
            Err(error) => self.refuse(Some(Request::Rooms), None, ErrorCode::from(error).into()),
        }
    }
}

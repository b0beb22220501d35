//! Rooms, as a rich client joins them, catches up and reads their past.

use parlor::message::{PageOf, Request, ResetReason, RoomAt};
use parlor::{Cursor, ErrorCode, Event, RoomName, ServerMessage};

use super::Rich;
use crate::chat::{Room, Session};
use crate::engine::Since;

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

    /// Sends the events after the cursor, page by page, each when the one before is with the kernel. Returns why that
    /// can't be done, if it can't.
    async fn send_missed(
        &self,
        room: &Room,
        mut cursor: Cursor,
        up_to: &Cursor,
    ) -> Result<Option<ResetReason>, ErrorCode> {
        if cursor == *up_to {
            // The usual case after a short cut, and the only one in a room that has no log yet.
            self.send_missed_part(room, cursor, Vec::new(), true).await;
            return Ok(None);
        }
        loop {
            let page = match self.manager.since(room, &cursor, up_to.seq).await? {
                Since::Events(page) => page,
                Since::Reset(reason) => return Ok(Some(reason)),
            };
            if let Some(last) = page.events.last() {
                cursor = Cursor { epoch: cursor.epoch, seq: last.seq, hash: last.hash.clone() };
            }
            let last = !page.has_newer;
            self.send_missed_part(room, cursor.clone(), page.events, last).await;
            if last {
                return Ok(None);
            }
        }
    }

    async fn send_missed_part(&self, room: &Room, as_of: Cursor, events: Vec<Event>, last: bool) {
        self.stay.settled().await;
        let (name, roster) = (room.name.clone(), last.then(|| room.roster()));
        let topic = if last { room.topic() } else { String::new() };
        self.stay.send_rich(&ServerMessage::Missed { room: name, as_of, events, roster, topic });
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

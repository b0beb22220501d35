//! Rooms as connections come to them and go: joining, listening, and reading what was said.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use parlor::message::{PageOf, ResetReason, RoomSummary, Roster};
use parlor::{Cursor, Epoch, ErrorCode, RoomName, Search, ServerMessage, limits};
use sha2::{Digest, Sha256};

use super::super::missed::Part;
use super::super::roster::After;
use super::super::{Connection, Room, Session, frame};
use super::ConnectionManager;
use super::room_cache::Lookup;
use crate::engine::{EngineError, Found, Page, Reading, Since};

/// A room's newest part, as a page or a snapshot shows it.
#[derive(Clone, Debug)]
pub struct History {
    /// The place of its end.
    pub as_of: Cursor,
    /// The messages.
    pub page: Page,
    /// Who is there.
    pub roster: Roster,
    /// What the room is about.
    pub topic: String,
}

/// A caller that loads a room, until it has or gives up.
struct Load<'a> {
    manager: &'a ConnectionManager,
    name: &'a RoomName,
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        self.manager.rooms.lock().give_up(self.name);
    }
}

impl ConnectionManager {
    /// The room of this name. One that nobody has written in has no log, and is kept nowhere: looking at addresses
    /// creates none.
    ///
    /// Cancel safe: whoever else waits for the room loads it.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the engine can't say.
    pub async fn room(&self, name: &RoomName) -> Result<Arc<Room>, ErrorCode> {
        let lookup = self.rooms.lock().look_up(name);
        if let Lookup::Loaded(room) = lookup {
            return Ok(room);
        }
        let _load = Load { manager: self, name };
        loop {
            let end = self.engine.end(name).await?.unwrap_or_else(|| Cursor::start(self.epoch_without_log(name)));
            let topic = self.engine.topic(name).await?;
            let room = self.rooms.lock().finish(name, end, topic);
            if let Some(room) = room {
                return Ok(room);
            }
        }
    }

    /// The epoch of a room without a log: always the same in this process, so that its log begins in the one that its
    /// readers know, also if the room was evicted meanwhile.
    fn epoch_without_log(&self, name: &RoomName) -> Epoch {
        let hash = Sha256::new().chain_update(self.epoch_key).chain_update(name.as_str()).finalize();
        Epoch(URL_SAFE_NO_PAD.encode(&hash[..8]))
    }

    pub(super) fn known_room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms.lock().get(name)
    }

    /// How many rooms are in memory.
    pub fn rooms_in_memory(&self) -> usize {
        self.rooms.lock().len()
    }

    /// Makes a plain connection a member: it hears what comes from now on.
    pub fn listen(&self, connection: &Arc<Connection>, room: &Arc<Room>) {
        room.enter(connection);
        room.go_live(connection);
    }

    /// Makes a rich connection a member. Nothing live comes before [`Room::go_live`], nothing after the returned place
    /// is missing then.
    ///
    /// # Errors
    /// Why it is none.
    pub async fn join(
        &self,
        connection: &Arc<Connection>,
        session: &Session,
        name: &RoomName,
    ) -> Result<(Arc<Room>, Cursor), ErrorCode> {
        let room = self.room(name).await?;
        if room.has(connection) {
            return Ok((room.clone(), room.enter(connection)));
        }
        if connection.rooms().len() >= limits::ROOMS_PER_CONNECTION {
            return Err(ErrorCode::TooManyRooms);
        }
        let (up_to, arrival) = {
            let people = self.people.lock();
            let up_to = room.enter(connection);
            let away = people.is_away(&session.id);
            (up_to, people.author(&session.id).filter(|author| room.person_enters(author, away)))
        };
        if let Some(author) = arrival {
            self.broadcast_user_join(&room, author).await;
        }
        Ok((room, up_to))
    }

    /// Takes a rich connection out of a room.
    pub fn part(&self, connection: &Arc<Connection>, session: &Session, room: &RoomName) {
        if let Some(room) = self.known_room(room).filter(|room| room.has(connection)) {
            let people = self.people.lock();
            room.exit(connection);
            if people.author(&session.id).is_some() {
                room.person_exits(&session.id, After::Gone, Instant::now());
            }
        }
    }

    /// The newest part of a room for a reader, up to `up_to`, or up to what is shown at the moment.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn history(&self, room: &Room, up_to: Option<Cursor>, reader: &Session) -> Result<History, ErrorCode> {
        let as_of = up_to.unwrap_or_else(|| room.shown());
        let reading = Reading { up_to: as_of.seq, reader: reader.id.clone() };
        let page = self.engine.newest(&room.name, reading).await?;
        Ok(History { as_of, page, roster: room.roster(), topic: room.topic() })
    }

    /// A part of a room's past, as the newest is given.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn history_of(&self, room: &Room, of: PageOf, reader: &Session) -> Result<History, ErrorCode> {
        let (as_of, page) = self.page(room, of, reader).await?;
        Ok(History { as_of, page, roster: room.roster(), topic: room.topic() })
    }

    /// The rooms there are: those with a log, last spoken in first, and then those where people only listen so far.
    ///
    /// # Errors
    /// Why that can't be read.
    pub async fn list_rooms(&self) -> Result<Vec<RoomSummary>, EngineError> {
        let logs = self.engine.rooms(limits::LISTED_ROOMS).await?;
        let known: Vec<_> = self.rooms.lock().loaded().filter(|room| room.people() > 0).cloned().collect();
        let mut people: HashMap<_, _> = known.iter().map(|room| (&room.name, room.people())).collect();
        let mut rooms: Vec<_> = logs
            .into_iter()
            .map(|(room, topic)| RoomSummary { people: people.remove(&room).unwrap_or(0), room, topic })
            .collect();
        let mut silent: Vec<_> = people
            .into_iter()
            .map(|(room, people)| RoomSummary { people, room: room.clone(), topic: String::new() })
            .collect();
        silent.sort_by(|a, b| a.room.as_str().cmp(b.room.as_str()));
        rooms.extend(silent);
        rooms.truncate(limits::LISTED_ROOMS);
        Ok(rooms)
    }

    /// The next part of a room's log after a cursor, up to `up_to` at most, or why it can't go on from there.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn missed(
        &self,
        room: &Room,
        after: &Cursor,
        up_to: u64,
    ) -> Result<Result<Part, ResetReason>, EngineError> {
        let up_to = up_to.min(after.seq.saturating_add(limits::PAGE_EVENTS as u64));
        let ticket = match room.missed.lock().find(after, up_to) {
            Ok(part) => return Ok(Ok(part)),
            Err(ticket) => ticket,
        };
        let events = match self.engine.since(&room.name, after, up_to).await? {
            Since::Events(page) => page.events,
            Since::Reset(reason) => return Ok(Err(reason)),
        };
        let Some(last) = events.last() else {
            return Ok(Ok(Part { frame: Bytes::new(), as_of: after.clone() }));
        };
        let as_of = Cursor { epoch: after.epoch.clone(), seq: last.seq, hash: last.hash.clone() };
        let (name, told) = (room.name.clone(), as_of.clone());
        let message = ServerMessage::Missed { room: name, as_of: told, events, roster: None, topic: String::new() };
        let part = Part { frame: frame::rich(&message), as_of };
        room.missed.lock().keep(ticket, after.clone(), up_to, part.clone(), Instant::now());
        Ok(Ok(part))
    }

    /// A part of a room's past for a reader, with the place up to which it is true.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn page(&self, room: &Room, of: PageOf, reader: &Session) -> Result<(Cursor, Page), EngineError> {
        let as_of = room.shown();
        let reading = Reading { up_to: as_of.seq, reader: reader.id.clone() };
        let page = self.engine.page(&room.name, of, reading).await?;
        Ok((as_of, page))
    }

    /// The newest messages that a search finds in a room, or in all that the connection is in: no others are looked
    /// through.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`], or that nothing can be read.
    pub async fn search(
        &self,
        connection: &Connection,
        reader: &Session,
        room: Option<&RoomName>,
        what: Search,
    ) -> Result<Found, ErrorCode> {
        let rooms = match room {
            Some(room) => vec![self.room_of(connection, room).ok_or(ErrorCode::NotInRoom)?],
            None => connection.rooms(),
        };
        let rooms = rooms.iter().map(|room| room.name.clone()).collect();
        Ok(self.engine.search(rooms, what, reader.id.clone()).await?)
    }

    /// The room, if the connection is in it.
    pub fn room_of(&self, connection: &Connection, room: &RoomName) -> Option<Arc<Room>> {
        self.known_room(room).filter(|room| room.has(connection))
    }
}

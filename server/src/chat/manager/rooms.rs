//! Loads rooms, and lets connections join and leave them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor::message::RoomSummary;
use parlor::{Cursor, Epoch, ErrorCode, RoomName, limits};
use sha2::{Digest, Sha256};

use super::super::roster::Departure;
use super::super::{Connection, Room, Session};
use super::ConnectionManager;
use super::room_cache::Lookup;
use crate::engine::EngineError;

/// Cancels the loading of a room when the caller has finished or is cancelled.
struct LoadGuard<'a> {
    manager: &'a ConnectionManager,
    name: &'a RoomName,
}

impl Drop for LoadGuard<'_> {
    fn drop(&mut self) {
        self.manager.rooms.lock().cancel_loading(self.name);
    }
}

impl ConnectionManager {
    /// The room with this name, loaded if necessary. A room without events has no log and is not stored, so that
    /// visiting an address creates no room.
    ///
    /// Cancel safe: other callers that load the same room continue.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the engine cannot read the log.
    pub async fn room(&self, name: &RoomName) -> Result<Arc<Room>, ErrorCode> {
        let lookup = self.rooms.lock().look_up(name);
        if let Lookup::Loaded(room) = lookup {
            return Ok(room);
        }
        let _guard = LoadGuard { manager: self, name };
        loop {
            let end = self.engine.log_end(name).await?.unwrap_or_else(|| Cursor::start(self.epoch_without_log(name)));
            let topic = self.engine.topic(name).await?;
            let room = self.rooms.lock().finish_loading(name, end, topic);
            if let Some(room) = room {
                return Ok(room);
            }
        }
    }

    /// The epoch of a room without a log. It is the same for the life of the process, so that the log gets the epoch
    /// that clients already have, even if the room was evicted in the meantime.
    fn epoch_without_log(&self, name: &RoomName) -> Epoch {
        let hash = Sha256::new().chain_update(self.epoch_key).chain_update(name.as_str()).finalize();
        Epoch(URL_SAFE_NO_PAD.encode(&hash[..8]))
    }

    pub(super) fn loaded_room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms.lock().get(name)
    }

    /// The rooms that a connection has joined. They are in memory as long as they have members.
    pub(super) fn rooms_of(&self, connection: &Connection) -> Vec<Arc<Room>> {
        let names = connection.room_names();
        let rooms = self.rooms.lock();
        names.iter().filter_map(|name| rooms.get(name)).collect()
    }

    /// Number of rooms in memory.
    pub fn rooms_in_memory(&self) -> usize {
        self.rooms.lock().len()
    }

    /// Makes a plain connection a member. It receives every message from now on.
    pub fn join_plain(&self, connection: &Arc<Connection>, room: &Arc<Room>) {
        room.add_member(connection);
        room.go_live(connection);
    }

    /// Makes a rich connection a member and returns the cursor at which its history ends. After [`Room::go_live`] the
    /// connection receives every event after that cursor.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyRooms`], or [`ErrorCode::Unavailable`] if the room cannot be loaded.
    pub async fn join(
        &self,
        connection: &Arc<Connection>,
        session: &Session,
        name: &RoomName,
    ) -> Result<(Arc<Room>, Cursor), ErrorCode> {
        let room = self.room(name).await?;
        if room.has_member(connection) {
            return Ok((room.clone(), room.add_member(connection)));
        }
        if connection.room_count() >= limits::ROOMS_PER_CONNECTION {
            return Err(ErrorCode::TooManyRooms);
        }
        let (up_to, arrival) = {
            let sessions = self.sessions.lock();
            let up_to = room.add_member(connection);
            let away = sessions.is_away(&session.id);
            (up_to, sessions.author(&session.id).filter(|author| room.add_person(author, away)))
        };
        if let Some(author) = arrival {
            self.broadcast_user_join(&room, author).await;
        }
        Ok((room, up_to))
    }

    /// Removes a rich connection from a room.
    pub fn part(&self, connection: &Arc<Connection>, session: &Session, room: &RoomName) {
        if let Some(room) = self.loaded_room(room).filter(|room| room.has_member(connection)) {
            let sessions = self.sessions.lock();
            room.remove_member(connection);
            if sessions.author(&session.id).is_some() {
                room.remove_connection_of(&session.id, Departure::Left, Instant::now());
            }
        }
    }

    /// The rooms with a log, most recently active first, then the rooms with people but no log.
    ///
    /// # Errors
    /// The engine cannot read them.
    pub async fn list_rooms(&self) -> Result<Vec<RoomSummary>, EngineError> {
        let logs = self.engine.rooms(limits::LISTED_ROOMS).await?;
        let occupied: Vec<_> = self.rooms.lock().loaded().filter(|room| room.people_count() > 0).cloned().collect();
        let mut people: HashMap<_, _> = occupied.iter().map(|room| (&room.name, room.people_count())).collect();
        let mut rooms: Vec<_> = logs
            .into_iter()
            .map(|(room, topic)| RoomSummary { people: people.remove(&room).unwrap_or(0), room, topic })
            .collect();
        let mut without_log: Vec<_> = people
            .into_iter()
            .map(|(room, people)| RoomSummary { people, room: room.clone(), topic: String::new() })
            .collect();
        without_log.sort_by(|a, b| a.room.as_str().cmp(b.room.as_str()));
        rooms.extend(without_log);
        rooms.truncate(limits::LISTED_ROOMS);
        Ok(rooms)
    }

    /// The room, if the connection has joined it.
    pub fn joined_room(&self, connection: &Connection, room: &RoomName) -> Option<Arc<Room>> {
        self.loaded_room(room).filter(|room| room.has_member(connection))
    }
}

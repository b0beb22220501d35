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
use super::access::ReadableRoom;
use super::room_cache::Lookup;
use crate::access::{Action, Actor, ReadPermit, RoomKind, RoomPolicy, ServerAction};
use crate::engine::EngineError;
use crate::engine::room_names::{self, RoomNameKeys};

/// Cancels the loading of a room when the caller has finished or is cancelled.
struct LoadGuard<'a> {
    manager: &'a ConnectionManager,
    name: &'a RoomName,
}

impl Drop for LoadGuard<'_> {
    fn drop(&mut self) {
        let mut rooms = self.manager.rooms.lock();
        if rooms.cancel_loading(self.name) {
            self.manager.log.unsubscribe(self.name);
        }
    }
}

impl ConnectionManager {
    /// The room of a permit, loaded if necessary. A room without events has no log and is not stored, so that visiting
    /// an address creates no room.
    ///
    /// Cancel safe: other callers that load the same room continue.
    ///
    /// # Errors
    /// The engine cannot read the log.
    pub(super) async fn load_room(
        &self,
        permit: &ReadPermit,
        policy: Arc<RoomPolicy>,
    ) -> Result<Arc<Room>, EngineError> {
        let name = permit.room();
        let lookup = {
            let (mut rooms, mut evicted) = (self.rooms.lock(), Vec::new());
            let lookup = rooms.look_up(name, &mut evicted);
            evicted.iter().for_each(|room| self.log.unsubscribe(room));
            self.log.subscribe(name);
            lookup
        };
        if let Lookup::Loaded(room) = lookup {
            return Ok(room);
        }
        let _guard = LoadGuard { manager: self, name };
        loop {
            let end = self.log.log_end(permit).await?.unwrap_or_else(|| Cursor::start(self.epoch_without_log(name)));
            let topic = self.log.topic(permit).await?;
            let room = self.rooms.lock().finish_loading(name, end, topic, policy.clone());
            if let Some(room) = room {
                self.add_remote_people(&room);
                return Ok(room);
            }
        }
    }

    /// The epoch of a room without a log. It is the same on all nodes, so that the log gets the epoch that clients already
    /// have, wherever it begins.
    pub(super) fn epoch_without_log(&self, name: &RoomName) -> Epoch {
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

    /// Makes a plain connection a member. It receives every message from now on, and no join that was announced before.
    pub async fn join_plain(&self, connection: &Arc<Connection>, room: &Arc<Room>) {
        self.log.fence().await;
        room.add_member(connection);
        room.go_live(connection);
    }

    /// Makes a rich connection a member of a room and returns the cursor at which its history ends. After
    /// [`Room::go_live`] the connection receives every event after that cursor.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyRooms`].
    pub async fn join(
        &self,
        connection: &Arc<Connection>,
        session: &Session,
        ReadableRoom { room, .. }: &ReadableRoom,
    ) -> Result<Cursor, ErrorCode> {
        if room.has_member(connection) {
            return Ok(room.add_member(connection));
        }
        if connection.room_count() >= limits::ROOMS_PER_CONNECTION {
            return Err(ErrorCode::TooManyRooms);
        }
        let (up_to, arrival) = {
            let accounts = self.accounts.lock();
            let up_to = room.add_member(connection);
            let away = accounts.is_away(&session.account);
            (up_to, accounts.author(&session.account).filter(|author| room.add_person(author, away)))
        };
        if let Some(author) = arrival {
            self.broadcast_user_join(room, author).await;
        }
        Ok(up_to)
    }

    /// Removes a rich connection from a room.
    pub fn part(&self, connection: &Arc<Connection>, session: &Session, room: &Arc<Room>) {
        if room.has_member(connection) {
            let accounts = self.accounts.lock();
            room.remove_member(connection);
            if accounts.author(&session.account).is_some() {
                room.remove_connection_of(&session.account, Departure::Left, Instant::now());
            }
        }
    }

    /// The private rooms of a person by title, then the open rooms with a log, most recently active first, then the rooms
    /// with people but no log. Of two open rooms that can be confused, the topic names the other one.
    ///
    /// # Errors
    /// The engine cannot read them.
    pub async fn list_rooms(&self, session: Option<&Session>) -> Result<Vec<RoomSummary>, EngineError> {
        // Somebody without a session finds what a visitor finds.
        let actor = session.map_or(Actor::Plain { named: false }, |session| self.person(session));
        let mut rooms = Vec::new();
        if self.may_on_server(actor, ServerAction::Visit).is_err() {
            return Ok(rooms);
        }
        if let Actor::Bot { rooms: of_token, .. } = actor {
            return self.list_rooms_of_bot(of_token).await;
        }
        if let Some(session) = session {
            for (room, title) in self.directory.private_rooms(&session.account).await? {
                let people = self.loaded_room(&room).map_or(0, |room| room.people_count());
                rooms.push(RoomSummary { room, topic: String::new(), people, title });
            }
        }
        let logs = self.log.open_rooms(limits::LISTED_ROOMS).await?;
        let listed = |room: &&Arc<Room>| {
            let policy = room.policy();
            let is_open = policy.kind == RoomKind::Open && self.may(actor, Action::Find, &room.name, &policy).is_ok();
            is_open && !policy.archived && room.people_count() > 0
        };
        let occupied: Vec<_> = self.rooms.lock().loaded().filter(listed).cloned().collect();
        let mut people: HashMap<_, _> = occupied.iter().map(|room| (&room.name, room.people_count())).collect();
        let elsewhere: HashMap<RoomName, u32> = self.remote_people.lock().counts().collect();
        let open = logs.into_iter().map(|(room, topic)| {
            let people = people.remove(&room).unwrap_or_else(|| elsewhere.get(&room).copied().unwrap_or(0));
            RoomSummary { people, room, topic, title: String::new() }
        });
        rooms.extend(open);
        let mut without_log: Vec<_> = people
            .into_iter()
            .map(|(room, people)| RoomSummary {
                people,
                room: room.clone(),
                topic: String::new(),
                title: String::new(),
            })
            .collect();
        without_log.sort_by(|a, b| a.room.as_str().cmp(b.room.as_str()));
        rooms.extend(without_log);
        rooms.truncate(limits::LISTED_ROOMS);
        tell_apart(&mut rooms);
        Ok(rooms)
    }

    /// The rooms of a bot token that exist.
    async fn list_rooms_of_bot(&self, rooms: &[RoomName]) -> Result<Vec<RoomSummary>, EngineError> {
        let mut listed = Vec::new();
        for room in rooms {
            if let Some(policy) = self.existing_policy(room).await? {
                let people = self.loaded_room(room).map_or(0, |room| room.people_count());
                listed.push(RoomSummary { room: room.clone(), topic: String::new(), people, title: policy.title });
            }
        }
        Ok(listed)
    }

    /// The room, if the connection has joined it.
    pub fn joined_room(&self, connection: &Connection, room: &RoomName) -> Option<Arc<Room>> {
        self.loaded_room(room).filter(|room| room.has_member(connection))
    }
}

/// Prepends the name of another listed room to the topic of a room that can be mistaken for it.
fn tell_apart(rooms: &mut [RoomSummary]) {
    let names: Vec<_> = rooms.iter().map(|room| room.room.clone()).collect();
    let mut by_look: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.is_private()) {
        by_look.entry(RoomNameKeys::of(name).look).or_default().push(index);
    }
    for group in by_look.into_values().filter(|group| group.len() > 1) {
        for &index in &group {
            let other = group
                .iter()
                .find(|other| room_names::compare(&names[index], &names[**other]).is_some() && **other != index);
            if let Some(&other) = other {
                let topic = std::mem::take(&mut rooms[index].topic);
                let separator = if topic.is_empty() { "" } else { " · " };
                rooms[index].topic = format!("≈ #{}{separator}{topic}", names[other]);
            }
        }
    }
}

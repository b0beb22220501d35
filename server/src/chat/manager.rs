//! The way into the chat. The methods here are those of the server that Parlor started from; what the rich dialect has
//! beyond them is in [`rooms`], [`memberships`], [`mentions`], [`sessions`], [`presence`] and [`markers`], what is
//! done without a connection in [`visits`], and what goes on by itself in [`background`].

mod background;
mod markers;
mod memberships;
mod mentions;
mod presence;
mod room_cache;
mod rooms;
mod sessions;
mod visits;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::plain::PlainFrame;
use parlor::{Author, AuthorId, CloseCode, ErrorCode, Name};
use tokio::net::TcpStream;

use self::room_cache::RoomCache;
pub use self::rooms::History;
use super::people::People;
use super::room::Room;
use super::room_creation::RoomCreation;
use super::roster::After;
use super::{ClientAddress, Connection, ConnectionId, Dialect, LimitLog, Patience, Stay};
use crate::engine::{Append, Appending, Engine, Signal};
use crate::random;

/// All rooms and connections of this server.
#[derive(Debug)]
pub struct ConnectionManager {
    engine: Arc<dyn Engine>,
    config: ChatConfig,
    /// Makes the epochs of rooms that have no log yet.
    epoch_key: [u8; 16],
    next_id: AtomicU64,
    connections: Mutex<HashMap<ConnectionId, Open>>,
    rooms: Mutex<RoomCache>,
    room_creation: RoomCreation,
    people: Mutex<People>,
    limit_log: Arc<LimitLog>,
}

/// What can be set of the chat.
#[derive(Clone, Copy, Debug)]
pub struct ChatConfig {
    /// How long silence, slowness and namelessness are put up with.
    pub patience: Patience,
    /// How long a name is held for a session without a connection.
    pub grace: Duration,
    /// Whether rates and quotas hold.
    pub limits_on: bool,
    /// Rooms without members that stay in memory, at least.
    pub rooms_in_memory: usize,
}

#[derive(Debug)]
struct Open {
    connection: Arc<Connection>,
    /// Who it is: a session, or a plain client with a name.
    identity: Option<AuthorId>,
}

impl ConnectionManager {
    /// A manager of rooms whose logs `engine` keeps. [`deliver`](Self::deliver) has to run for anything to be shown.
    pub fn new(engine: Arc<dyn Engine>, config: ChatConfig) -> Arc<Self> {
        Arc::new(Self {
            engine,
            config,
            epoch_key: random::bytes(),
            next_id: AtomicU64::new(1),
            connections: Mutex::default(),
            rooms: Mutex::new(RoomCache::new(config.rooms_in_memory)),
            room_creation: RoomCreation::new(config.limits_on),
            people: Mutex::new(People::new(config.limits_on)),
            limit_log: Arc::default(),
        })
    }

    /// Where it is logged which limit refuses whom.
    pub fn limit_log(&self) -> Arc<LimitLog> {
        self.limit_log.clone()
    }

    /// Takes in an upgraded socket. It is out again when the returned guard is dropped.
    pub fn connect(self: &Arc<Self>, stream: TcpStream, address: ClientAddress, dialect: Dialect) -> Stay {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let connection = Connection::new(id, address, dialect, stream);
        let open = Open { connection: connection.clone(), identity: None };
        self.connections.lock().insert(connection.id, open);
        Stay { manager: self.clone(), connection }
    }

    /// Takes a connection out of everything it is in; a close frame may still be on its way. [`Stay`] calls it.
    pub(super) fn disconnect(&self, connection: &Arc<Connection>) {
        let now = Instant::now();
        let identity = self.connections.lock().remove(&connection.id).and_then(|open| open.identity);
        let mut people = self.people.lock();
        let after = if connection.dialect == Dialect::Plain { After::Gone } else { After::Expected };
        for room in connection.rooms() {
            if let Some(id) = &identity
                && people.author(id).is_some()
            {
                room.person_exits(id, after, now);
            }
            room.exit(connection);
        }
        match (&identity, connection.dialect) {
            (Some(id), Dialect::Plain) => people.release(id),
            (Some(id), Dialect::Rich) => {
                people.depart(id, connection.id, now);
                presence::stand(&people, id);
            }
            (None, _) => {}
        }
    }

    /// Gives a plain connection its name and tells its room; a name that is taken ends the connection.
    ///
    /// # Errors
    /// Why it has no name now.
    pub async fn register_user(&self, connection: &Arc<Connection>, name: &str) -> Result<Author, ErrorCode> {
        let author = Name::parse(name).and_then(|name| {
            let author = Author { id: AuthorId(random::text::<12>().into()), name };
            let mut people = self.people.lock();
            people.reserve(&author.id, &author.name).map_err(|_| ErrorCode::NameTaken)?;
            people.call(&author);
            Ok(author)
        });
        let author = author.inspect_err(|&code| {
            connection.send_plain(&PlainFrame::refused(code));
            connection.close(CloseCode::NORMAL, "");
        })?;
        if let Some(open) = self.connections.lock().get_mut(&connection.id) {
            open.identity = Some(author.id.clone());
        }
        connection.introduce();
        for room in connection.rooms() {
            if room.person_enters(&author, false) {
                self.broadcast_user_join(&room, author.clone()).await;
            }
        }
        Ok(author)
    }

    /// Puts a message, or what happens to one, into a room's log; the room shows it when it is there. A room gets its
    /// log with its first event, at the rate at which the author and the address may create rooms.
    ///
    /// # Errors
    /// Why it can't be taken.
    pub async fn broadcast(
        &self,
        room: &Room,
        address: ClientAddress,
        mut what: Append,
    ) -> Result<Appending, ErrorCode> {
        if what.operation.begins_log() && room.needs_permission_to_begin() {
            let taken = self.room_creation.take(&what.author.id, address, Instant::now());
            taken.map_err(|(code, limit)| {
                self.limit_log.reached(address, limit);
                code
            })?;
            room.may_begin();
        }
        if let Some((body, mentions)) = what.operation.text_mut() {
            *mentions = self.resolve_mentions(room, body).await?;
        }
        Ok(self.engine.append(what).await?)
    }

    /// Tells a room that somebody is new there.
    pub async fn broadcast_user_join(&self, room: &Room, author: Author) {
        self.engine.signal(room.name.clone(), Signal::Joined(author)).await;
        self.tell_presence(room, Instant::now()).await;
    }
}

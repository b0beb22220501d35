//! The interface of the chat for the layers above.
//!
//! The methods in this file are those of the chat server that Parlor is based on (`server/tests/reference`). The rich
//! dialect also uses [`rooms`], [`history`], [`memberships`], [`mentions`], [`sessions`], [`presence`] and
//! [`read_markers`]. HTML forms use [`form_sessions`]. Periodic work and the delivery of events are in [`background`].

mod background;
mod connection_guard;
mod form_sessions;
mod history;
mod memberships;
mod mentions;
mod presence;
mod read_markers;
mod room_cache;
mod rooms;
mod sessions;

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::plain::PlainFrame;
use parlor::{Author, AuthorId, CloseCode, ErrorCode, Name};
use tokio::net::TcpStream;

pub use self::connection_guard::ConnectionGuard;
pub use self::history::History;
use self::room_cache::RoomCache;
use super::connection_registry::ConnectionRegistry;
use super::room::Room;
use super::room_creation_limiter::RoomCreationLimiter;
use super::roster::Departure;
use super::session_registry::SessionRegistry;
use super::{ClientAddress, Connection, Dialect, LimitLog, Timeouts};
use crate::engine::{Append, Engine, PendingAppend, Signal};
use crate::random;

/// All rooms and connections of this server.
#[derive(Debug)]
pub struct ConnectionManager {
    engine: Arc<dyn Engine>,
    config: ChatConfig,
    /// A random key, from which the epochs of rooms without a log are derived.
    epoch_key: [u8; 16],
    connections: ConnectionRegistry,
    rooms: Mutex<RoomCache>,
    room_creation: RoomCreationLimiter,
    sessions: Mutex<SessionRegistry>,
    limit_log: Arc<LimitLog>,
}

/// The settings of the chat.
#[derive(Clone, Copy, Debug)]
pub struct ChatConfig {
    /// The timeouts of every connection.
    pub timeouts: Timeouts,
    /// The grace period: how long a session without a connection holds its name.
    pub grace: Duration,
    /// Whether rate limits and quotas apply.
    pub limits_on: bool,
    /// Number of rooms that stay in memory even without members. More are evicted when needed.
    pub rooms_in_memory: usize,
}

impl ConnectionManager {
    /// A manager whose room logs are stored by `engine`. Clients receive events only while
    /// [`deliver`](Self::deliver) runs.
    pub fn new(engine: Arc<dyn Engine>, config: ChatConfig) -> Arc<Self> {
        Arc::new(Self {
            engine,
            config,
            epoch_key: random::bytes(),
            connections: ConnectionRegistry::new(),
            rooms: Mutex::new(RoomCache::new(config.rooms_in_memory)),
            room_creation: RoomCreationLimiter::new(config.limits_on),
            sessions: Mutex::new(SessionRegistry::new(config.limits_on)),
            limit_log: Arc::default(),
        })
    }

    /// The log of clients that have reached a limit.
    pub fn limit_log(&self) -> Arc<LimitLog> {
        self.limit_log.clone()
    }

    /// Registers an upgraded socket as a connection. It is disconnected when the returned guard is dropped.
    pub fn connect(self: &Arc<Self>, stream: TcpStream, address: ClientAddress, dialect: Dialect) -> ConnectionGuard {
        ConnectionGuard { manager: self.clone(), connection: self.connections.open(stream, address, dialect) }
    }

    /// Removes a connection from its rooms, its session and the registry. Called when a [`ConnectionGuard`] is dropped.
    /// A close frame may still be in the write queue.
    pub(super) fn disconnect(&self, connection: &Arc<Connection>) {
        let now = Instant::now();
        let identity = self.connections.remove(connection.id);
        let mut sessions = self.sessions.lock();
        let departure = if connection.dialect == Dialect::Plain { Departure::Left } else { Departure::MayReturn };
        for room in self.rooms_of(connection) {
            if let Some(id) = &identity
                && sessions.author(id).is_some()
            {
                room.remove_connection_of(id, departure, now);
            }
            room.remove_member(connection);
        }
        match (&identity, connection.dialect) {
            (Some(id), Dialect::Plain) => sessions.release_name(id),
            (Some(id), Dialect::Rich) => {
                sessions.remove_connection(id, connection.id, now);
                self.update_away(&sessions, id);
            }
            (None, _) => {}
        }
    }

    /// Gives a plain connection its name and announces it in its room. On an error the client receives the reason and
    /// the connection is closed.
    ///
    /// # Errors
    /// The reason why the name is invalid, or [`ErrorCode::NameTaken`].
    pub async fn register_user(&self, connection: &Arc<Connection>, name: &str) -> Result<Author, ErrorCode> {
        let author = Name::parse(name).and_then(|name| {
            let author = Author { id: AuthorId(random::text::<12>().into()), name };
            let mut sessions = self.sessions.lock();
            sessions.reserve_name(&author.id, &author.name).map_err(|_| ErrorCode::NameTaken)?;
            sessions.set_display_name(&author);
            Ok(author)
        });
        let author = author.inspect_err(|&code| {
            connection.send_plain(&PlainFrame::refused(code));
            connection.close(CloseCode::NORMAL, "");
        })?;
        self.connections.set_identity(connection.id, &author.id);
        connection.mark_registered();
        for room in self.rooms_of(connection) {
            if room.add_person(&author, false) {
                self.broadcast_user_join(&room, author.clone()).await;
            }
        }
        Ok(author)
    }

    /// Submits an operation to a room's log; the name is that of the reference server. Members receive its event after
    /// the commit. The first event of a room
    /// creates its log, at the rate at which the author and the address may create rooms.
    ///
    /// # Errors
    /// [`ErrorCode::TooFast`] if too many rooms are created, or the engine's reason to refuse the operation.
    pub async fn broadcast(
        &self,
        room: &Room,
        address: ClientAddress,
        mut append: Append,
    ) -> Result<PendingAppend, ErrorCode> {
        if append.operation.begins_log() && room.needs_creation_permission() {
            let taken = self.room_creation.take(&append.author.id, address, Instant::now());
            taken.map_err(|(code, limit)| {
                self.limit_log.reached(address, limit);
                code
            })?;
            room.allow_creation();
        }
        if let Some((body, mentions)) = append.operation.text_mut() {
            *mentions = self.resolve_mentions(room, body).await?;
        }
        Ok(self.engine.append(append).await?)
    }

    /// Announces to a room that a person has joined it.
    pub async fn broadcast_user_join(&self, room: &Room, author: Author) {
        self.engine.signal(room.name.clone(), Signal::Joined(author)).await;
        self.broadcast_presence(room, Instant::now()).await;
    }
}

//! The way into the chat. The first five methods are those of the server that Parlor started from; the others are what
//! the rich dialect has beyond it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::message::{PageOf, Roster, ServerMessage};
use parlor::plain::PlainFrame;
use parlor::{Author, AuthorId, CloseCode, Cursor, Epoch, ErrorCode, Name, RoomName, limits};
use tokio::net::TcpStream;

use super::people::People;
use super::room::Room;
use super::roster::After;
use super::{Connection, ConnectionId, Dialect, Patience, Session, Stay};
use crate::engine::{Append, Appending, Deliveries, Delivery, Engine, EngineError, Note, Page, Signal, Since};
use crate::random;

/// All rooms and connections of this server.
#[derive(Debug)]
pub struct ConnectionManager {
    engine: Arc<dyn Engine>,
    patience: Patience,
    /// How long a name is held for a session without a connection.
    grace: Duration,
    next_id: AtomicU64,
    connections: Mutex<HashMap<ConnectionId, Open>>,
    rooms: Mutex<HashMap<RoomName, Arc<Room>>>,
    people: Mutex<People>,
}

#[derive(Debug)]
struct Open {
    connection: Arc<Connection>,
    /// Who it is: a session, or a plain client with a name.
    identity: Option<AuthorId>,
}

/// A room's newest part, as a page or a snapshot shows it.
#[derive(Clone, Debug)]
pub struct History {
    /// The place of its end.
    pub as_of: Cursor,
    /// The events.
    pub page: Page,
    /// Who is there.
    pub roster: Roster,
}

impl ConnectionManager {
    /// A manager of rooms whose logs `engine` keeps. [`deliver`](Self::deliver) has to run for anything to be shown.
    pub fn new(engine: Arc<dyn Engine>, patience: Patience, grace: Duration) -> Arc<Self> {
        Arc::new(Self {
            engine,
            patience,
            grace,
            next_id: AtomicU64::new(1),
            connections: Mutex::default(),
            rooms: Mutex::default(),
            people: Mutex::default(),
        })
    }

    // ---- the spec's methods ----

    /// Takes in an upgraded socket. It is out again when the returned guard is dropped.
    pub fn connect(self: &Arc<Self>, stream: TcpStream, dialect: Dialect) -> Stay {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let connection = Connection::new(id, dialect, stream);
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
            (Some(id), Dialect::Rich) => people.depart(id, connection.id, now),
            (None, _) => {}
        }
    }

    /// Gives a plain connection its name and tells its room; a name that is taken ends the connection.
    ///
    /// # Errors
    /// Why it has no name now.
    pub async fn register_user(&self, connection: &Arc<Connection>, name: &str) -> Result<Author, ErrorCode> {
        let author = Name::parse(name).and_then(|name| {
            let author = Author { id: AuthorId(random::text::<12>()), name };
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
            if room.person_enters(&author) {
                self.broadcast_user_join(&room, author.clone()).await;
            }
        }
        Ok(author)
    }

    /// Puts a message into a room's log; the room shows it when it is there.
    ///
    /// # Errors
    /// Why it can't be taken.
    pub async fn broadcast(&self, message: Append) -> Result<Appending, ErrorCode> {
        Ok(self.engine.append(message).await?)
    }

    /// Tells a room that somebody is new there.
    pub async fn broadcast_user_join(&self, room: &Room, author: Author) {
        self.engine.signal(room.name.clone(), Signal::Joined(author)).await;
        self.tell_presence(room, Instant::now()).await;
    }

    // ---- rooms ----

    /// The room of this name; a new one if there is none.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyRooms`], or that the engine can't say.
    pub async fn room(&self, name: &RoomName) -> Result<Arc<Room>, ErrorCode> {
        if let Some(room) = self.known_room(name) {
            return Ok(room);
        }
        // A room that nobody has written in is kept nowhere, so that looking at addresses makes none.
        let end = self.engine.end(name).await?.unwrap_or_else(|| Cursor::start(Epoch(random::text::<8>())));
        let mut rooms = self.rooms.lock();
        if rooms.len() >= limits::ROOMS {
            rooms.retain(|_, room| !room.is_idle() || Arc::strong_count(room) > 1);
        }
        if rooms.len() >= limits::ROOMS && !rooms.contains_key(name) {
            return Err(ErrorCode::TooManyRooms);
        }
        Ok(rooms.entry(name.clone()).or_insert_with(|| Room::new(name.clone(), end)).clone())
    }

    fn known_room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms.lock().get(name).cloned()
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
            (up_to, people.author(&session.id).filter(|author| room.person_enters(author)))
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

    /// The newest part of a room up to `up_to`, or up to what is shown at the moment.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn history(&self, room: &Room, up_to: Option<Cursor>) -> Result<History, ErrorCode> {
        let as_of = up_to.unwrap_or_else(|| room.shown());
        let page = self.engine.newest(&room.name, as_of.seq).await?;
        Ok(History { as_of, page, roster: room.roster() })
    }

    /// What a room's log has after a cursor, up to `up_to`.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn since(&self, room: &Room, cursor: &Cursor, up_to: u64) -> Result<Since, EngineError> {
        self.engine.since(&room.name, cursor, up_to).await
    }

    /// A part of a room's past, with the place up to which it is true.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn page(&self, room: &Room, of: PageOf) -> Result<(Cursor, Page), EngineError> {
        let as_of = room.shown();
        let page = self.engine.page(&room.name, of, as_of.seq).await?;
        Ok((as_of, page))
    }

    /// The room, if the connection is in it.
    pub fn room_of(&self, connection: &Connection, room: &RoomName) -> Option<Arc<Room>> {
        self.known_room(room).filter(|room| room.has(connection))
    }

    // ---- sessions and their names ----

    /// One more connection of a session. Returns the name that it holds.
    pub fn attach(&self, connection: &Arc<Connection>, session: &Session) -> Option<Name> {
        if let Some(open) = self.connections.lock().get_mut(&connection.id) {
            open.identity = Some(session.id.clone());
        }
        connection.introduce();
        let mut people = self.people.lock();
        people.arrive(&session.id, connection);
        people.author(&session.id).map(|author| author.name)
    }

    /// Who a session is, if it holds a name.
    pub fn author(&self, session: &Session) -> Option<Author> {
        self.people.lock().author(&session.id)
    }

    /// Gives a session a name, in place of the one it has, and tells all its connections.
    ///
    /// # Errors
    /// Why not.
    pub async fn claim(&self, session: &Session, name: &str) -> Result<(), ErrorCode> {
        let author = Author { id: session.id.clone(), name: Name::parse(name)? };
        self.people.lock().reserve(&author.id, &author.name).map_err(|_| ErrorCode::NameTaken)?;
        if let Err(error) = self.engine.note(Note::Holds(author.clone())).await {
            self.people.lock().give_up(&author.id);
            return Err(error.into());
        }
        let mut arrivals = Vec::new();
        {
            let mut people = self.people.lock();
            let before = people.call(&author);
            for connection in people.connections(&session.id) {
                connection.send_rich(&ServerMessage::Claimed { name: author.name.clone() });
                for room in connection.rooms() {
                    if before.is_some() {
                        room.person_is_renamed(&author);
                    } else if room.person_enters(&author) {
                        arrivals.push(room);
                    }
                }
            }
        }
        for room in arrivals {
            self.broadcast_user_join(&room, author.clone()).await;
        }
        Ok(())
    }

    /// Frees a session's name at once and tells all its connections.
    pub async fn leave(&self, session: &Session) {
        {
            let mut people = self.people.lock();
            if people.author(&session.id).is_none() {
                return;
            }
            people.release(&session.id);
            for connection in people.connections(&session.id) {
                connection.send_rich(&ServerMessage::Unnamed);
            }
            for room in self.rooms.lock().values() {
                room.person_leaves(&session.id);
            }
        }
        self.forget_holder(session.id.clone()).await;
    }

    async fn forget_holder(&self, id: AuthorId) {
        // If this can't be written, a restart holds the name for one more grace period: no harm.
        let _ = self.engine.note(Note::HoldsNothing(id)).await;
    }

    /// Takes in who held a name when the last process ended.
    ///
    /// # Errors
    /// Why that can't be read.
    pub async fn restore(&self) -> Result<(), EngineError> {
        let (holders, now) = (self.engine.holders().await?, Instant::now());
        let mut people = self.people.lock();
        holders.iter().for_each(|author| people.restore(author, now));
        Ok(())
    }

    /// Keeps how far a session has read a room, and tells its other connections.
    ///
    /// # Errors
    /// Why it can't be kept.
    pub async fn mark_read(
        &self,
        connection: &Connection,
        session: &Session,
        room: &Room,
        seq: u64,
    ) -> Result<(), ErrorCode> {
        let seq = seq.min(room.shown().seq);
        let (who, name) = (session.id.clone(), room.name.clone());
        self.engine.note(Note::HasRead { who, room: name.clone(), seq }).await?;
        for other in self.people.lock().connections(&session.id) {
            if other.id != connection.id && room.has(&other) {
                other.send_rich(&ServerMessage::Read { room: name.clone(), seq });
            }
        }
        Ok(())
    }

    /// How far a session has read a room, if it has told.
    ///
    /// # Errors
    /// Why that can't be read.
    pub async fn read_up_to(&self, session: &Session, room: &Room) -> Result<Option<u64>, EngineError> {
        self.engine.read_up_to(&session.id, &room.name).await
    }

    /// See [`Engine::failures`].
    pub fn failures(&self) -> u64 {
        self.engine.failures()
    }

    // ---- what goes on in the background ----

    /// Brings what the engine delivers to the rooms, until the engine is gone.
    pub async fn deliver(&self, mut deliveries: Deliveries) {
        let mut batch = Vec::new();
        while deliveries.recv_many(&mut batch, 256).await > 0 {
            for delivery in batch.drain(..) {
                match delivery {
                    Delivery::Committed { room, event } => {
                        if let Some(room) = self.known_room(&room) {
                            room.commit(event);
                        }
                    }
                    Delivery::Signal { room, signal } => {
                        if let Some(room) = self.known_room(&room) {
                            room.signal(signal);
                        }
                    }
                }
            }
        }
    }

    /// What has to be looked at once a second: heartbeats, deadlines, leases, and who came and went.
    pub async fn sweep(&self, now: Instant) {
        let connections: Vec<_> = self.connections.lock().values().map(|open| open.connection.clone()).collect();
        for connection in connections {
            connection.check(now, &self.patience);
        }
        let late = self.people.lock().expire(now, self.grace);
        for id in late {
            self.forget_holder(id).await;
        }
        let rooms: Vec<_> = self.rooms.lock().values().cloned().collect();
        for room in rooms {
            room.expire(now, self.grace);
            self.tell_presence(&room, now).await;
        }
    }

    /// Tells rich clients who came and went, unless they were told a moment ago: the sweep makes up for it then.
    async fn tell_presence(&self, room: &Room, now: Instant) {
        if let Some(presence) = room.presence(now) {
            self.engine.signal(room.name.clone(), presence).await;
        }
    }

    /// Ends every connection with this code.
    pub fn close_all(&self, code: CloseCode, reason: &str) {
        for open in self.connections.lock().values() {
            open.connection.close(code, reason);
        }
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> usize {
        self.connections.lock().len()
    }
}

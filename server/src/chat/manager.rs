//! The interface of the chat for the layers above.
//!
//! The methods in this file are those of the chat server that Parlor is based on (`server/tests/reference`). The rich
//! dialect also uses [`rooms`], [`history`], [`joined_rooms`], [`mentions`], [`sessions`], [`names`], [`presence`] and
//! [`read_markers`]. HTML forms use [`form_sessions`], [`room_settings`], [`room_members`], [`invitations`], [`server`],
//! [`bots`] and [`recovery`]. All enter rooms by [`access`]. [`cluster`] is what nodes with the same database tell each other. Periodic work and the delivery of events are in
//! [`background`].

mod access;
mod background;
mod bots;
mod cluster;
mod connection_guard;
mod ended_rights;
mod form_sessions;
mod history;
mod invitations;
mod joined_rooms;
mod mentions;
mod names;
mod presence;
mod read_markers;
mod recovery;
mod room_cache;
mod room_members;
mod room_removal;
mod room_settings;
mod rooms;
mod server;
mod sessions;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::plain::PlainFrame;
use parlor::{Author, AuthorId, CloseCode, ErrorCode, Name, RoomName, limits};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;

pub use self::access::{EntryError, ReadableRoom};
pub use self::bots::new_bot_token;
pub use self::connection_guard::ConnectionGuard;
pub use self::history::History;
pub use self::invitations::{InvitationTerms, owner_link};
use self::room_cache::RoomCache;
pub use self::room_settings::SettingsError;
pub use self::sessions::SignedIn;
use super::account_registry::AccountRegistry;
use super::connection_registry::ConnectionRegistry;
use super::remote_people::RemotePeople;
use super::room::Room;
use super::room_creation_limiter::RoomCreationLimiter;
use super::roster::Departure;
use super::server_access::ServerAccess;
use super::session::TokenIssuer;
use super::{ClientAddress, Connection, Dialect, LimitLog, RateLimiter, Timeouts, TokenBucket};
use crate::access::{Action, Actor, ServerAction};
use crate::engine::{Append, Bus, Directory, EngineError, EventLog, NameHolder, Operation, PendingAppend, Signal};
use crate::random;

/// All rooms and connections of this server.
#[derive(Debug)]
pub struct ConnectionManager {
    log: Arc<dyn EventLog>,
    directory: Arc<dyn Directory>,
    bus: Arc<dyn Bus>,
    tokens: TokenIssuer,
    config: ChatConfig,
    /// A key of the stored data, from which the epochs of rooms without a log are derived.
    epoch_key: [u8; 32],
    connections: ConnectionRegistry,
    rooms: Mutex<RoomCache>,
    room_creation: RoomCreationLimiter,
    accounts: Mutex<AccountRegistry>,
    remote_people: Mutex<RemotePeople>,
    limit_log: Arc<LimitLog>,
    server: ServerAccess,
    recovery_tries: RateLimiter<ClientAddress>,
    /// Held while a room's settings are changed, from the check of who changes them until the room in memory has the new
    /// ones: a second change can't be checked against what the first one ends.
    settings_lock: tokio::sync::Mutex<()>,
    /// Number of changes of settings so far, for a room that is loaded at the same time.
    policy_changes: AtomicU64,
    /// The counter of the last ended right that has taken effect here.
    ended_rights_seen: AtomicU64,
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
    /// A manager whose room logs are stored by `log`, and all else by `directory`. `bus` carries messages to other nodes. Accounts that held a name when the last
    /// process ended hold it again. Clients receive events only while [`deliver`](Self::deliver) runs.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn new(
        log: Arc<dyn EventLog>,
        directory: Arc<dyn Directory>,
        bus: Arc<dyn Bus>,
        config: ChatConfig,
    ) -> Result<Arc<Self>, EngineError> {
        let secret_key = directory.secret_key().await?;
        let ended_rights_seen = directory.ended_rights(0).await?.last().map_or(0, |ended| ended.counter);
        let server = ServerAccess::new(directory.server_policy().await?, directory.server_roles().await?);
        let mut accounts = AccountRegistry::new(config.limits_on);
        let now = Instant::now();
        let recovery_tries =
            TokenBucket::per_hour(limits::RECOVERY_TRIES_PER_MINUTE, 60 * limits::RECOVERY_TRIES_PER_MINUTE, now);
        directory.names_held_before().await?.iter().for_each(|author| accounts.restore(author, now));
        Ok(Arc::new(Self {
            log,
            directory,
            bus,
            tokens: TokenIssuer::new(&secret_key),
            config,
            epoch_key: Sha256::new().chain_update(b"parlor epochs\0").chain_update(secret_key).finalize().into(),
            connections: ConnectionRegistry::new(),
            rooms: Mutex::new(RoomCache::new(config.rooms_in_memory)),
            room_creation: RoomCreationLimiter::new(config.limits_on),
            accounts: Mutex::new(accounts),
            remote_people: Mutex::default(),
            limit_log: Arc::default(),
            server,
            recovery_tries: RateLimiter::new(recovery_tries.if_limited(config.limits_on)),
            settings_lock: tokio::sync::Mutex::new(()),
            policy_changes: AtomicU64::new(0),
            ended_rights_seen: AtomicU64::new(ended_rights_seen),
        }))
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
        let mut accounts = self.accounts.lock();
        let departure = if connection.dialect == Dialect::Plain { Departure::Left } else { Departure::MayReturn };
        for room in self.rooms_of(connection) {
            if let Some(id) = &identity
                && accounts.author(id).is_some()
            {
                room.remove_connection_of(id, departure, now);
            }
            room.remove_member(connection);
        }
        match (&identity, connection.dialect) {
            (Some(id), Dialect::Plain) => {
                accounts.release_name(id);
                self.directory.forget_name(id, NameHolder::Connection);
            }
            (Some(id), Dialect::Rich) => {
                accounts.remove_connection(id, connection.id, now);
                self.update_away(&accounts, id);
            }
            (None, _) => {}
        }
    }

    /// Gives a plain connection its name and announces it in its room. On an error the client receives the reason and
    /// the connection is closed.
    ///
    /// # Errors
    /// The reason why the name is invalid, [`ErrorCode::NameTaken`], or [`ErrorCode::MembersOnly`] without a bot token
    /// where writing needs an invitation.
    pub async fn register_user(&self, connection: &Arc<Connection>, name: &str) -> Result<Author, ErrorCode> {
        let claimed = match self.may_on_server(self.plain_actor(connection), ServerAction::Write) {
            Ok(()) => self.claim_connection_name(name).await,
            Err(code) => Err(code),
        };
        let author = claimed.inspect_err(|&code| {
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
        // The client receives the notice of its own join before the answer to anything that it sends next.
        self.log.fence().await;
        Ok(author)
    }

    fn plain_actor(&self, connection: &Connection) -> Actor<'static> {
        // Which rooms a bot's token is for does not matter for its name.
        match self.connections.bot(connection.id) {
            Some(_) => Actor::Bot { rooms: &[], named: false },
            None => Actor::Plain { named: false },
        }
    }

    async fn claim_connection_name(&self, name: &str) -> Result<Author, ErrorCode> {
        let author = Author { id: AuthorId(random::text::<12>().into()), name: Name::parse(name)? };
        self.directory.claim_name(&author, NameHolder::Connection).await?;
        self.accounts.lock().set_display_name(&author);
        Ok(author)
    }

    /// Submits an operation to a room's log; the name is that of the reference server. Members receive its event after
    /// the commit. The first event of a room
    /// creates its log, at the rate at which the author and the address may create rooms.
    ///
    /// # Errors
    /// Those of [`may`], [`ErrorCode::TooFast`] if too many rooms are created, or the engine's reason to refuse the
    /// operation.
    pub async fn broadcast(
        &self,
        actor: Actor<'_>,
        room: &Room,
        address: ClientAddress,
        mut append: Append,
    ) -> Result<PendingAppend, ErrorCode> {
        let action = match &append.operation {
            Operation::Post { .. } => Action::Post,
            Operation::Edit { .. } | Operation::Delete { .. } => Action::Change,
            Operation::React { .. } => Action::React,
            Operation::Topic { .. } => Action::SetTopic,
        };
        let policy = room.policy();
        let permit = self.permit_reading(actor, &room.name, &policy)?;
        if let Err(code) = self.may(actor, action, &room.name, &policy) {
            // An operation that was accepted while it was allowed is in the log: its retry is no new one.
            let receipt = self.log.receipt(&permit, &append.author.id, &append.client_id).await?;
            return receipt.map(PendingAppend::repeated).ok_or(code);
        }
        if append.operation.begins_log() && !policy.has_owner() && room.needs_creation_permission() {
            if room.name != RoomName::default() {
                self.may_on_server(actor, ServerAction::CreateRoom)?;
            }
            let taken = self.room_creation.take(&append.author.id, address, Instant::now());
            taken.map_err(|(code, limit)| {
                self.limit_log.reached(address, limit);
                code
            })?;
            room.allow_creation();
        }
        if let Some((body, mentions)) = append.operation.text_mut() {
            *mentions = self.resolve_mentions(room, &permit, body).await?;
        }
        Ok(self.log.append(append).await?)
    }

    /// Announces to a room that a person has joined it.
    pub async fn broadcast_user_join(&self, room: &Room, author: Author) {
        self.log.signal(room.name.clone(), Signal::Joined(author)).await;
        self.broadcast_presence(room, Instant::now()).await;
    }
}

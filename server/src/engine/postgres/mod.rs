//! The engine for several nodes: PostgreSQL, which they share.
//!
//! - Connections: [`config`] says where the database is, [`tls`] how connections are encrypted, and [`connection`] opens
//!   them, with several hosts. A [`pool`] keeps them, whose failures the [`failure_log`] limits, and [`session`] runs the
//!   statements of [`sql`](super::sql) on them, in [`transactions`] with [`advisory_lock`]s. [`schema`] has the migrations.
//! - Nodes: [`nodes`] has their leases in the database, [`lease`] this node's own, and [`lease_keeper`] renews it.
//! - Logs: the [`writer`] collects operations, [`commit`] commits them and finds out whether that succeeded, and a [`batch`]
//!   is one transaction. The [`follower`] delivers what this and other nodes have committed, by an [`event_reader`].
//! - Searching: the [`search`](super::search) index is a file of this node, which is made from the logs ([`log_source`]).
//! - Names: [`names`] are in the database ([`name_directory`]).
//! - Notifications: the [`publisher`] sends them, and the [`listener`] receives them. Their order is the one in which all
//!   nodes show things: [`fences`] wait for it, [`own_joins`] are shown in it, and [`other_nodes`] knows whether there are
//!   others.
//! - [`admin`] is for commands beside running nodes.

mod admin;
mod advisory_lock;
mod batch;
mod commit;
mod config;
mod connection;
mod event_reader;
mod failure_log;
mod fences;
mod follower;
mod lease;
mod lease_keeper;
mod listener;
mod log_source;
mod name_directory;
mod names;
mod nodes;
mod other_nodes;
mod own_joins;
mod pool;
mod publisher;
mod schema;
mod session;
mod tls;
mod transactions;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use parking_lot::Mutex;
use parlor::{AuthorId, RoomName, Search};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

pub use self::admin::PostgresAdmin;
use self::commit::Committer;
pub use self::config::{PostgresConfig, PostgresConfigError};
pub use self::connection::ConnectError;
use self::fences::Fences;
use self::follower::{Followed, Follower, Subscriptions};
use self::lease::Lease;
use self::lease_keeper::LeaseKeeper;
use self::listener::Listener;
use self::log_source::PostgresLog;
use self::name_directory::HeldNames;
use self::other_nodes::OtherNodes;
use self::own_joins::OwnJoins;
use self::pool::PostgresPool;
use self::publisher::Publisher;
pub use self::schema::SchemaError;
pub use self::tls::TlsError;
use self::writer::{PendingOperation, Request, Writer};
use super::data_directory::DataDirectory;
use super::open_error::OpenError;
use super::search::{IndexQueue, SearchIndex};
use super::sql::connection::{SqlConnection, SqlResult};
use super::sql::store::{SqlStore, WriteContext, WriteScope};
use super::{Append, Bus, BusMessage, Deliveries, EngineError, EventLog, PendingAppend, SearchResults, Signal};
use crate::access::ReadPermit;

/// Connections of the writer: one for most operations, and others for rooms that other transactions have locked.
const WRITER_CONNECTIONS: usize = 1 + writer::ROOM_TASKS;

/// Searches that run at the same time; others wait. A search that reads a long log keeps a connection for seconds.
const CONCURRENT_SEARCHES: usize = 4;

/// Capacity of the queue of deliveries.
const QUEUE_CAPACITY: usize = 4_096;

/// Why the database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// It can't be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Its schema can't be used.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Connections can't be encrypted.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// This node can't be registered.
    #[error("this node can't be registered")]
    Register,
    /// The data directory can't be used, which has the search index.
    #[error("the data directory can't be used: {0}")]
    Data(#[from] OpenError),
}

/// The engine whose logs and directory are in PostgreSQL.
#[derive(Debug)]
pub struct PostgresEngine {
    pool: PostgresPool,
    lease: Arc<Lease>,
    names: Arc<HeldNames>,
    subscriptions: Arc<Subscriptions>,
    followed: mpsc::Sender<Followed>,
    /// `None` when the engine is closed.
    requests: Mutex<Option<mpsc::Sender<Request>>>,
    failures: Arc<AtomicU64>,
    publisher: Publisher,
    incompatible: watch::Receiver<Option<String>>,
    others: Arc<OtherNodes>,
    own_joins: Arc<OwnJoins>,
    fences: Arc<Fences>,
    writer_pool: PostgresPool,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// The tasks that are aborted when the engine is closed.
    tasks: Vec<JoinHandle<()>>,
    index: SearchIndex,
    index_queue: Arc<IndexQueue>,
    searches: Arc<Semaphore>,
    /// Dropped last: the index is in it.
    _directory: DataDirectory,
}

impl PostgresEngine {
    /// Connects to the database, migrates its schema if necessary, and registers this process as a node. The directory `data`
    /// has the search index of this node, and is created if it is missing. Returns the engine with its ordered stream.
    ///
    /// # Errors
    /// [`PostgresError`].
    pub async fn open(config: PostgresConfig, data: &Path) -> Result<(Self, Deliveries), PostgresError> {
        let directory = DataDirectory::open(data)?;
        let mut writer_config = config.clone();
        writer_config.pool_size = WRITER_CONNECTIONS;
        let (pool, writer_pool) = (PostgresPool::new(config)?, PostgresPool::new(writer_config)?);
        {
            let (mut client, mut connection) = pool.connect_alone().await?;
            let migrated = tokio::select! {
                migrated = schema::migrate(&mut client) => migrated,
                () = async { while connection::next_message(&mut connection).await.is_some() {} } => Err(SchemaError::Closed),
            };
            migrated?;
        }
        let index_queue = Arc::new(IndexQueue::default());
        let index = start_index(&directory, pool.clone(), index_queue.clone()).await?;
        let sent = Instant::now();
        let register = |context: &mut WriteContext<'_>| Ok(Ok(nodes::register(context.database)?));
        let node = transactions::write(&pool, WriteScope::Server, register).await;
        let node = node.map_err(|_| PostgresError::Register)?.value;
        let lease = Arc::new(Lease::new(node, sent));
        let (subscriptions, failures) = (Arc::new(Subscriptions::default()), Arc::new(AtomicU64::new(0)));
        let (requests, received) = mpsc::channel(writer::QUEUE_CAPACITY);
        let (followed, to_follow) = mpsc::channel(follower::QUEUE_CAPACITY);
        let (deliver, deliveries) = mpsc::channel(QUEUE_CAPACITY);
        let (others, fences) = (Arc::new(OtherNodes::default()), Arc::new(Fences::default()));
        let (names, own_joins) = (Arc::new(HeldNames::default()), Arc::new(OwnJoins::default()));
        let (tell_incompatible, incompatible) = watch::channel(None);
        let publisher = Publisher::start(pool.clone(), lease.clone());
        let committer = Committer::new(writer_pool.clone(), lease.clone(), failures.clone(), publisher.clone());
        let writer = Writer::new(committer, failures.clone(), followed.clone());
        let follower = Follower::new(
            pool.clone(),
            lease.clone(),
            subscriptions.clone(),
            others.clone(),
            own_joins.clone(),
            deliver,
            index_queue.clone(),
        );
        let listener = Listener {
            pool: pool.clone(),
            lease: lease.clone(),
            followed: followed.clone(),
            others: others.clone(),
            fences: fences.clone(),
        };
        let keeper = LeaseKeeper {
            pool: pool.clone(),
            lease: lease.clone(),
            names: names.clone(),
            followed: followed.clone(),
            publisher: publisher.clone(),
            incompatible: tell_incompatible,
            others: others.clone(),
        };
        let tasks =
            vec![tokio::spawn(follower.run(to_follow)), tokio::spawn(listener.run()), tokio::spawn(keeper.run())];
        let engine = Self {
            pool,
            lease,
            names,
            subscriptions,
            followed,
            requests: Mutex::new(Some(requests)),
            failures,
            publisher,
            incompatible,
            others,
            own_joins,
            fences,
            writer_pool,
            writer: Mutex::new(Some(tokio::spawn(writer.run(received)))),
            tasks,
            index,
            index_queue,
            searches: Arc::new(Semaphore::new(CONCURRENT_SEARCHES)),
            _directory: directory,
        };
        Ok((engine, deliveries))
    }

    /// Puts a request into the writer's queue.
    async fn request(&self, request: Request) -> Result<(), EngineError> {
        let requests = self.requests.lock().clone().ok_or(EngineError::Unavailable)?;
        requests.send(request).await.map_err(|_| EngineError::Unavailable)
    }

    /// Waits until all operations that were sent before are committed or refused.
    async fn written(&self) -> Result<(), EngineError> {
        let (barrier, dropped) = oneshot::channel();
        self.request(Request::Barrier(Arc::new(barrier))).await?;
        let _ = dropped.await;
        Ok(())
    }

    /// The id of this node.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] while the lease of this node is not valid.
    fn check_lease(&self) -> Result<super::NodeId, EngineError> {
        self.lease.node().ok_or(EngineError::Unavailable)
    }
}

/// Opens the search index of this node.
async fn start_index(
    directory: &DataDirectory,
    pool: PostgresPool,
    queue: Arc<IndexQueue>,
) -> Result<SearchIndex, OpenError> {
    let (path, log) =
        (directory.search_index(), PostgresLog { pool, runtime: Handle::current(), queue: queue.clone() });
    let started = tokio::task::spawn_blocking(move || SearchIndex::start(path, log, queue)).await;
    started.unwrap_or(Err(OpenError::Log))
}

impl SqlStore for PostgresEngine {
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.check_lease()?;
        transactions::read(&self.pool, read).await
    }

    async fn read_snapshot<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.check_lease()?;
        transactions::read_snapshot(&self.pool, read).await
    }

    async fn write<T: Send + 'static>(
        &self,
        scope: WriteScope,
        write: impl FnOnce(&mut WriteContext<'_>) -> SqlResult<Result<T, EngineError>> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.check_lease()?;
        let written = transactions::write(&self.pool, scope, write).await?;
        written.erased.iter().for_each(|room| self.index_queue.add(*room));
        Ok(written.value)
    }

    async fn stored_bytes(&self) -> Result<u64, EngineError> {
        let sql = "SELECT pg_database_size(current_database())";
        let size = self.read(move |database| database.query_row(sql, &[], |row| row.get(0))).await?;
        size.ok_or(EngineError::Unavailable)
    }

    fn end_was_read(&self, room: &RoomName, seq: u64) {
        if let Some(known) = self.subscriptions.end_read(room, seq) {
            // If the queue is full, the next poll finds them.
            let _ = self.followed.try_send(Followed::Hints(vec![(room.clone(), known)]));
        }
    }
}

#[async_trait]
impl EventLog for PostgresEngine {
    fn subscribe(&self, room: &RoomName) {
        self.subscriptions.subscribe(room);
    }

    fn unsubscribe(&self, room: &RoomName) {
        self.subscriptions.unsubscribe(room);
    }

    async fn append(&self, append: Append) -> Result<PendingAppend, EngineError> {
        self.check_lease()?;
        let (reply, receipt) = oneshot::channel();
        // Every operation can be repeated here, also those of plain clients: by this node, if it does not know the result of a
        // commit.
        let append = Append { skip_receipt: false, ..append };
        self.request(Request::Append(PendingOperation { append, reply })).await?;
        Ok(PendingAppend(receipt))
    }

    fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    fn unavailable_since(&self) -> Option<Instant> {
        self.lease.ended_at()
    }

    async fn incompatible(&self) -> String {
        let mut incompatible = self.incompatible.clone();
        let why = incompatible.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        match why {
            Some(why) => why,
            // The engine has been closed.
            None => std::future::pending().await,
        }
    }

    async fn fence(&self) {
        if self.others.share_order() {
            self.fences.wait(&self.publisher).await;
        }
    }

    async fn signal(&self, room: RoomName, signal: Signal) {
        if let (Signal::Joined(who), true) = (&signal, self.others.share_order()) {
            // It is delivered here when all nodes are told.
            self.own_joins.add(room.clone(), who.clone());
            return self.publisher.publish(BusMessage::Joined { room, who: who.clone() });
        }
        // Fails only when the engine is closed; then nobody receives signals any more.
        let _ = self.request(Request::Signal { room, signal }).await;
    }

    async fn search(
        &self,
        rooms: Vec<ReadPermit>,
        search: Search,
        reader: AuthorId,
    ) -> Result<SearchResults, EngineError> {
        let permit = self.searches.clone().acquire_owned().await.map_err(|_| EngineError::Unavailable)?;
        let rooms: Vec<_> = rooms.iter().map(|room| room.room().clone()).collect();
        let index = self.index.reader();
        self.read_snapshot(move |log| {
            // Held until the search is done, even if the caller has dropped the future.
            let _permit = permit;
            index.search(log, &rooms, &search, &reader)
        })
        .await
    }

    async fn close(&self) {
        self.requests.lock().take();
        let writer = self.writer.lock().take();
        if let Some(writer) = writer {
            let _ = writer.await;
        }
        self.tasks.iter().for_each(JoinHandle::abort);
        self.index_queue.stop();
        let node = self.lease.last_node();
        self.lease.end();
        let end = move |context: &mut WriteContext<'_>| Ok(Ok(nodes::end(context.database, node)?));
        if transactions::write(&self.pool, WriteScope::Server, end).await.is_err() {
            tracing::warn!("this node could not be ended: other nodes wait for the end of its lease");
        }
        self.writer_pool.close();
        self.pool.close();
    }
}

impl Bus for PostgresEngine {
    fn publish(&self, message: BusMessage) {
        self.publisher.publish(message);
    }
}

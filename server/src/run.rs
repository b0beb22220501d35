//! Runs the server: opens the engine, starts the background tasks, serves HTTP and WebSockets, and shuts down.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::routing::get;
use leptos::prelude::LeptosOptions;
use parlor::{CloseCode, limits};
use rustix::process::{Resource, getrlimit};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::{ChatConfig, ConnectionManager, RateLimiter};
use crate::engine::{
    Bus, Deliveries, Directory, EmbeddedEngine, EngineError, EventLog, NoBus, OpenError, PostgresEngine, PostgresError,
};
use crate::http::{ConnectionLimits, PageState, PageTemplate, StaticAssets, accept_connections, router};
use crate::net::ConnectionLimiter;
use crate::net::client_info::ClientResolver;
use crate::net::origin::Origin;
use crate::net::public_origins::PublicOrigins;
use crate::{Config, ws};

/// File descriptors that are reserved for other files than connections.
const RESERVED_FILES: u64 = 128;

/// Interval at which heartbeats, timeouts and held names are checked.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data directory, or a database in it, can't be opened.
    #[error("cannot open the data directory {}: {error}", directory.display())]
    Data {
        /// The path of `--data`.
        directory: PathBuf,
        /// The engine's error.
        error: OpenError,
    },
    /// The database of `--postgres` can't be used.
    #[error("cannot use the database of --postgres: {0}")]
    Postgres(#[from] PostgresError),
    /// The stored names can't be read.
    #[error("cannot read the stored data: {0}")]
    Engine(#[from] EngineError),
    /// A value of `--public-url` is not an origin.
    #[error(
        "{0} is not a public URL: it needs a scheme and a host, and may have a port, such as https://talk.example.org"
    )]
    PublicUrl(String),
}

/// Serves the chat on `listener` until `shutdown` is cancelled. Then it closes all connections and returns.
///
/// # Errors
/// A [`RunError`] if the server can't start.
pub async fn run(listener: TcpListener, config: Config, shutdown: CancellationToken) -> Result<(), RunError> {
    Server::open(config).await?.serve(listener, shutdown).await;
    Ok(())
}

/// A server whose storage is open, and which serves nobody yet.
#[derive(Debug)]
pub struct Server {
    config: Config,
    public_origins: Vec<Origin>,
    storage: Storage,
    manager: Arc<ConnectionManager>,
}

/// The open engine, by its interfaces.
#[derive(Debug)]
struct Storage {
    log: Arc<dyn EventLog>,
    directory: Arc<dyn Directory>,
    bus: Arc<dyn Bus>,
    deliveries: Deliveries,
}

impl Storage {
    /// Opens the database of `--postgres`, or else the one in the data directory.
    async fn open(config: &Config) -> Result<Self, RunError> {
        if let Some(postgres) = &config.postgres {
            let (engine, deliveries) =
                PostgresEngine::open(postgres.clone(), &config.data).await.map_err(|error| match error {
                    PostgresError::Data(error) => RunError::Data { directory: config.data.clone(), error },
                    error => error.into(),
                })?;
            let engine = Arc::new(engine);
            return Ok(Self { log: engine.clone(), directory: engine.clone(), bus: engine, deliveries });
        }
        let (engine, deliveries) = EmbeddedEngine::open(&config.data)
            .map_err(|error| RunError::Data { directory: config.data.clone(), error })?;
        let engine = Arc::new(engine);
        Ok(Self { log: engine.clone(), directory: engine, bus: Arc::new(NoBus), deliveries })
    }
}

impl Server {
    /// Opens the storage.
    ///
    /// # Errors
    /// A [`RunError`].
    pub async fn open(config: Config) -> Result<Self, RunError> {
        // Checked first, since nothing has to be closed or stopped on this error.
        let parse_origin = |url: &String| url.parse().map_err(|_| RunError::PublicUrl(url.clone()));
        let public_origins = config.public_urls.iter().map(parse_origin).collect::<Result<_, _>>()?;
        let storage = Storage::open(&config).await?;
        let chat = ChatConfig {
            timeouts: config.timeouts,
            grace: config.grace,
            limits_on: config.limits_on,
            rooms_in_memory: config.rooms_in_memory,
        };
        let (log, directory, bus) = (storage.log.clone(), storage.directory.clone(), storage.bus.clone());
        let manager = ConnectionManager::new(log, directory, bus, chat).await?;
        Ok(Self { config, public_origins, storage, manager })
    }

    /// The path of a new link to become the owner of the server; `None` if it has an owner.
    ///
    /// # Errors
    /// The data can't be written.
    pub async fn owner_link(&self) -> Result<Option<String>, RunError> {
        Ok(self.manager.first_owner_link().await?.map(|code| format!("/invite/{code}")))
    }

    /// Serves the chat on `listener` until `shutdown` is cancelled. Then it closes all connections and the storage.
    pub async fn serve(self, listener: TcpListener, shutdown: CancellationToken) {
        let Self { config, public_origins, storage: Storage { log, deliveries, .. }, manager } = self;
        // Leptos spawns its tasks on tokio. In tests an earlier server in the same process has set this already.
        let _ = any_spawner::Executor::init_tokio();
        let assets = StaticAssets::new();
        let build = assets.build_id();
        let tasks = TaskTracker::new();
        let options = LeptosOptions::builder().output_name("parlor").site_pkg_dir(assets.base_path()).build();
        let page_state = PageState {
            manager: manager.clone(),
            template: PageTemplate::new(&options, manager.shared_server_policy()),
            options,
            build_id: build,
            stylesheet: assets.stylesheet(),
            form_limiter: Arc::new(RateLimiter::new(ws::post_bucket(config.limits_on))),
        };
        let ws_state = ws::WsState {
            manager: manager.clone(),
            allowed_origins: config.allowed_origins,
            limits_on: config.limits_on,
            heartbeat: config.timeouts.heartbeat,
            build,
            shutdown: shutdown.clone(),
            tasks: tasks.clone(),
        };
        let delivery_task = tokio::spawn({
            let manager = manager.clone();
            async move { manager.deliver(deliveries).await }
        });
        let sweep_task = tokio::spawn(sweep(manager.clone()));
        let incompatible_task = tokio::spawn({
            let (log, shutdown) = (log.clone(), shutdown.clone());
            async move {
                let why = log.incompatible().await;
                tracing::error!("this server stops: {why}");
                shutdown.cancel();
            }
        });
        let rights_task = tokio::spawn(follow_ended_rights(manager.clone()));

        let max_connections = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX).saturating_sub(RESERVED_FILES);
        let max_connections = usize::try_from(max_connections).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        // Even if the process may open few files, one address gets at most half of the connections.
        let max_per_address =
            if config.limits_on { limits::CONNECTIONS_PER_ADDRESS.min(max_connections / 2) } else { usize::MAX };
        let (per_address, limit_log) = (ConnectionLimiter::new(max_per_address), manager.limit_log());
        let origins = PublicOrigins { configured: public_origins };
        let resolver = ClientResolver::new(config.trusted_proxies, origins, per_address.clone(), limit_log.clone());
        let all = Arc::new(Semaphore::new(max_connections));
        let limits = ConnectionLimits { all, per_address, resolver: resolver.clone(), limit_log };
        let websocket = get(ws::chat).with_state(ws_state);
        let router = router(page_state, assets, websocket, resolver);
        accept_connections(listener, router, limits, shutdown, tasks.clone()).await;

        manager.close_all(CloseCode::SHUTTING_DOWN, "shutting down");
        tasks.close();
        if tokio::time::timeout(config.drain, tasks.wait()).await.is_err() {
            tracing::warn!(
                connections = manager.open_connections(),
                "some connections were still open after the shutdown timeout"
            );
        }
        sweep_task.abort();
        rights_task.abort();
        incompatible_task.abort();
        log.close().await;
        delivery_task.abort();
    }
}

/// Lets rights take effect that have ended elsewhere, every [`SWEEP_INTERVAL`]. A task of its own, since reading them can
/// take long while the timeouts of connections are checked.
async fn follow_ended_rights(manager: Arc<ConnectionManager>) {
    let mut interval = tokio::time::interval(SWEEP_INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        // What can't be read now is read a second later.
        let _ = manager.follow_ended_rights().await;
    }
}

/// Lets the manager check timeouts and held names every [`SWEEP_INTERVAL`].
async fn sweep(manager: Arc<ConnectionManager>) {
    let mut interval = tokio::time::interval(SWEEP_INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        manager.sweep(Instant::now()).await;
    }
}

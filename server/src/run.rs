//! The server from start to end.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leptos::prelude::LeptosOptions;
use parlor::{CloseCode, limits};
use rustix::process::{Resource, getrlimit};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::{ChatConfig, ConnectionManager, RateLimiter};
use crate::engine::{EmbeddedEngine, Engine as _, EngineError, OpenError};
use crate::http::{Bounds, Pages, Site, accept, router};
use crate::net::ConnectionLimiter;
use crate::net::client::Clients;
use crate::net::own_name::OwnNames;
use crate::{Config, ws};

/// File handles that are not for connections.
const OTHER_FILES: u64 = 128;

/// How often heartbeats, deadlines and leases are looked at.
const SWEEP: Duration = Duration::from_secs(1);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The directory for what is kept can't be used.
    #[error("the data directory {}: {error}", directory.display())]
    Data {
        /// Which.
        directory: PathBuf,
        /// Why.
        error: OpenError,
    },
    /// What is kept can't be read.
    #[error("what is kept can't be read: {0}")]
    Engine(#[from] EngineError),
    /// A public URL is no origin.
    #[error("{0} is no public URL: that is a scheme, a host, and perhaps a port, such as https://talk.example.org")]
    PublicUrl(String),
}

/// Serves the chat on `listener` until `shutdown` is cancelled, then says goodbye to everyone and returns.
///
/// # Errors
/// [`RunError`] when it can't start.
pub async fn run(listener: TcpListener, config: Config, shutdown: CancellationToken) -> Result<(), RunError> {
    // Before anything is opened or begun that would have to be ended.
    let parse = |url: &String| url.parse().map_err(|_| RunError::PublicUrl(url.clone()));
    let public = config.public_urls.iter().map(parse).collect::<Result<_, _>>()?;
    let (engine, deliveries) =
        EmbeddedEngine::open(&config.data).map_err(|error| RunError::Data { directory: config.data.clone(), error })?;
    let engine = Arc::new(engine);
    // Leptos draws on tokio. A second server in one process, as in tests, finds that done.
    let _ = any_spawner::Executor::init_tokio();
    let site = Site::new();
    let build = site.build();
    let chat = ChatConfig {
        patience: config.patience,
        grace: config.grace,
        limits_on: config.limits_on,
        rooms_in_memory: config.rooms_in_memory,
    };
    let manager = ConnectionManager::new(engine.clone(), chat);
    manager.restore().await?;
    let tasks = TaskTracker::new();
    let options = LeptosOptions::builder().output_name("parlor").site_pkg_dir(site.address()).build();
    let forms = Arc::new(RateLimiter::new(ws::posting_pace(config.limits_on)));
    let pages = Pages { manager: manager.clone(), options, build, style: site.style(), forms };
    let sockets = ws::WsState {
        manager: manager.clone(),
        allowed_origins: config.allowed_origins,
        limits_on: config.limits_on,
        heartbeat: config.patience.heartbeat,
        build,
        shutdown: shutdown.clone(),
        tasks: tasks.clone(),
    };
    let delivery = tokio::spawn({
        let manager = manager.clone();
        async move { manager.deliver(deliveries).await }
    });
    let sweeping = tokio::spawn(sweep(manager.clone()));

    let open_at_most = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX).saturating_sub(OTHER_FILES);
    let open_at_most = usize::try_from(open_at_most).unwrap_or(usize::MAX).min(tokio::sync::Semaphore::MAX_PERMITS);
    // However few files the process may open, one address can't take them all.
    let per_address = if config.limits_on { limits::CONNECTIONS_PER_ADDRESS.min(open_at_most / 2) } else { usize::MAX };
    let (limiter, log) = (ConnectionLimiter::new(per_address), manager.limit_log());
    let clients = Clients::new(config.trusted_proxies, OwnNames { public }, limiter.clone(), log.clone());
    let all = Arc::new(Semaphore::new(open_at_most));
    let bounds = Bounds { all, limiter, clients: clients.clone(), log };
    accept(listener, router(pages, site, sockets, clients), bounds, shutdown, tasks.clone()).await;

    manager.close_all(CloseCode::SHUTTING_DOWN, "shutting down");
    tasks.close();
    if tokio::time::timeout(config.drain, tasks.wait()).await.is_err() {
        tracing::warn!(connections = manager.open_connections(), "some connections did not end in time");
    }
    sweeping.abort();
    engine.close().await;
    delivery.abort();
    Ok(())
}

async fn sweep(manager: Arc<ConnectionManager>) {
    let mut interval = tokio::time::interval(SWEEP);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        manager.sweep(Instant::now()).await;
    }
}

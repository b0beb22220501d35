//! A private PostgreSQL server for all tests of this process, with a database for each.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use parlor_server::engine::{
    Deliveries, EventLog, NewBotToken, NewInvitation, PostgresAdmin, PostgresConfig, PostgresEngine, PostgresError,
};
use parlor_torture::PostgresServer;

use super::engine::TempDir;
use super::sql_session::SqlSession;

/// The database that all others are copied from: it has the tables.
const TEMPLATE: &str = "parlor_template";

/// The server. It is stopped and its files are removed when the process ends.
fn server() -> &'static PostgresServer {
    static SERVER: OnceLock<PostgresServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        let server = PostgresServer::create().unwrap();
        // These tests do not cut the power.
        server.set("fsync", "off").unwrap();
        server.create_database(TEMPLATE).unwrap();
        server
    })
}

/// Runs something that blocks.
fn block<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(work).join().unwrap()
}

/// Awaits something on a runtime of its own.
fn block_on<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    block(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future))
}

/// An engine with what it delivers.
pub(crate) type Opened = (PostgresEngine, Deliveries);

/// A new database.
pub(crate) struct TestDatabase {
    name: String,
    pub(crate) url: String,
    /// The data directories of the nodes.
    directories: Mutex<Vec<TempDir>>,
}

impl TestDatabase {
    pub(crate) fn create() -> Self {
        static MIGRATED: OnceLock<()> = OnceLock::new();
        MIGRATED.get_or_init(|| {
            block_on(async {
                let directory = TempDir::new();
                let (engine, ..) = open_url(&server().url_of(TEMPLATE), &directory.0).await.unwrap();
                EventLog::close(&engine).await;
            });
        });
        Self::copy_of(TEMPLATE)
    }

    /// A copy of this database, whose connections are closed.
    pub(crate) fn copy(&self) -> Self {
        self.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        Self::copy_of(&self.name)
    }

    fn copy_of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("parlor_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
        block(move || server().query(&sql).unwrap());
        Self { url: server().url_of(&name), name, directories: Mutex::default() }
    }

    /// The database of a data directory, if all servers of these tests have one (`PARLOR_TEST_ENGINE=postgres`): the same
    /// for servers that use the directory one after the other.
    pub(crate) fn of_directory(data: &Path) -> Option<Arc<Self>> {
        static DATABASES: Mutex<Option<HashMap<PathBuf, Weak<TestDatabase>>>> = Mutex::new(None);
        if std::env::var_os("PARLOR_TEST_ENGINE").is_none_or(|engine| engine != "postgres") {
            return None;
        }
        let mut databases = DATABASES.lock().unwrap();
        let databases = databases.get_or_insert_default();
        let known = databases.get(data).and_then(Weak::upgrade);
        Some(known.unwrap_or_else(|| {
            let database = Arc::new(Self::create());
            databases.insert(data.to_owned(), Arc::downgrade(&database));
            database
        }))
    }

    /// How a server connects to it.
    pub(crate) fn config(&self) -> PostgresConfig {
        let mut config = PostgresConfig::parse(&self.url).unwrap();
        config.pool_size = 4;
        config
    }

    /// Stores an invitation, as `parlor owner` does.
    pub(crate) fn add_invitation(&self, invitation: NewInvitation) {
        let config = self.config();
        block_on(async { PostgresAdmin::open(config).await.unwrap().add_invitation(invitation).await.unwrap() });
    }

    /// Stores a bot token, as `parlor token` does.
    pub(crate) fn add_bot_token(&self, token: NewBotToken) {
        let config = self.config();
        block_on(async { PostgresAdmin::open(config).await.unwrap().add_bot_token(token).await.unwrap() });
    }

    /// Opens an engine: another node, with a data directory of its own that exists as long as the database.
    pub(crate) async fn open(&self) -> Opened {
        let directory = TempDir::new();
        let opened = self.open_in(&directory.0).await.unwrap();
        self.directories.lock().unwrap().push(directory);
        opened
    }

    /// Opens an engine with this data directory.
    ///
    /// # Errors
    /// Those of the engine.
    pub(crate) async fn open_in(&self, directory: &Path) -> Result<Opened, PostgresError> {
        open_url(&self.url, directory).await
    }

    /// Connects a session of its own.
    pub(crate) fn session(&self) -> SqlSession {
        SqlSession::start(server(), &self.name)
    }

    /// Runs statements, and returns what they print.
    pub(crate) fn query(&self, sql: &str) -> String {
        let (name, sql) = (self.name.clone(), sql.to_owned());
        block(move || server().query_in(&name, &sql).unwrap())
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // What is left is removed with the server.
        block(move || drop(server().query(&sql)));
    }
}

/// Opens an engine with the database of a URL and this data directory.
pub(crate) async fn open_url(url: &str, directory: &Path) -> Result<Opened, PostgresError> {
    let mut config = PostgresConfig::parse(url).unwrap();
    config.pool_size = 4;
    PostgresEngine::open(config, directory).await
}

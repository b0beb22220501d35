//! A private PostgreSQL server for all tests of this process, with a database for each.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use parlor_server::engine::{Deliveries, PostgresConfig, PostgresEngine};
use parlor_torture::PostgresServer;

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

/// Runs something that blocks, or awaits on a runtime of its own.
fn block<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(work).join().unwrap()
}

/// A new database.
pub(crate) struct TestDatabase {
    name: String,
    pub(crate) url: String,
}

impl TestDatabase {
    pub(crate) fn create() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        static MIGRATED: OnceLock<()> = OnceLock::new();
        let name = format!("parlor_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        MIGRATED.get_or_init(|| {
            block(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let (engine, ..) = open_url(&server().url_of(TEMPLATE)).await;
                    parlor_server::engine::EventLog::close(&engine).await;
                });
            });
        });
        let database = name.clone();
        block(move || {
            server().query(&format!("CREATE DATABASE {database} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")).unwrap();
        });
        Self { url: server().url_of(&name), name }
    }

    /// Opens an engine: another node.
    pub(crate) async fn open(&self) -> (PostgresEngine, Deliveries) {
        open_url(&self.url).await
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

async fn open_url(url: &str) -> (PostgresEngine, Deliveries) {
    let mut config = PostgresConfig::parse(url).unwrap();
    config.pool_size = 4;
    PostgresEngine::open(config).await.unwrap()
}

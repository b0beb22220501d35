//! The pool of connections to the database.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType,
};
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio_postgres::error::Severity;
use tokio_postgres::{AsyncMessage, Client, Statement};

use super::super::postgres_error::describe;
use super::config::PostgresConfig;
use super::connection::{ConnectError, Connector, PostgresConnection, next_message};
use super::failure_log::FailureLog;
use super::tls::TlsError;

/// A connection that was idle this long is checked by a round trip before it is used again.
const UNCHECKED_IDLE: Duration = Duration::from_secs(5);

/// How long that check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Maximum number of prepared statements of a connection.
const STATEMENTS: usize = 512;

/// A pool of connections. Cloning it is cheap.
#[derive(Clone, Debug)]
pub(super) struct PostgresPool {
    pool: Pool<PoolManager>,
    failures: Arc<FailureLog>,
}

/// A connection of the pool, which returns to it when this is dropped.
pub(super) type PoolGuard = Object<PoolManager>;

impl PostgresPool {
    /// Makes a pool. It connects when connections are needed.
    ///
    /// # Errors
    /// [`TlsError`].
    pub(super) fn new(config: PostgresConfig) -> Result<Self, TlsError> {
        let (size, timeout) = (config.pool_size, config.pool_timeout);
        let manager = PoolManager { connector: Connector::new(config)?, failed_checks: AtomicU64::new(0) };
        let builder = Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(timeout))
            // Connections that are not needed stay unused, and the others have their statements prepared.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1);
        // With a runtime this can't fail.
        let pool = builder.build().map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Self { pool, failures: Arc::default() })
    }

    /// Takes a connection from the pool, or opens one. Cancel safe.
    ///
    /// # Errors
    /// [`ConnectError`]. It is logged.
    pub(super) async fn get(&self) -> Result<PoolGuard, ConnectError> {
        let taken = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(TimeoutType::Wait) => ConnectError::PoolExhausted,
            PoolError::Timeout(_) => ConnectError::Timeout,
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => ConnectError::Closed,
        });
        taken.inspect_err(|error| self.failures.failed(error))
    }

    /// Opens a connection outside of the pool, for the writer or for notifications. The caller polls it, by
    /// [`next_message`], and so sees all notifications and warnings.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub(super) async fn connect_alone(&self) -> Result<(Client, PostgresConnection), ConnectError> {
        self.pool.manager().connector.connect().await
    }

    /// How the database is reached.
    pub(super) fn config(&self) -> &PostgresConfig {
        self.pool.manager().connector.config()
    }

    /// Closes idle connections, and others when they are returned. No connection can be taken any more.
    pub(super) fn close(&self) {
        self.pool.close();
    }
}

/// A connection with its prepared statements. Dropping it closes the connection.
#[derive(Debug)]
pub(super) struct PooledConnection {
    client: Client,
    statements: Mutex<HashMap<Box<str>, Statement>>,
    /// Number of warnings that the database has sent.
    warnings: Arc<AtomicU64>,
    receiver: JoinHandle<()>,
    /// See [`PoolManager::failed_checks`].
    failed_checks: u64,
}

impl PooledConnection {
    fn new(client: Client, connection: PostgresConnection, failed_checks: u64) -> Self {
        let warnings = Arc::new(AtomicU64::new(0));
        let receiver = tokio::spawn(receive(connection, warnings.clone()));
        Self { client, statements: Mutex::default(), warnings, receiver, failed_checks }
    }

    /// Prepares a statement, once per connection.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn prepare_cached(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        let prepared = self.statements.lock().get(sql).cloned();
        if let Some(statement) = prepared {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        let mut statements = self.statements.lock();
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// Number of warnings that the database has sent on this connection. A warning arrives before the result of the
    /// statement that it is about.
    pub(super) fn warnings(&self) -> u64 {
        self.warnings.load(Ordering::Acquire)
    }
}

impl Deref for PooledConnection {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        // Otherwise a statement that still runs would keep the connection open.
        self.receiver.abort();
    }
}

/// Opens and checks the connections of a pool.
#[derive(Debug)]
pub(super) struct PoolManager {
    connector: Connector,
    /// Number of connections whose check has failed. Connections that are older than such a check are not used again:
    /// if the database does not reply on one of them, each of the others would cost a time-out.
    failed_checks: AtomicU64,
}

impl Manager for PoolManager {
    type Type = PooledConnection;
    type Error = ConnectError;

    async fn create(&self) -> Result<PooledConnection, ConnectError> {
        let failed_checks = self.failed_checks.load(Ordering::Relaxed);
        let (client, connection) = self.connector.connect().await?;
        Ok(PooledConnection::new(client, connection, failed_checks))
    }

    async fn recycle(&self, connection: &mut PooledConnection, metrics: &Metrics) -> RecycleResult<ConnectError> {
        if connection.is_closed() || connection.failed_checks != self.failed_checks.load(Ordering::Relaxed) {
            return Err(RecycleError::message("it is closed or suspect"));
        }
        if metrics.last_used() > UNCHECKED_IDLE {
            let checked = tokio::time::timeout(CHECK_TIMEOUT, connection.simple_query("")).await;
            checked.map_or(Err(ConnectError::Timeout), |checked| Ok(checked.map(drop)?)).inspect_err(|_| {
                self.failed_checks.fetch_add(1, Ordering::Relaxed);
            })?;
        }
        Ok(())
    }
}

/// Receives what the database sends, until the connection is closed.
async fn receive(mut connection: PostgresConnection, warnings: Arc<AtomicU64>) {
    while let Some(message) = next_message(&mut connection).await {
        match message {
            Ok(AsyncMessage::Notice(notice)) if notice.parsed_severity() == Some(Severity::Warning) => {
                warnings.fetch_add(1, Ordering::Release);
                tracing::warn!(code = notice.code().code(), message = notice.message(), "the database warns");
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = describe(&error), "a connection to the database is lost");
                return;
            }
        }
    }
}

//! Reads and writes of the shared SQL code on pooled connections. Each runs on a blocking thread to its end, even if
//! its future is dropped: a commit is never cancelled.

use deadpool::managed::Object;
use tokio::runtime::Handle;

use super::super::postgres_error::describe;
use super::super::sql::connection::{SqlConnection, SqlError, SqlResult};
use super::super::sql::row_id::RoomId;
use super::super::sql::store::{WriteContext, WriteScope};
use super::super::{EngineError, now};
use super::advisory_lock::AdvisoryLock;
use super::pool::{PoolGuard, PostgresPool};
use super::session::{BlockingConnection, ConnectionState};

/// Begins a transaction whose statements read the same state.
const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A write that is on disk.
#[derive(Debug)]
pub(super) struct Committed<T> {
    pub(super) value: T,
    /// See [`WriteContext::erased`].
    pub(super) erased: Vec<RoomId>,
}

/// Runs `read` on a connection. Each of its statements can read another state.
///
/// # Errors
/// [`EngineError::Unavailable`]. The cause is logged.
pub(super) async fn read<T: Send + 'static>(
    pool: &PostgresPool,
    read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
) -> Result<T, EngineError> {
    read_arrays(pool, |connection| read(connection)).await
}

/// Runs `read` on a connection, with statements whose parameters may be arrays. Each of them can read another state.
///
/// # Errors
/// [`EngineError::Unavailable`]. The cause is logged.
pub(super) async fn read_arrays<T: Send + 'static>(
    pool: &PostgresPool,
    read: impl FnOnce(&BlockingConnection<'_>) -> SqlResult<T> + Send + 'static,
) -> Result<T, EngineError> {
    on_connection(pool, move |connection| {
        let found = read(connection).map_err(|error| unavailable(&error, "the database can't be read"));
        (found, connection.state() != ConnectionState::Broken)
    })
    .await
}

/// Runs `read` on a connection. All its statements read the same state.
///
/// # Errors
/// [`EngineError::Unavailable`]. The cause is logged.
pub(super) async fn read_snapshot<T: Send + 'static>(
    pool: &PostgresPool,
    read: impl FnOnce(&dyn SqlConnection) -> SqlResult<T> + Send + 'static,
) -> Result<T, EngineError> {
    on_connection(pool, move |connection| {
        let found = connection.batch(BEGIN_SNAPSHOT).and_then(|()| read(connection));
        let found = found.map_err(|error| unavailable(&error, "the database can't be read"));
        (found, connection.batch("ROLLBACK").is_ok())
    })
    .await
}

/// Runs `write` in a transaction, and returns when it is on disk. No other write with the same scope runs at the same
/// time.
///
/// # Errors
/// Those of `write`. [`EngineError::Unavailable`] if the database can't be written or it is unknown whether the
/// transaction was committed. The cause is logged.
pub(super) async fn write<T: Send + 'static>(
    pool: &PostgresPool,
    scope: WriteScope,
    write: impl FnOnce(&mut WriteContext<'_>) -> SqlResult<Result<T, EngineError>> + Send + 'static,
) -> Result<Committed<T>, EngineError> {
    on_connection(pool, move |connection| {
        let written = connection.batch(&begin(&scope)).and_then(|()| {
            let mut context = WriteContext::new(connection, now());
            let outcome = write(&mut context)?;
            let WriteContext { erased, .. } = context;
            Ok(outcome.map(|value| Committed { value, erased }))
        });
        let refusal = match written {
            Ok(Ok(written)) if connection.state() == ConnectionState::Usable => return commit(connection, written),
            Ok(Ok(_)) => {
                tracing::error!("a write ignored that one of its statements failed");
                EngineError::Unavailable
            }
            Ok(Err(refusal)) => refusal,
            Err(error) => unavailable(&error, "the database can't be written"),
        };
        (Err(refusal), connection.batch("ROLLBACK").is_ok())
    })
    .await
}

/// Commits a write. If it is unknown whether that succeeded, the connection is not used again.
fn commit<T>(connection: &BlockingConnection<'_>, written: T) -> (Result<T, EngineError>, bool) {
    match connection.commit() {
        Ok(true) => (Ok(written), true),
        Ok(false) => {
            tracing::error!("the database warned at a commit: it is unknown whether the write will last");
            (Err(EngineError::Unavailable), false)
        }
        Err(error) => (Err(unavailable(&error, "it is unknown whether a write was committed")), false),
    }
}

/// Begins a transaction of a write. The lock is a statement before all others, so that they see what its previous
/// holder has written.
fn begin(scope: &WriteScope) -> String {
    let server = AdvisoryLock::Server;
    match scope {
        WriteScope::Server => format!("BEGIN; {}", server.exclusive()),
        WriteScope::Account(id) => format!("BEGIN; {} {}", server.shared(), AdvisoryLock::of_account(id).exclusive()),
    }
}

/// Runs `work` with a connection on a blocking thread. It returns whether the connection can be used again: it has no
/// open transaction then. Otherwise, and after a panic, the connection is closed.
pub(super) async fn on_connection<T: Send + 'static>(
    pool: &PostgresPool,
    work: impl FnOnce(&BlockingConnection<'_>) -> (Result<T, EngineError>, bool) + Send + 'static,
) -> Result<T, EngineError> {
    let connection = pool.get().await.map_err(|_| EngineError::Unavailable)?;
    let timeout = pool.config().reply_timeout();
    let handle = Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        let mut lease = Lease { connection: Some(connection), reusable: false };
        let Some(connection) = &lease.connection else { return Err(EngineError::Unavailable) };
        let (result, reusable) = work(&BlockingConnection::new(connection, &handle, timeout));
        lease.reusable = reusable;
        result
    });
    done.await.unwrap_or_else(|_| {
        tracing::error!("a task of the database panicked");
        Err(EngineError::Unavailable)
    })
}

/// A connection that is closed when this is dropped, unless it is marked as reusable.
struct Lease {
    connection: Option<PoolGuard>,
    reusable: bool,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !self.reusable
        {
            drop(Object::take(connection));
        }
    }
}

/// Logs why the database can't be used. The text of an error contains no parameters.
pub(super) fn unavailable(error: &SqlError, what: &'static str) -> EngineError {
    match error {
        SqlError::Postgres(error) => tracing::error!(error = describe(error), "{what}"),
        error => tracing::error!(%error, "{what}"),
    }
    EngineError::Unavailable
}

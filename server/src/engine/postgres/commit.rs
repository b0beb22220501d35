//! Commits operations, and finds out whether a commit whose result is unknown has succeeded.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::super::sql::connection::SqlError;
use super::super::sql::operation::{self, Applied};
use super::super::sql::store::WriteScope;
use super::super::{Append, EngineError, NodeId, now};
use super::batch::{self, Outcome, RoomLock};
use super::lease::Lease;
use super::nodes;
use super::pool::PostgresPool;
use super::publisher::Publisher;
use super::session::BlockingConnection;
use super::transactions::{self, on_connection, unavailable};

/// How often a transaction is tried again that has certainly not been committed.
const RETRIES: u32 = 3;

/// The wait before the first retry. It doubles with each, up to [`MAX_RETRY_DELAY`].
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// The longest wait before a retry.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(1);

/// Maximum number of rooms of which one item of a notification tells.
const ROOMS_PER_ITEM: usize = 50;

/// Commits operations in transactions of this node.
#[derive(Debug)]
pub(super) struct Committer {
    pool: PostgresPool,
    lease: Arc<Lease>,
    /// Number of commits that failed. See [`Append::known_failures`].
    failures: Arc<AtomicU64>,
    publisher: Publisher,
}

/// The result of one transaction.
#[derive(Debug)]
enum Attempt {
    /// It is committed.
    Committed(Vec<Outcome>),
    /// It is not committed. `can_retry` if another attempt may succeed.
    Failed { can_retry: bool },
    /// It may be committed or not.
    Unknown,
}

/// Outcomes of operations, in their order.
#[derive(Debug)]
pub(super) struct Outcomes {
    pub(super) outcomes: Vec<Outcome>,
    /// Whether some events may have been committed by an earlier attempt. They are not in the outcomes.
    pub(super) retried: bool,
}

impl Committer {
    pub(super) fn new(pool: PostgresPool, lease: Arc<Lease>, failures: Arc<AtomicU64>, publisher: Publisher) -> Self {
        Self { pool, lease, failures, publisher }
    }

    /// Commits operations in one transaction. If its result is unknown, the same operations are tried again until it is
    /// known: those that were committed have receipts then.
    pub(super) async fn commit(&self, appends: Arc<[Append]>, lock: RoomLock) -> Outcomes {
        let (mut is_unknown, mut attempts, mut delay) = (false, 0, RETRY_DELAY);
        loop {
            let failures = self.failures.load(Ordering::Acquire);
            let attempt = match self.lease.node() {
                Some(node) => self.attempt(node, appends.clone(), lock, failures, is_unknown).await,
                None => Attempt::Failed { can_retry: false },
            };
            match attempt {
                Attempt::Committed(outcomes) => {
                    self.notify(&appends, &outcomes);
                    return Outcomes { outcomes, retried: is_unknown };
                }
                Attempt::Unknown => is_unknown = true,
                Attempt::Failed { .. } if is_unknown => {}
                Attempt::Failed { can_retry: true } if attempts < RETRIES => attempts += 1,
                Attempt::Failed { .. } => {
                    // These operations are lost. Later ones of senders that do not know it yet must not overtake them.
                    self.failures.fetch_add(1, Ordering::Release);
                    let lost = appends.iter().map(|_| Outcome::Applied(Err(EngineError::Unavailable)));
                    return Outcomes { outcomes: lost.collect(), retried: false };
                }
            }
            tokio::time::sleep(delay).await;
            delay = (2 * delay).min(MAX_RETRY_DELAY);
        }
    }

    /// Tells the other nodes of the events.
    fn notify(&self, appends: &[Append], outcomes: &[Outcome]) {
        let mut tops = HashMap::new();
        for (append, outcome) in appends.iter().zip(outcomes) {
            if let Outcome::Applied(Ok(Applied { receipt, .. })) = outcome {
                let top = tops.entry(&append.room).or_insert(0);
                *top = receipt.seq.max(*top);
            }
        }
        if !tops.is_empty() {
            let tops: Vec<_> = tops.into_iter().map(|(room, top)| (room.clone(), top)).collect();
            tops.chunks(ROOMS_PER_ITEM).for_each(|rooms| self.publisher.events(rooms.to_vec()));
        }
    }

    async fn attempt(
        &self,
        node: NodeId,
        appends: Arc<[Append]>,
        lock: RoomLock,
        failures: u64,
        confirm: bool,
    ) -> Attempt {
        let attempt = on_connection(&self.pool, move |connection| {
            let attempt = attempt(connection, node, &appends, lock, failures, confirm);
            let reusable = match &attempt {
                Attempt::Committed(_) => true,
                Attempt::Failed { .. } => connection.batch("ROLLBACK").is_ok(),
                Attempt::Unknown => false,
            };
            (Ok(attempt), reusable)
        });
        attempt.await.unwrap_or(Attempt::Failed { can_retry: true })
    }

    /// Creates the log of an operation, which has none. Returns the operation's outcome if it needs no log, or can have
    /// none.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub(super) async fn create_log(&self, append: Append) -> Result<Option<Result<Applied, EngineError>>, EngineError> {
        let node = self.lease.node().ok_or(EngineError::Unavailable)?;
        let written = transactions::write(&self.pool, WriteScope::Server, move |context| {
            if let Err(error) = nodes::check(context.database, node)? {
                return Ok(Err(error));
            }
            Ok(Ok(operation::open_log(context.database, &append, context.at)?.err()))
        });
        Ok(written.await?.value)
    }
}

/// Runs one transaction. With `confirm` it writes something in any case, so that its commit waits for a synchronous standby
/// to have everything that was committed before.
fn attempt(
    connection: &BlockingConnection<'_>,
    node: NodeId,
    appends: &[Append],
    lock: RoomLock,
    failures: u64,
    confirm: bool,
) -> Attempt {
    let applied = connection.batch("BEGIN").and_then(|()| {
        if confirm {
            nodes::renew(connection, node)?;
        }
        batch::apply(connection, node, appends, lock, failures, now())
    });
    match applied {
        Ok(Ok(outcomes)) => match connection.commit() {
            Ok(true) => Attempt::Committed(outcomes),
            Ok(false) => {
                tracing::warn!("the database warned at a commit: its result is unknown");
                Attempt::Unknown
            }
            Err(error) => {
                unavailable(&error, "the result of a commit is unknown");
                Attempt::Unknown
            }
        },
        Ok(Err(_)) => Attempt::Failed { can_retry: false },
        Err(error) => {
            unavailable(&error, "operations can't be written");
            Attempt::Failed { can_retry: is_transient(&error) }
        }
    }
}

/// Whether the same transaction may succeed later.
fn is_transient(error: &SqlError) -> bool {
    match error {
        // Classes 08, 40, 53, 55 and 57: connections, conflicts, resources, locks, and interventions of an operator.
        SqlError::Postgres(error) => error
            .code()
            .is_none_or(|code| ["08", "25", "40", "53", "55", "57"].iter().any(|class| code.code().starts_with(class))),
        SqlError::Timeout => true,
        SqlError::Sqlite(_) | SqlError::UnexpectedValue { .. } => false,
    }
}

//! The thread that writes to the database. Requests that arrive while the disk is busy with one commit share the next
//! commit (invariant 1).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use parlor::{RoomName, UnixMillis};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::super::search::IndexQueue;
use super::super::sql::connection::SqlResult;
use super::super::sql::log::LogEnd;
use super::super::sql::log_tables::DirectTables;
use super::super::sql::operation::{self, Applied};
use super::super::sql::store::WriteContext;
use super::super::{Append, Delivery, EngineError, Receipt, Signal, now};
use super::checkpoint::WriteAheadLog;
use super::write::{Reply, Write};

/// Maximum number of requests that share one commit. With more of them a commit takes longer than the disk needs.
const COMMIT_BATCH: usize = 1_024;

/// The shortest time from the beginning of one commit to that of the next. After a pause the first request is written
/// at once. Under load many requests share a commit, which costs the same for one as for ten.
const COMMIT_INTERVAL: Duration = Duration::from_millis(2);

/// Something to be written, or to be delivered in order with what is written.
#[derive(Debug)]
pub(super) enum Request {
    Append { append: Append, reply: Reply<Receipt> },
    Write(Box<dyn Write>),
    Signal { room: RoomName, signal: Signal },
    Close { reply: oneshot::Sender<()> },
}

/// The result of a request. It is reported after the commit, and not before.
type RequestOutcome = Result<Option<Applied>, EngineError>;

/// The owner of the connection that writes.
#[derive(Debug)]
pub(super) struct Writer {
    database: Connection,
    deliveries: mpsc::Sender<Delivery>,
    wal: WriteAheadLog,
    failures: Arc<AtomicU64>,
    /// The ends of the logs that have been written to since the start or the last failure.
    log_ends: HashMap<RoomName, LogEnd>,
    /// Receives the rooms that have new events.
    index_queue: Arc<IndexQueue>,
}

impl Writer {
    pub(super) fn new(
        database: Connection,
        wal: WriteAheadLog,
        deliveries: mpsc::Sender<Delivery>,
        failures: Arc<AtomicU64>,
        index_queue: Arc<IndexQueue>,
    ) -> Self {
        Self { database, deliveries, wal, failures, log_ends: HashMap::new(), index_queue }
    }

    /// Serves requests until [`Request::Close`], or until all senders are gone.
    pub(super) fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let (mut batch, mut last_commit) = (Vec::new(), None::<Instant>);
        while requests.blocking_recv_many(&mut batch, COMMIT_BATCH) > 0 {
            let wait = last_commit.map_or(Duration::ZERO, |began| COMMIT_INTERVAL.saturating_sub(began.elapsed()));
            if !wait.is_zero() {
                thread::sleep(wait);
                batch.extend(std::iter::from_fn(|| requests.try_recv().ok()).take(COMMIT_BATCH - batch.len()));
            }
            last_commit = Some(Instant::now());
            let close = batch.iter().position(|request| matches!(request, Request::Close { .. }));
            let rest = close.map(|at| batch.split_off(at)).unwrap_or_default();
            self.serve(&mut batch);
            self.wal.limit_size(&self.database);
            if let Some(Request::Close { reply }) = rest.into_iter().next() {
                // With everything in the database file, the next start has no log to recover.
                self.wal.truncate(&self.database);
                let _ = reply.send(());
                return;
            }
        }
    }

    /// Commits the batch and reports its outcomes.
    fn serve(&mut self, batch: &mut Vec<Request>) {
        match self.commit(batch) {
            Ok(outcomes) => {
                for (request, outcome) in batch.drain(..).zip(outcomes) {
                    if let (Request::Append { append, .. }, Ok(Some(Applied { event: Some(_), .. }))) =
                        (&request, &outcome)
                        && let Some(end) = self.log_ends.get(&append.room)
                    {
                        self.index_queue.add(end.room);
                    }
                    report(&self.deliveries, request, outcome);
                }
            }
            Err(error) => {
                tracing::error!(%error, requests = batch.len(), "nothing can be written to disk");
                // The batch is lost. Later operations of senders that do not know it yet must not overtake it.
                self.failures.fetch_add(1, Ordering::Release);
                self.log_ends.clear();
                for request in batch.drain(..) {
                    report(&self.deliveries, request, Err(EngineError::Unavailable));
                }
            }
        }
    }

    /// Writes the batch in one transaction. When this returns, all of it is on disk, or none of it.
    fn commit(&mut self, batch: &mut [Request]) -> SqlResult<Vec<RequestOutcome>> {
        if batch.iter().all(|request| matches!(request, Request::Signal { .. })) {
            return Ok(batch.iter().map(|_| Ok(None)).collect());
        }
        let at = now();
        let failures = self.failures.load(Ordering::Acquire);
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for request in batch {
            outcomes.push(match request {
                Request::Append { append, .. } if append.known_failures < failures => Err(EngineError::Unavailable),
                Request::Append { append, .. } => apply(&transaction, &mut self.log_ends, append, at)?.map(Some),
                Request::Write(write) => {
                    let mut context = WriteContext::new(&*transaction, at);
                    write.write(&mut context)?;
                    context.changed_logs.iter().for_each(|room| drop(self.log_ends.remove(room)));
                    context.erased.iter().for_each(|room| self.index_queue.add(*room));
                    Ok(None)
                }
                Request::Signal { .. } | Request::Close { .. } => Ok(None),
            });
        }
        transaction.commit()?;
        Ok(outcomes)
    }
}

/// Applies an operation to its log, whose end is kept in memory.
fn apply(
    transaction: &Connection,
    log_ends: &mut HashMap<RoomName, LogEnd>,
    append: &Append,
    at: UnixMillis,
) -> SqlResult<Result<Applied, EngineError>> {
    let end = match log_ends.entry(append.room.clone()) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(vacant) => match operation::open_log(transaction, append, at)? {
            Ok(end) => vacant.insert(end),
            Err(outcome) => return Ok(outcome),
        },
    };
    operation::apply(&mut DirectTables(transaction), end, append, at)
}

/// Replies to a request, and delivers its event or signal.
fn report(deliveries: &mpsc::Sender<Delivery>, request: Request, outcome: RequestOutcome) {
    // A reply that nobody waits for is no fault; neither are deliveries that nobody receives, during shutdown.
    match (request, outcome) {
        (Request::Append { append, reply }, Ok(Some(Applied { receipt, event }))) => {
            if let Some(event) = event {
                let _ = deliveries.blocking_send(Delivery::Committed { room: append.room, event, is_own: true });
            }
            let _ = reply.send(Ok(receipt));
        }
        (Request::Append { reply, .. }, outcome) => {
            let _ = reply.send(Err(outcome.err().unwrap_or(EngineError::Unavailable)));
        }
        (Request::Write(write), outcome) => write.reply(outcome.is_ok()),
        (Request::Signal { room, signal }, _) => {
            let _ = deliveries.blocking_send(Delivery::Signal { room, signal });
        }
        (Request::Close { reply }, _) => {
            let _ = reply.send(());
        }
    }
}

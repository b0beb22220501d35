//! Commits operations. Those that arrive during one commit share the next one (invariant 1).
//!
//! A room that another transaction has locked, or that has no log yet, does not delay the others: its operations are
//! committed by a task of their own, and later ones for the same room queue behind them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parlor::RoomName;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use super::super::sql::operation::Applied;
use super::super::{Append, BusEvent, EngineError, Receipt, Signal};
use super::batch::{Outcome, RoomLock};
use super::commit::{Committer, Outcomes};
use super::follower::Followed;

/// Maximum number of requests that share one commit.
const COMMIT_BATCH: usize = 1_024;

/// Capacity of the queue of requests. While it is full, appending waits.
pub(super) const QUEUE_CAPACITY: usize = 4_096;

/// Number of rooms with a queue whose operations are committed at the same time. Each uses a connection, and may hold it
/// as long as the room is locked.
pub(super) const ROOM_TASKS: usize = 3;

/// Something to be committed, or to be delivered in order with what is committed.
#[derive(Debug)]
pub(super) enum Request {
    /// Commit an operation.
    Append(PendingOperation),
    /// Deliver a signal after the operations before it.
    Signal { room: RoomName, signal: Signal },
    /// Drop this when all operations before it are committed or refused.
    Barrier(Barrier),
}

/// An operation whose sender waits for its receipt.
#[derive(Debug)]
pub(super) struct PendingOperation {
    pub(super) append: Append,
    pub(super) reply: oneshot::Sender<Result<Receipt, EngineError>>,
}

/// Tells its receiver when all of its clones are dropped.
pub(super) type Barrier = Arc<oneshot::Sender<()>>;

/// A part of a batch, in order.
enum Item {
    Operation(oneshot::Sender<Result<Receipt, EngineError>>),
    Signal { room: RoomName, signal: Signal },
}

/// What waits for a room that another transaction has locked, or that has no log yet.
#[derive(Debug, Default)]
struct RoomQueue {
    operations: Vec<PendingOperation>,
    barriers: Vec<Barrier>,
    /// Whether a task commits earlier operations of the room.
    is_running: bool,
}

/// Where outcomes are reported.
#[derive(Clone, Debug)]
struct Reporter {
    followed: mpsc::Sender<Followed>,
    failures: Arc<AtomicU64>,
}

/// The task that commits.
#[derive(Debug)]
pub(super) struct Writer {
    committer: Arc<Committer>,
    reporter: Reporter,
    queues: HashMap<RoomName, RoomQueue>,
    /// The tasks that commit for rooms with a queue.
    tasks: JoinSet<RoomName>,
    /// Limits the tasks that commit: the others wait, so that a connection is left for the rooms without a queue.
    permits: Arc<Semaphore>,
}

impl Writer {
    pub(super) fn new(committer: Committer, failures: Arc<AtomicU64>, followed: mpsc::Sender<Followed>) -> Self {
        Self {
            committer: Arc::new(committer),
            reporter: Reporter { followed, failures },
            queues: HashMap::new(),
            tasks: JoinSet::new(),
            permits: Arc::new(Semaphore::new(ROOM_TASKS)),
        }
    }

    /// Serves requests until all senders are gone and everything is committed or refused.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                received = requests.recv_many(&mut batch, COMMIT_BATCH) => {
                    if received == 0 {
                        break;
                    }
                    self.serve(&mut batch).await;
                }
                Some(done) = self.tasks.join_next() => self.continue_room(done.ok()),
            }
        }
        while let Some(done) = self.tasks.join_next().await {
            self.continue_room(done.ok());
        }
    }

    /// Commits the batch and reports its outcomes.
    async fn serve(&mut self, batch: &mut Vec<Request>) {
        let (mut appends, mut items, mut barriers) = (Vec::new(), Vec::new(), Vec::new());
        for request in batch.drain(..) {
            match request {
                Request::Append(operation) => match self.queues.get_mut(&operation.append.room) {
                    Some(queue) => queue.operations.push(operation),
                    None => {
                        appends.push(operation.append);
                        items.push(Item::Operation(operation.reply));
                    }
                },
                Request::Signal { room, signal } => items.push(Item::Signal { room, signal }),
                Request::Barrier(barrier) => barriers.push(barrier),
            }
        }
        let appends: Arc<[Append]> = appends.into();
        let Outcomes { outcomes, retried } = match &*appends {
            [] => Outcomes { outcomes: Vec::new(), retried: false },
            _ => self.committer.commit(appends.clone(), RoomLock::Skip).await,
        };
        let mut decided = appends.iter().zip(outcomes);
        for item in items {
            match item {
                Item::Signal { room, signal } => self.reporter.deliver(Followed::Signal { room, signal }).await,
                Item::Operation(reply) => match decided.next() {
                    Some((append, Outcome::Applied(outcome))) => {
                        self.reporter.report(append, reply, outcome, retried).await;
                    }
                    Some((append, Outcome::NotLocked)) => {
                        let operation = PendingOperation { append: append.clone(), reply };
                        self.queues.entry(append.room.clone()).or_default().operations.push(operation);
                    }
                    None => {}
                },
            }
        }
        for barrier in barriers {
            self.queues.values_mut().for_each(|queue| queue.barriers.push(barrier.clone()));
        }
        self.start_rooms();
    }

    /// Starts tasks for queues that have none.
    fn start_rooms(&mut self) {
        for (room, queue) in self.queues.iter_mut().filter(|(_, queue)| !queue.is_running) {
            let (operations, barriers) = (std::mem::take(&mut queue.operations), std::mem::take(&mut queue.barriers));
            queue.is_running = true;
            let (committer, reporter, room) = (self.committer.clone(), self.reporter.clone(), room.clone());
            let permits = self.permits.clone();
            self.tasks.spawn(async move {
                // Nobody closes the semaphore.
                let _permit = permits.acquire().await;
                commit_room(&committer, &reporter, operations).await;
                drop(barriers);
                room
            });
        }
    }

    /// Continues with what was queued for a room meanwhile, if there is something.
    fn continue_room(&mut self, room: Option<RoomName>) {
        // A task that panicked leaves its queue, whose senders wait until the server ends.
        let Some(room) = room else { return };
        if let Some(queue) = self.queues.get_mut(&room) {
            queue.is_running = false;
            if queue.operations.is_empty() && queue.barriers.is_empty() {
                self.queues.remove(&room);
            }
        }
        self.start_rooms();
    }
}

/// Commits operations of one room: waits for its lock, and creates its log.
async fn commit_room(committer: &Committer, reporter: &Reporter, mut operations: Vec<PendingOperation>) {
    while !operations.is_empty() {
        let appends: Arc<[Append]> = operations.iter().map(|operation| operation.append.clone()).collect();
        let Outcomes { outcomes, retried } = committer.commit(appends, RoomLock::Wait).await;
        let mut without_log = Vec::new();
        for (operation, outcome) in operations.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Applied(outcome) => {
                    reporter.report(&operation.append, operation.reply, outcome, retried).await;
                }
                Outcome::NotLocked => without_log.push(operation),
            }
        }
        operations = without_log;
        // Most operations create the log. Others have their outcome without one.
        while let Some(first) = operations.first() {
            let outcome = match committer.create_log(first.append.clone()).await {
                Ok(None) => break,
                Ok(Some(outcome)) => outcome,
                Err(error) => {
                    reporter.failures.fetch_add(1, Ordering::Release);
                    Err(error)
                }
            };
            let PendingOperation { append, reply } = operations.remove(0);
            reporter.report(&append, reply, outcome, false).await;
        }
    }
}

impl Reporter {
    /// Delivers the event of an operation, and replies.
    async fn report(
        &self,
        append: &Append,
        reply: oneshot::Sender<Result<Receipt, EngineError>>,
        outcome: Result<Applied, EngineError>,
        retried: bool,
    ) {
        let outcome = match outcome {
            Ok(Applied { receipt, event: Some(event) }) => {
                self.deliver(Followed::Committed { room: append.room.clone(), event }).await;
                Ok(receipt)
            }
            Ok(Applied { receipt, event: None }) => {
                if retried {
                    self.deliver(Followed::Hints(vec![(append.room.clone(), receipt.seq)])).await;
                }
                Ok(receipt)
            }
            Err(error) => {
                if error == EngineError::NameLost {
                    // The sender may repeat it under another name. What it has sent after it must not overtake it.
                    self.failures.fetch_add(1, Ordering::Release);
                    self.deliver(Followed::Bus(BusEvent::NamesLost(vec![append.author.id.clone()]))).await;
                }
                Err(error)
            }
        };
        // A reply that nobody waits for is no fault.
        let _ = reply.send(outcome);
    }

    async fn deliver(&self, followed: Followed) {
        // Fails only when the engine has been closed.
        let _ = self.followed.send(followed).await;
    }
}

//! The one thread that writes. What arrives while the disk is busy with one commit shares the next one (invariant 1).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use parlor::{RoomName, UnixMillis};
use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::super::{Append, Delivery, EngineError, Note, Receipt, Signal, now};
use super::checkpoint::WriteAheadLog;
use super::follower::Behind;
use super::log::{End, find_room};
use super::memberships;
use super::operation::{self, Done};

/// Requests that share one commit at most: above it a commit takes longer than the disk's own time.
const BATCH: usize = 1_024;

/// The least time from the beginning of one commit to that of the next. Whoever comes after a pause is not held up; in a
/// rush many share a commit, which costs the same for one as for ten.
const PACE: Duration = Duration::from_millis(2);

/// Something to be written, or to be brought to a room in order with what is written.
#[derive(Debug)]
pub(super) enum Request {
    Append { message: Append, reply: Reply<Receipt> },
    Note { note: Note, reply: Reply<()> },
    Signal { room: RoomName, signal: Signal },
    Close { reply: oneshot::Sender<()> },
}

/// Where an answer goes; whoever asked may have gone away.
type Reply<T> = oneshot::Sender<Result<T, EngineError>>;

/// What a request has come to, to be told when the commit is on disk and not before.
type Outcome = Result<Option<Done>, EngineError>;

/// Owns the writing connection.
#[derive(Debug)]
pub(super) struct Writer {
    database: Connection,
    stream: mpsc::Sender<Delivery>,
    log: WriteAheadLog,
    failures: Arc<AtomicU64>,
    /// The ends of the logs in use.
    ends: HashMap<RoomName, End>,
    /// Told of rooms that have said more.
    behind: Arc<Behind>,
}

impl Writer {
    pub(super) fn new(
        database: Connection,
        log: WriteAheadLog,
        stream: mpsc::Sender<Delivery>,
        failures: Arc<AtomicU64>,
        behind: Arc<Behind>,
    ) -> Self {
        Self { database, log, stream, failures, ends: HashMap::new(), behind }
    }

    /// Goes on until it is told to close, or nobody can ask any more.
    pub(super) fn run(mut self, mut line: mpsc::Receiver<Request>) {
        let (mut batch, mut began) = (Vec::new(), None::<Instant>);
        while line.blocking_recv_many(&mut batch, BATCH) > 0 {
            let early = began.map_or(Duration::ZERO, |began| PACE.saturating_sub(began.elapsed()));
            if !early.is_zero() {
                thread::sleep(early);
                batch.extend(std::iter::from_fn(|| line.try_recv().ok()).take(BATCH - batch.len()));
            }
            began = Some(Instant::now());
            let close = batch.iter().position(|request| matches!(request, Request::Close { .. }));
            let after = close.map(|at| batch.split_off(at)).unwrap_or_default();
            self.serve(&mut batch);
            self.log.keep_short(&self.database);
            if let Some(Request::Close { reply }) = after.into_iter().next() {
                // With everything in the database's own file, the next start has nothing to catch up with.
                self.log.empty(&self.database);
                let _ = reply.send(());
                return;
            }
        }
    }

    fn serve(&mut self, batch: &mut Vec<Request>) {
        match self.write(batch) {
            Ok(outcomes) => {
                for (request, outcome) in batch.drain(..).zip(outcomes) {
                    if let (Request::Append { message, .. }, Ok(Some(Done { event: Some(_), .. }))) =
                        (&request, &outcome)
                        && let Some(end) = self.ends.get(&message.room)
                    {
                        self.behind.add(end.room);
                    }
                    tell(&self.stream, request, outcome);
                }
            }
            Err(error) => {
                tracing::error!(%error, requests = batch.len(), "nothing can be written to disk");
                // What was in line is lost. Whoever sends more before knowing that must not pass it by.
                self.failures.fetch_add(1, Ordering::Release);
                self.ends.clear();
                for request in batch.drain(..) {
                    tell(&self.stream, request, Err(EngineError::Unavailable));
                }
            }
        }
    }

    /// Writes the batch in one transaction. When it returns, all of it is on disk, or nothing of it is.
    fn write(&mut self, batch: &[Request]) -> rusqlite::Result<Vec<Outcome>> {
        if batch.iter().all(|request| matches!(request, Request::Signal { .. })) {
            return Ok(batch.iter().map(|_| Ok(None)).collect());
        }
        let at = now();
        let failures = self.failures.load(Ordering::Acquire);
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for request in batch {
            outcomes.push(match request {
                Request::Append { message, .. } if message.failures_known < failures => Err(EngineError::Unavailable),
                Request::Append { message, .. } => {
                    operation::perform(&transaction, &mut self.ends, message, at)?.map(Some)
                }
                Request::Note { note, .. } => {
                    take_note(&transaction, note, at)?;
                    Ok(None)
                }
                Request::Signal { .. } | Request::Close { .. } => Ok(None),
            });
        }
        transaction.commit()?;
        Ok(outcomes)
    }
}

fn take_note(database: &Connection, note: &Note, at: UnixMillis) -> rusqlite::Result<()> {
    match note {
        Note::Holds(author) => {
            let mut hold = database.prepare_cached(
                "INSERT INTO holders (author, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = excluded.name",
            )?;
            hold.execute(params![author.id.as_str(), author.name.as_str()])?;
            memberships::rename(database, author)?;
        }
        Note::HoldsNothing(ids) => {
            let mut release = database.prepare_cached("DELETE FROM holders WHERE author = ?1")?;
            ids.iter().try_for_each(|id| release.execute([id.as_str()]).map(drop))?;
        }
        Note::HasRead { who, room, seq } => {
            // In a room without a log there is nothing to have read.
            let Some((room, _)) = find_room(database, room)? else { return Ok(()) };
            let mut mark = database.prepare_cached(
                "INSERT INTO read (author, room, seq) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)",
            )?;
            mark.execute(params![who.as_str(), room.0, seq])?;
        }
        Note::Belongs { who, room } => memberships::begin(database, who, room, at)?,
        Note::BelongsNoMore { who, room } => memberships::end(database, who, room)?,
        Note::BelongsNowhere(who) => memberships::end_all(database, who)?,
        Note::Unread { who, room, seq } => {
            let Some((room, _)) = find_room(database, room)? else { return Ok(()) };
            let mut mark =
                database.prepare_cached("INSERT OR REPLACE INTO read (author, room, seq) VALUES (?1, ?2, ?3)")?;
            mark.execute(params![who.as_str(), room.0, seq.saturating_sub(1)])?;
        }
    }
    Ok(())
}

/// Answers a request, and brings its room what there is to show.
fn tell(stream: &mpsc::Sender<Delivery>, request: Request, outcome: Outcome) {
    // An answer that nobody waits for any more is no fault; neither is a stream without rooms, at shutdown.
    match (request, outcome) {
        (Request::Append { message, reply }, Ok(Some(Done { receipt, event }))) => {
            if let Some(event) = event {
                let _ = stream.blocking_send(Delivery::Committed { room: message.room, event });
            }
            let _ = reply.send(Ok(receipt));
        }
        (Request::Note { reply, .. }, Ok(_)) => {
            let _ = reply.send(Ok(()));
        }
        (Request::Signal { room, signal }, _) => {
            let _ = stream.blocking_send(Delivery::Signal { room, signal });
        }
        (Request::Append { reply, .. }, outcome) => {
            let _ = reply.send(Err(outcome.err().unwrap_or(EngineError::Unavailable)));
        }
        (Request::Note { reply, .. }, Err(error)) => {
            let _ = reply.send(Err(error));
        }
        (Request::Close { reply }, _) => {
            let _ = reply.send(());
        }
    }
}

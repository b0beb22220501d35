//! The thread that indexes new events for searching, after their commit. Within the commit it would cost ten times as
//! much as the message itself.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rusqlite::Connection;
use rustix::process::setpriority_process;
use rustix::thread::gettid;

use super::super::EngineError;
use super::super::open_error::OpenError;
use super::super::sql::rooms;
use super::super::sql::row_id::RoomId;
use super::index;
use super::log_source::{self, IndexedLogs, LogSource, NewEvents, Update};
use super::queue::{ChangedRoom, IndexQueue};

/// Maximum number of messages that one transaction erases.
const ERASED_MESSAGES: usize = 4_096;

/// The thread's nice value (setpriority(2)): threads that people wait for come first.
const NICE: i32 = 10;

/// Why the index can't be updated.
#[derive(Debug, thiserror::Error)]
enum IndexError {
    /// Its file can't be read or written.
    #[error(transparent)]
    Index(#[from] rusqlite::Error),
    /// The log can't be read.
    #[error("the log: {0}")]
    Log(#[from] EngineError),
}

/// The handle of the indexing thread. Dropping it stops the thread and waits until the thread has closed its files.
#[derive(Debug)]
pub(super) struct Indexer {
    queue: Arc<IndexQueue>,
    thread: Option<JoinHandle<()>>,
}

impl Indexer {
    /// Opens the index and starts the thread. If the index is not of this log, it is made anew.
    ///
    /// # Errors
    /// [`OpenError`].
    pub(super) fn start(path: &Path, log: impl LogSource, queue: Arc<IndexQueue>) -> Result<Self, OpenError> {
        let mut worker = Worker::open(path, log, queue.clone())?;
        let thread = thread::Builder::new().name("parlor-search".to_owned()).spawn(move || worker.run())?;
        Ok(Self { queue, thread: Some(thread) })
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.queue.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The state of the indexing thread.
struct Worker<L> {
    log: L,
    index: Connection,
    queue: Arc<IndexQueue>,
    /// A text has been erased, and the write-ahead log of the index may still contain it.
    erased: bool,
    /// When the making of a new index began, until it is complete.
    build_started: Option<Instant>,
    /// When rooms are looked for that are not queued.
    next_poll: Option<Instant>,
}

impl<L: LogSource> Worker<L> {
    /// Opens the index, and queues the rooms with events that it does not have yet.
    fn open(path: &Path, log: L, queue: Arc<IndexQueue>) -> Result<Self, OpenError> {
        let read = |logs: IndexedLogs| {
            log.read(move |log| {
                let is_of_log = log_source::has_all(log, &logs)?;
                let logs = if is_of_log { logs } else { IndexedLogs::new() };
                Ok((is_of_log, log_source::changed_rooms(log, L::TOPS, &logs)?))
            })
        };
        let opened = index::open(path);
        let logs = opened.as_ref().map(|(_, logs)| logs.clone()).unwrap_or_default();
        let (is_of_log, changed) = read(logs).map_err(|_| OpenError::Log)?;
        let (index, is_new) = match opened {
            Some((index, _)) if is_of_log => (index, false),
            opened => {
                drop(opened);
                (index::create(path)?, true)
            }
        };
        index::truncate_wal(&index)?;
        let events: u64 = changed.iter().map(|(_, events)| events).sum();
        changed.iter().for_each(|(room, _)| queue.add(*room));
        let build_started = (is_new && events > 0).then(Instant::now);
        if build_started.is_some() {
            tracing::info!(
                events,
                rooms = changed.len(),
                "making a new search index: until it is complete, searches are slower"
            );
        }
        let next_poll = L::POLL_INTERVAL.map(|interval| Instant::now() + interval);
        Ok(Self { log, index, queue, erased: false, build_started, next_poll })
    }

    fn run(&mut self) {
        // Without the permission to change it, the thread keeps the normal priority.
        let _ = setpriority_process(Some(gettid()), NICE);
        let mut immediately = false;
        while let Some(rooms) = self.queue.next(immediately, self.next_poll) {
            let rooms: Vec<_> = rooms.into_iter().collect();
            immediately = match self.index_changed(&rooms) {
                Ok(unfinished) => unfinished,
                Err(_) if self.queue.is_stopped() => return,
                Err(error) => {
                    tracing::warn!(%error, "the search index can't be updated; it will be tried again");
                    rooms.into_iter().for_each(|room| self.queue.insert(room));
                    self.queue.wait_to_retry();
                    false
                }
            };
        }
    }

    /// Indexes the next events of these rooms, and of those that were not queued. True if work is left.
    fn index_changed(&mut self, changed: &[ChangedRoom]) -> Result<bool, IndexError> {
        // Each of them once.
        let mut rooms: HashSet<_> = self.find_rooms(changed)?.into_iter().collect();
        if self.next_poll.is_some_and(|next_poll| next_poll <= Instant::now()) {
            let logs = index::indexed_logs(&self.index)?;
            let changed = self.log.read(move |log| log_source::changed_rooms(log, L::TOPS, &logs))?;
            rooms.extend(changed.into_iter().map(|(room, _)| room));
            self.next_poll = L::POLL_INTERVAL.map(|interval| Instant::now() + interval);
        }
        let unfinished = self.index_rooms(rooms.into_iter().collect())?;
        if !unfinished && let Some(started) = self.build_started.take() {
            tracing::info!(seconds = started.elapsed().as_secs_f64(), "the new search index is complete");
        }
        Ok(unfinished)
    }

    /// The numbers of rooms, without those that have no log any more.
    fn find_rooms(&self, changed: &[ChangedRoom]) -> Result<Vec<RoomId>, IndexError> {
        let (mut ids, mut names) = (Vec::new(), Vec::new());
        for room in changed {
            match room {
                ChangedRoom::Id(id) => ids.push(*id),
                ChangedRoom::Name(name) => names.push(name.clone()),
            }
        }
        if !names.is_empty() {
            let found = self.log.read(move |log| rooms::tops(log, &names))?;
            ids.extend(found.into_iter().flatten().map(|(room, _)| room));
        }
        Ok(ids)
    }

    /// Indexes the next events of these rooms, and queues the rooms that may have more. True if work is left.
    fn index_rooms(&mut self, mut rooms: Vec<RoomId>) -> Result<bool, IndexError> {
        let first = rooms.first().copied();
        let finished = self.index_transaction(&rooms)?;
        let unfinished = rooms.split_off(finished);
        unfinished.iter().for_each(|room| self.queue.add(*room));
        if self.erased && index::truncate_wal(&self.index)? {
            self.erased = false;
        }
        if self.erased
            && let Some(room) = first
        {
            self.queue.add(room);
        }
        Ok(!unfinished.is_empty() || self.erased)
    }

    /// Indexes the next events of these rooms in one transaction. Returns the number of rooms, from the first on, that
    /// have no more.
    fn index_transaction(&mut self, rooms: &[RoomId]) -> Result<usize, IndexError> {
        let rooms = rooms.iter().map(|room| Ok((*room, index::indexed_log(&self.index, *room)?)));
        let rooms: Vec<_> = rooms.collect::<rusqlite::Result<_>>()?;
        let (updates, finished) = self.log.read(move |log| log_source::updates(log, &rooms))?;
        let index = self.index.transaction()?;
        for (room, update) in updates {
            self.erased |= apply(&index, room, &update)?;
        }
        index.commit()?;
        Ok(finished)
    }
}

/// Applies an update of a room. True if a text has been erased.
fn apply(index: &Connection, room: RoomId, update: &Update) -> rusqlite::Result<bool> {
    let Update::Events(NewEvents { posted, changed, end }) = update else {
        index::erase_room(index, room, ERASED_MESSAGES)?;
        return Ok(true);
    };
    index::add(index, room, posted)?;
    let mut erased = false;
    for message in changed {
        erased |= index::update(index, message)?;
    }
    index::set_indexed(index, room, *end)?;
    Ok(erased)
}

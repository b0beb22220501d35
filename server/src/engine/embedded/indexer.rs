//! The thread that indexes new events for searching, after their commit. Within the commit it would cost ten times as
//! much as the message itself.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use parlor::search::fold;
use rusqlite::{Connection, OptionalExtension as _, params};
use rustix::process::setpriority_process;
use rustix::thread::gettid;

use super::super::sql::row_id::{RoomId, seq_of};
use super::database::connect;
use super::index::HOUR_MS;
use super::open_error::OpenError;
use super::{index, ngrams};

/// Maximum number of events that one transaction indexes. With large transactions FTS5 has fewer segments to merge.
const TRANSACTION_EVENTS: usize = 4_096;

/// How long the thread waits for more events before it indexes the first. A commit costs the same for one as for many,
/// and a search finds events that are not indexed yet.
const COALESCE_DELAY: Duration = Duration::from_millis(200);

/// How long the thread waits after a failure, most likely of the disk.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The thread's nice value (setpriority(2)): threads that people wait for come first.
const NICE: i32 = 10;

/// The rooms that have events which are not indexed yet.
#[derive(Debug, Default)]
pub(super) struct IndexQueue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rooms: HashSet<RoomId>,
    stopped: bool,
}

impl IndexQueue {
    /// Adds a room that has new events.
    pub(super) fn add(&self, room: RoomId) {
        let mut state = self.state.lock();
        if state.rooms.insert(room) && state.rooms.len() == 1 {
            self.changed.notify_all();
        }
    }

    /// Waits for a room, and without `immediately` for more during [`COALESCE_DELAY`]. Returns all queued rooms; `None`
    /// when the queue has been stopped.
    fn next(&self, immediately: bool) -> Option<Vec<RoomId>> {
        let mut state = self.state.lock();
        self.changed.wait_while(&mut state, |state| state.rooms.is_empty() && !state.stopped);
        if !immediately {
            self.changed.wait_while_for(&mut state, |state| !state.stopped, COALESCE_DELAY);
        }
        (!state.stopped).then(|| state.rooms.drain().collect())
    }

    /// Waits for [`RETRY_DELAY`], or until the queue is stopped.
    fn wait_to_retry(&self) {
        let mut state = self.state.lock();
        self.changed.wait_while_for(&mut state, |state| !state.stopped, RETRY_DELAY);
    }
}

/// The handle of the indexing thread. Dropping it stops the thread and waits until the thread has closed its files.
#[derive(Debug)]
pub(super) struct Indexer {
    queue: Arc<IndexQueue>,
    thread: Option<JoinHandle<()>>,
}

impl Indexer {
    /// Starts the thread. It first indexes the events that the index does not have yet.
    pub(super) fn start(database: &PathBuf, queue: Arc<IndexQueue>) -> Result<Self, OpenError> {
        let mut worker =
            Worker { log: connect(database)?, index: index::open(database)?, erased: false, queue: queue.clone() };
        for room in worker.log.prepare("SELECT id FROM rooms")?.query_map([], |row| Ok(RoomId(row.get(0)?)))? {
            queue.add(room?);
        }
        let thread = thread::Builder::new().name("parlor-search".to_owned()).spawn(move || worker.run())?;
        Ok(Self { queue, thread: Some(thread) })
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.queue.state.lock().stopped = true;
        self.queue.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The state of the indexing thread.
struct Worker {
    log: Connection,
    index: Connection,
    /// A text has been erased, and the write-ahead log of the index may still contain it.
    erased: bool,
    queue: Arc<IndexQueue>,
}

impl Worker {
    fn run(&mut self) {
        // Without the permission to change it, the thread keeps the normal priority.
        let _ = setpriority_process(Some(gettid()), NICE);
        let mut immediately = false;
        while let Some(rooms) = self.queue.next(immediately) {
            immediately = match self.index_rooms(&rooms) {
                Ok(unfinished) => unfinished,
                Err(error) => {
                    tracing::warn!(%error, "the search index can't be updated; it will be tried again");
                    rooms.iter().for_each(|room| self.queue.add(*room));
                    self.queue.wait_to_retry();
                    false
                }
            };
        }
    }

    /// Indexes the next events of these rooms, and queues the rooms that may have more. True if work is left.
    fn index_rooms(&mut self, rooms: &[RoomId]) -> rusqlite::Result<bool> {
        let unfinished = self.index_transaction(rooms)?;
        unfinished.iter().for_each(|room| self.queue.add(*room));
        if self.erased && index::truncate_wal(&self.index)? {
            self.erased = false;
        }
        if self.erased
            && let Some(room) = rooms.first()
        {
            self.queue.add(*room);
        }
        Ok(!unfinished.is_empty() || self.erased)
    }

    /// Indexes at most [`TRANSACTION_EVENTS`] events in one transaction. Returns the rooms that may have more.
    fn index_transaction<'a>(&mut self, rooms: &'a [RoomId]) -> rusqlite::Result<&'a [RoomId]> {
        let index = self.index.transaction()?;
        let log = self.log.unchecked_transaction()?;
        let (mut remaining, mut finished) = (TRANSACTION_EVENTS, 0);
        for room in rooms {
            let (count, erased) = index_room(&index, &log, *room, remaining)?;
            self.erased |= erased;
            remaining -= count;
            if remaining == 0 {
                break;
            }
            finished += 1;
        }
        index.commit()?;
        Ok(&rooms[finished..])
    }
}

/// Indexes at most `limit` further events of a room. Returns how many, and whether a text has been erased.
fn index_room(index: &Connection, log: &Connection, room: RoomId, limit: usize) -> rusqlite::Result<(usize, bool)> {
    let mut deleted = log.prepare_cached("SELECT 1 FROM rooms WHERE id = ?1 AND name = '!' || id")?;
    if deleted.exists([room.0])? {
        let erased = erase_room(index, room, limit)?;
        return Ok((erased, erased > 0));
    }
    let mut find = index.prepare_cached("SELECT seq FROM followed WHERE room = ?1")?;
    let indexed: u64 = find.query_row([room.0], |row| row.get(0)).optional()?.unwrap_or(0);
    // Seqs have no gaps.
    let range = [room.row_id(indexed.saturating_add(1)), room.row_id(indexed.saturating_add(limit as u64))];
    let posted = index_messages(index, log, room, range)?;
    let (changed, erased) = index_changes(index, log, range)?;
    let Some((last, link)) = posted.max(changed) else { return Ok((0, erased)) };
    let mut store = index.prepare_cached("REPLACE INTO followed (room, seq, link) VALUES (?1, ?2, ?3)")?;
    store.execute(params![room.0, seq_of(last), link])?;
    Ok(((seq_of(last) - indexed) as usize, erased))
}

/// Removes at most `limit` messages of a deleted room from the index. Returns how many.
fn erase_room(index: &Connection, room: RoomId, limit: usize) -> rusqlite::Result<usize> {
    let [first, last] = room.row_ids();
    let mut select =
        index.prepare_cached("SELECT place, name, text FROM texts WHERE place BETWEEN ?1 AND ?2 LIMIT ?3")?;
    let rows = select.query_map(params![first, last, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let texts: Vec<(i64, String, String)> = rows.collect::<Result<_, _>>()?;
    for (row_id, name, text) in &texts {
        erase(index, *row_id, name, text)?;
    }
    index.prepare_cached("DELETE FROM hours WHERE room = ?1")?.execute([room.0])?;
    index.prepare_cached("DELETE FROM followed WHERE room = ?1")?.execute([room.0])?;
    Ok(texts.len())
}

/// The row id of the last event of a range and the chain's value there; `None` if the range has no event.
type LastEvent = Option<(i64, [u8; 32])>;

/// Indexes the messages in a range of row ids with their current texts. Returns the last of them.
fn index_messages(index: &Connection, log: &Connection, room: RoomId, range: [i64; 2]) -> rusqlite::Result<LastEvent> {
    let mut select = log.prepare_cached(
        "SELECT place, name, coalesce(text, body), at, link FROM messages WHERE place BETWEEN ?1 AND ?2 ORDER BY place",
    )?;
    let mut rows = select.query(range)?;
    let (mut last, mut hours) = (None, HashMap::<i64, (i64, i64)>::new());
    while let Some(row) = rows.next()? {
        let row_id = row.get(0)?;
        last = Some((row_id, row.get(4)?));
        let Some(text) = row.get_ref(2)?.as_str_or_null()? else { continue };
        insert(index, row_id, &fold(row.get_ref(1)?.as_str()?), &fold(text))?;
        let (_, newest) = hours.entry(row.get::<_, i64>(3)? / HOUR_MS).or_insert((row_id, row_id));
        *newest = row_id;
    }
    let mut widen = index.prepare_cached(
        "INSERT INTO hours (room, hour, first, last) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)",
    )?;
    for (hour, (first, last)) in hours {
        widen.execute(params![room.0, hour, first, last])?;
    }
    Ok(last)
}

/// Indexes the edits and deletions in a range of row ids. Returns the last event of the range that is no message, and
/// whether a text has been erased.
fn index_changes(index: &Connection, log: &Connection, range: [i64; 2]) -> rusqlite::Result<(LastEvent, bool)> {
    let mut select = log
        .prepare_cached("SELECT place, kind, target, link FROM changes WHERE place BETWEEN ?1 AND ?2 ORDER BY place")?;
    let mut rows = select.query(range)?;
    let (mut last, mut erased) = (None, false);
    while let Some(row) = rows.next()? {
        last = Some((row.get(0)?, row.get(3)?));
        if matches!(row.get_ref(1)?.as_str()?, "edited" | "deleted") {
            erased |= reindex(index, log, row.get(2)?)?;
        }
    }
    Ok((last, erased))
}

/// Updates the index to the current text of a message. True if a text has been erased.
fn reindex(index: &Connection, log: &Connection, row_id: i64) -> rusqlite::Result<bool> {
    let mut find = log.prepare_cached("SELECT name, coalesce(text, body) FROM messages WHERE place = ?1")?;
    let found = find.query_row([row_id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)));
    let Some((name, text)) = found.optional()? else { return Ok(false) };
    let current = text.map(|text| (fold(&name), fold(&text)));
    let mut find = index.prepare_cached("SELECT name, text FROM texts WHERE place = ?1")?;
    let indexed: Option<(String, String)> =
        find.query_row([row_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if indexed == current {
        return Ok(false);
    }
    if let Some((name, text)) = &indexed {
        erase(index, row_id, name, text)?;
    }
    if let Some((name, text)) = &current {
        insert(index, row_id, name, text)?;
    }
    Ok(current.is_none() && indexed.is_some())
}

/// Removes a message from the index. Name and text are those that it was indexed with.
fn erase(index: &Connection, row_id: i64, name: &str, text: &str) -> rusqlite::Result<()> {
    let mut delete = index.prepare_cached("INSERT INTO grams (grams, rowid, gram) VALUES ('delete', ?1, ?2)")?;
    delete.execute(params![row_id, ngrams::of_message(name, text)])?;
    index.prepare_cached("DELETE FROM texts WHERE place = ?1")?.execute([row_id]).map(drop)
}

/// Adds a message to the index that is not in it. Name and text are folded.
fn insert(index: &Connection, row_id: i64, name: &str, text: &str) -> rusqlite::Result<()> {
    let mut insert_text = index.prepare_cached("INSERT INTO texts (place, name, text) VALUES (?1, ?2, ?3)")?;
    insert_text.execute(params![row_id, name, text])?;
    let mut insert_ngrams = index.prepare_cached("INSERT INTO grams (rowid, gram) VALUES (?1, ?2)")?;
    insert_ngrams.execute(params![row_id, ngrams::of_message(name, text)])?;
    Ok(())
}

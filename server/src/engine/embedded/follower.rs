//! Keeps the index up with the logs, in a thread of its own and after the commit: in the writer's turn it would cost
//! ten times what the message itself costs.

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

use super::place::{RoomId, seq_of};
use super::{OpenError, connect, grams, index};

/// Events taken in at once: more of them make fewer pieces for FTS5 to merge.
const STEP: usize = 4_096;

/// How long events gather before they are taken in. A commit costs the same for one as for many, and until then a
/// search finds them without the index.
const GATHER: Duration = Duration::from_millis(200);

/// How long it waits after a failure, of the disk most likely.
const LATER: Duration = Duration::from_secs(1);

/// How far it stands back behind the threads that people wait for (setpriority(2)).
const NICE: i32 = 10;

/// The rooms that have said more than the index knows.
#[derive(Debug, Default)]
pub(super) struct Behind {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rooms: HashSet<RoomId>,
    over: bool,
}

impl Behind {
    /// A room has said more.
    pub(super) fn add(&self, room: RoomId) {
        let mut state = self.state.lock();
        if state.rooms.insert(room) && state.rooms.len() == 1 {
            self.changed.notify_all();
        }
    }

    /// The rooms, once there is one, and once more have gathered if there is no hurry; none when it is over.
    fn next(&self, hurry: bool) -> Option<Vec<RoomId>> {
        let mut state = self.state.lock();
        self.changed.wait_while(&mut state, |state| state.rooms.is_empty() && !state.over);
        if !hurry {
            self.changed.wait_while_for(&mut state, |state| !state.over, GATHER);
        }
        (!state.over).then(|| state.rooms.drain().collect())
    }

    fn pause(&self) {
        let mut state = self.state.lock();
        self.changed.wait_while_for(&mut state, |state| !state.over, LATER);
    }
}

/// The thread. It ends, and lets go of its files, before this is gone.
#[derive(Debug)]
pub(super) struct Follower {
    behind: Arc<Behind>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Goes on from where the index is.
    pub(super) fn start(database: &PathBuf, behind: Arc<Behind>) -> Result<Self, OpenError> {
        let mut following =
            Following { log: connect(database)?, index: index::open(database)?, erased: false, behind: behind.clone() };
        for room in following.log.prepare("SELECT id FROM rooms")?.query_map([], |row| Ok(RoomId(row.get(0)?)))? {
            behind.add(room?);
        }
        let thread = thread::Builder::new().name("parlor-search".to_owned()).spawn(move || following.run())?;
        Ok(Self { behind, thread: Some(thread) })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.behind.state.lock().over = true;
        self.behind.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Following {
    log: Connection,
    index: Connection,
    /// Something has been erased, and the write-ahead log may still have it.
    erased: bool,
    behind: Arc<Behind>,
}

impl Following {
    fn run(&mut self) {
        // Where that is not allowed, it is as important as the others.
        let _ = setpriority_process(Some(gettid()), NICE);
        let mut hurry = false;
        while let Some(rooms) = self.behind.next(hurry) {
            hurry = match self.step(&rooms) {
                Ok(more) => more,
                Err(error) => {
                    tracing::warn!(%error, "the index for searching can't be kept up; it will be tried again");
                    rooms.iter().for_each(|room| self.behind.add(*room));
                    self.behind.pause();
                    false
                }
            };
        }
    }

    /// Takes in the next events of these rooms. True if there is more to do.
    fn step(&mut self, rooms: &[RoomId]) -> rusqlite::Result<bool> {
        let left = self.take_in_some(rooms)?;
        left.iter().for_each(|room| self.behind.add(*room));
        if self.erased && index::overwrite(&self.index)? {
            self.erased = false;
        }
        if self.erased
            && let Some(room) = rooms.first()
        {
            self.behind.add(*room);
        }
        Ok(!left.is_empty() || self.erased)
    }

    /// Takes in so many in one transaction. Returns the rooms of which there may be more.
    fn take_in_some<'a>(&mut self, rooms: &'a [RoomId]) -> rusqlite::Result<&'a [RoomId]> {
        let step = self.index.transaction()?;
        let moment = self.log.unchecked_transaction()?;
        let (mut space, mut done) = (STEP, 0);
        for room in rooms {
            let (count, erased) = take_in_room(&step, &moment, *room, space)?;
            self.erased |= erased;
            space -= count;
            if space == 0 {
                break;
            }
            done += 1;
        }
        step.commit()?;
        Ok(&rooms[done..])
    }
}

/// Takes in a room's next events, at most so many. Returns how many, and whether a text has been erased.
fn take_in_room(index: &Connection, log: &Connection, room: RoomId, at_most: usize) -> rusqlite::Result<(usize, bool)> {
    let mut followed = index.prepare_cached("SELECT seq FROM followed WHERE room = ?1")?;
    let from: u64 = followed.query_row([room.0], |row| row.get(0)).optional()?.unwrap_or(0);
    // Seqs have no gaps.
    let range = [room.place(from.saturating_add(1)), room.place(from.saturating_add(at_most as u64))];
    let posted = take_in_messages(index, log, room, range)?;
    let (changed, erased) = take_in_changes(index, log, range)?;
    let Some((last, link)) = posted.max(changed) else { return Ok((0, erased)) };
    let mut follow = index.prepare_cached("REPLACE INTO followed (room, seq, link) VALUES (?1, ?2, ?3)")?;
    follow.execute(params![room.0, seq_of(last), link])?;
    Ok(((seq_of(last) - from) as usize, erased))
}

/// The place of an event, and the chain's value there.
type Last = Option<(i64, [u8; 32])>;

/// Takes in what has been posted, as it is now. Returns the last of it.
fn take_in_messages(index: &Connection, log: &Connection, room: RoomId, range: [i64; 2]) -> rusqlite::Result<Last> {
    let mut select = log.prepare_cached(
        "SELECT place, name, coalesce(text, body), at, link FROM messages WHERE place BETWEEN ?1 AND ?2 ORDER BY place",
    )?;
    let mut rows = select.query(range)?;
    let (mut last, mut hours) = (None, HashMap::<i64, (i64, i64)>::new());
    while let Some(row) = rows.next()? {
        let place = row.get(0)?;
        last = Some((place, row.get(4)?));
        let Some(text) = row.get_ref(2)?.as_str_or_null()? else { continue };
        learn(index, place, &fold(row.get_ref(1)?.as_str()?), &fold(text))?;
        let (_, newest) = hours.entry(row.get::<_, i64>(3)? / HOUR_MS).or_insert((place, place));
        *newest = place;
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

/// Takes in what has become of messages. Returns the last event, and whether a text has been erased.
fn take_in_changes(index: &Connection, log: &Connection, range: [i64; 2]) -> rusqlite::Result<(Last, bool)> {
    let mut select = log
        .prepare_cached("SELECT place, kind, target, link FROM changes WHERE place BETWEEN ?1 AND ?2 ORDER BY place")?;
    let mut rows = select.query(range)?;
    let (mut last, mut erased) = (None, false);
    while let Some(row) = rows.next()? {
        last = Some((row.get(0)?, row.get(3)?));
        if matches!(row.get_ref(1)?.as_str()?, "edited" | "deleted") {
            erased |= take_in_again(index, log, row.get(2)?)?;
        }
    }
    Ok((last, erased))
}

/// Brings what is known of a message to what it is now. True if a text has been erased.
fn take_in_again(index: &Connection, log: &Connection, place: i64) -> rusqlite::Result<bool> {
    let mut find = log.prepare_cached("SELECT name, coalesce(text, body) FROM messages WHERE place = ?1")?;
    let found = find.query_row([place], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)));
    let Some((name, text)) = found.optional()? else { return Ok(false) };
    let now = text.map(|text| (fold(&name), fold(&text)));
    let mut known = index.prepare_cached("SELECT name, text FROM texts WHERE place = ?1")?;
    let known: Option<(String, String)> = known.query_row([place], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if known == now {
        return Ok(false);
    }
    if let Some((name, text)) = &known {
        let mut forget = index.prepare_cached("INSERT INTO grams (grams, rowid, gram) VALUES ('delete', ?1, ?2)")?;
        forget.execute(params![place, grams::of_message(name, text)])?;
        index.prepare_cached("DELETE FROM texts WHERE place = ?1")?.execute([place])?;
    }
    if let Some((name, text)) = &now {
        learn(index, place, name, text)?;
    }
    Ok(now.is_none() && known.is_some())
}

/// Takes in a message that is not known.
fn learn(index: &Connection, place: i64, name: &str, text: &str) -> rusqlite::Result<()> {
    let mut keep = index.prepare_cached("INSERT INTO texts (place, name, text) VALUES (?1, ?2, ?3)")?;
    keep.execute(params![place, name, text])?;
    let mut learn = index.prepare_cached("INSERT INTO grams (rowid, gram) VALUES (?1, ?2)")?;
    learn.execute(params![place, grams::of_message(name, text)])?;
    Ok(())
}

/// What an hour in `hours` is.
pub(super) const HOUR_MS: i64 = 3_600_000;

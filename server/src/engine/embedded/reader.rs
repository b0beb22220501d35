//! Reading beside the writer: SQLite's write-ahead log lets both go on at once.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use parlor::{Author, AuthorId, Name, RoomName};
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::Semaphore;

use super::super::EngineError;
use super::log;

/// Who reads at once, at most; others wait. Reading is work for the processor: with more of them each would take longer,
/// and a connection that is opened for one read costs more than the read.
const AT_ONCE: usize = 4;

/// Connections for reading.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    file: PathBuf,
    connect: fn(&PathBuf) -> rusqlite::Result<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(
        file: &PathBuf,
        connect: fn(&PathBuf) -> rusqlite::Result<Connection>,
    ) -> rusqlite::Result<Self> {
        let first = connect(file)?;
        let idle = Arc::new(Mutex::new(vec![first]));
        Ok(Self { file: file.clone(), connect, idle, turns: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Reads on a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        let this = self.clone();
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| EngineError::Unavailable)?;
        let outcome = tokio::task::spawn_blocking(move || {
            // Kept until it is done, also if whoever asked has gone.
            let _turn = turn;
            let idle = this.idle.lock().pop();
            let database = idle.map_or_else(|| (this.connect)(&this.file), Ok)?;
            let outcome = read(&database);
            this.idle.lock().push(database);
            outcome
        });
        match outcome.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => {
                tracing::error!(%error, "the database can't be read");
                Err(EngineError::Unavailable)
            }
            Err(_) => Err(EngineError::Unavailable),
        }
    }
}

/// Everybody who holds a name.
pub(super) fn holders(database: &Connection) -> rusqlite::Result<Vec<Author>> {
    let mut select = database.prepare_cached("SELECT author, name FROM holders")?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut holders = Vec::new();
    for row in rows {
        let (id, name) = row?;
        // A name that the rules of today refuse is not held any more.
        holders.extend(Name::try_from(name).ok().map(|name| Author { id: AuthorId(id.into()), name }));
    }
    Ok(holders)
}

/// How far somebody has read a room.
pub(super) fn read_up_to(database: &Connection, who: &AuthorId, room: &RoomName) -> rusqlite::Result<Option<u64>> {
    let Some((room, _)) = log::find_room(database, room)? else { return Ok(None) };
    let mut select = database.prepare_cached("SELECT seq FROM read WHERE author = ?1 AND room = ?2")?;
    select.query_row(params![who.as_str(), room.0], |row| row.get(0)).optional()
}

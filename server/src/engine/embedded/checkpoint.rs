//! Copies the write-ahead log into the database, in a thread of its own: it costs seconds of disk, and nobody's turn.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use std::{fs, thread};

use rusqlite::Connection;

use super::{OpenError, connect};

/// How often the log's size is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Bytes of write-ahead log above which it is worth copying.
const WORTHWHILE: u64 = 8 << 20;

/// Bytes above which the writer itself stops to copy it. The thread can't get to its end while the writer adds to it
/// without a pause; and a start after a crash reads all of it, within a second.
const TOO_LONG: u64 = 64 << 20;

/// The write-ahead log beside a database.
#[derive(Clone, Debug)]
pub(super) struct WriteAheadLog(PathBuf);

impl WriteAheadLog {
    pub(super) fn of(database: &Path) -> Self {
        let mut file = database.to_owned().into_os_string();
        file.push("-wal");
        Self(PathBuf::from(file))
    }

    fn bytes(&self) -> u64 {
        fs::metadata(&self.0).map_or(0, |metadata| metadata.len())
    }

    /// For the writer, between two commits: copies the log if nobody else gets to it.
    pub(super) fn keep_short(&self, database: &Connection) {
        if self.bytes() > TOO_LONG {
            self.empty(database);
        }
    }

    /// Copies all of it and makes the file empty.
    pub(super) fn empty(&self, database: &Connection) {
        checkpoint(database, "TRUNCATE");
    }
}

/// A failure is no loss: the log stays as it is, and is copied another time.
fn checkpoint(database: &Connection, mode: &str) {
    if let Err(error) = database.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log can't be copied into the database");
    }
}

/// The thread, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Checkpoints {
    _stop: Sender<()>,
}

impl Checkpoints {
    pub(super) fn start(file: &PathBuf, log: WriteAheadLog) -> Result<Self, OpenError> {
        let database = connect(file)?;
        let (stop, stopped) = channel::<()>();
        let run = move || {
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if log.bytes() > WORTHWHILE {
                    // PASSIVE waits for nobody; the writer begins the log anew when all of it has been copied.
                    checkpoint(&database, "PASSIVE");
                }
            }
        };
        thread::Builder::new().name("parlor-checkpoint".to_owned()).spawn(run)?;
        Ok(Self { _stop: stop })
    }
}

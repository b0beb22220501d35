//! Checkpoints: copying the write-ahead log into the database, on a thread of its own. A checkpoint takes seconds of
//! disk time, and no request waits for it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use std::{fs, thread};

use rusqlite::Connection;

use super::super::open_error::OpenError;
use super::super::sqlite::connect;

/// How often the thread checks the size of the write-ahead log.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Size of the write-ahead log, in bytes, above which the thread makes a checkpoint.
const CHECKPOINT_BYTES: u64 = 8 << 20;

/// Size, in bytes, above which the writer itself makes a checkpoint. The thread can't complete one while the writer
/// adds to the log without a pause. A start after a crash reads all of the log, within a second at this size.
const MAX_BYTES: u64 = 64 << 20;

/// The write-ahead log of a database.
#[derive(Clone, Debug)]
pub(super) struct WriteAheadLog(PathBuf);

impl WriteAheadLog {
    pub(super) fn of(database: &Path) -> Self {
        let mut path = database.to_owned().into_os_string();
        path.push("-wal");
        Self(PathBuf::from(path))
    }

    /// Size of the file in bytes, 0 if there is none.
    fn bytes(&self) -> u64 {
        fs::metadata(&self.0).map_or(0, |metadata| metadata.len())
    }

    /// Makes a checkpoint if the log has become too long. The writer calls this between two commits.
    pub(super) fn limit_size(&self, database: &Connection) {
        if self.bytes() > MAX_BYTES {
            self.truncate(database);
        }
    }

    /// Copies the whole log into the database and truncates its file.
    pub(super) fn truncate(&self, database: &Connection) {
        checkpoint(database, "TRUNCATE");
    }
}

/// Makes a checkpoint. After a failure the log is unchanged, and the next checkpoint copies it.
fn checkpoint(database: &Connection, mode: &str) {
    if let Err(error) = database.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log can't be copied into the database");
    }
}

/// The thread that makes checkpoints. It ends when this handle is dropped.
#[derive(Debug)]
pub(super) struct CheckpointThread {
    _stop: Sender<()>,
}

impl CheckpointThread {
    pub(super) fn start(path: &Path, log: WriteAheadLog) -> Result<Self, OpenError> {
        let database = connect(path)?;
        let (stop, stopped) = channel::<()>();
        let run = move || {
            while stopped.recv_timeout(CHECK_INTERVAL) == Err(RecvTimeoutError::Timeout) {
                if log.bytes() > CHECKPOINT_BYTES {
                    // PASSIVE waits for no other connection. When all of the log has been copied, the writer starts it
                    // from its beginning.
                    checkpoint(&database, "PASSIVE");
                }
            }
        };
        thread::Builder::new().name("parlor-checkpoint".to_owned()).spawn(run)?;
        Ok(Self { _stop: stop })
    }
}

//! Copies the write-ahead log into the database, in a thread of its own: it costs seconds of disk, and nobody's turn.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use std::{fs, io, thread};

use super::{OpenError, connect};

/// How often the log's size is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Bytes of write-ahead log above which it is worth copying; also what a start after a crash reads at most, roughly.
const WORTHWHILE: u64 = 8 << 20;

/// The thread, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Checkpoints {
    _stop: Sender<()>,
}

impl Checkpoints {
    pub(super) fn start(file: &PathBuf) -> Result<Self, OpenError> {
        let database = connect(file)?;
        let mut log = file.clone().into_os_string();
        log.push("-wal");
        let log = PathBuf::from(log);
        let (stop, stopped) = channel::<()>();
        let run = move || {
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if size(&log).unwrap_or(0) < WORTHWHILE {
                    continue;
                }
                // PASSIVE waits for nobody; the writer begins the log anew when all of it has been copied.
                if let Err(error) = database.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
                    tracing::warn!(%error, "the write-ahead log can't be copied into the database");
                }
            }
        };
        thread::Builder::new().name("parlor-checkpoint".to_owned()).spawn(run)?;
        Ok(Self { _stop: stop })
    }
}

fn size(file: &PathBuf) -> io::Result<u64> {
    fs::metadata(file).map(|metadata| metadata.len())
}

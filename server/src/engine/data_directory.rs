//! The data directory, which one process uses at a time. Only its owner can read the stored data.
//!
//! Files and directories that the server creates are private from the start, whatever the umask. SQLite gives a
//! write-ahead log and its shared-memory file the mode of the database they belong to, so creating the database file is
//! enough.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::open_error::{FILE_NAME, OpenError};

/// The mode of a directory that the server creates.
const DIRECTORY_MODE: u32 = 0o700;

/// The mode of a file that the server creates.
const FILE_MODE: u32 = 0o600;

/// The permission bits of everyone but the owner.
const OTHERS: u32 = 0o077;

/// The name of the file that is locked while the directory is in use.
const LOCK: &str = "lock";

/// The name of the search index.
const SEARCH_INDEX: &str = "search.db";

/// The files of a data directory, by name.
const FILES: [&str; 7] =
    [LOCK, FILE_NAME, "parlor.db-wal", "parlor.db-shm", SEARCH_INDEX, "search.db-wal", "search.db-shm"];

/// A data directory that no other process can open until this is dropped.
#[derive(Debug)]
pub(super) struct DataDirectory {
    path: PathBuf,
    /// The kernel releases the lock when the process ends.
    _lock: File,
}

impl DataDirectory {
    /// Opens the directory. If it is missing, it is created with its parents.
    ///
    /// # Errors
    /// [`OpenError::InUse`] and [`OpenError::Io`].
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(path.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => OpenError::InUse,
            fs::TryLockError::Error(error) => OpenError::Io(error),
        })?;
        warn_if_open_to_others(path);
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The path of the database of the embedded engine.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join(FILE_NAME)
    }

    /// The path of the search index.
    pub(super) fn search_index(&self) -> PathBuf {
        self.path.join(SEARCH_INDEX)
    }

    /// Size of all files, in bytes.
    pub(super) fn stored_bytes(&self) -> io::Result<u64> {
        let size = |name| match fs::metadata(self.path.join(name)) {
            Ok(file) => Ok(file.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        };
        FILES.into_iter().map(size).sum()
    }
}

/// Creates an empty file unless it exists.
pub(super) fn create_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Logs a warning if other users can access an existing directory, or a file of Parlor in it. The permissions are not
/// changed: the host may have given access to a group on purpose.
fn warn_if_open_to_others(directory: &Path) {
    let paths = [directory.to_owned()].into_iter().chain(FILES.map(|name| directory.join(name)));
    let open: Vec<_> =
        paths.filter_map(|path| Some((mode(&path)?, path))).filter(|(mode, _)| mode & OTHERS != 0).collect();
    let Some((mode, path)) = open.first() else { return };
    let command = open.iter().fold("chmod go=".to_owned(), |mut command, (_, path)| {
        let _ = write!(command, " {}", quoted(path));
        command
    });
    tracing::warn!(path = %path.display(), mode = %format_args!("{mode:04o}"), "other users can read the stored data: run {command}");
}

/// The permission bits; `None` for a missing file.
fn mode(path: &Path) -> Option<u32> {
    Some(fs::metadata(path).ok()?.permissions().mode() & 0o7777)
}

/// The path as one word of a shell command.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

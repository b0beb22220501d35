//! File permissions of the data directory: only its owner can read the stored data.
//!
//! Files and directories that the server creates are private from the start, whatever the umask. SQLite gives a
//! write-ahead log and its shared-memory file the mode of the database they belong to, so creating the database file is
//! enough.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// The mode of a directory that the server creates.
const DIRECTORY_MODE: u32 = 0o700;

/// The mode of a file that the server creates.
const FILE_MODE: u32 = 0o600;

/// The permission bits of everyone but the owner.
const OTHERS: u32 = 0o077;

/// The files of a data directory, by name.
const FILES: [&str; 7] =
    ["lock", "parlor.db", "parlor.db-wal", "parlor.db-shm", "search.db", "search.db-wal", "search.db-shm"];

/// Creates the directory and its missing parents. Does nothing if it exists.
pub(super) fn create_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path)
}

/// Creates an empty file unless it exists.
pub(super) fn create_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Opens a file for writing, and creates it if it is missing.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(path)
}

/// Size of all files of a data directory, in bytes.
pub(super) fn stored_bytes(directory: &Path) -> io::Result<u64> {
    let size = |name| match fs::metadata(directory.join(name)) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    };
    FILES.into_iter().map(size).sum()
}

/// Logs a warning if other users can access an existing directory, or a file of Parlor in it. The permissions are not
/// changed: the host may have given access to a group on purpose.
pub(super) fn warn_if_open_to_others(directory: &Path) {
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

//! Why a database server can't be used.

use std::io;

/// Where Debian installs the programs, in one folder per version.
pub(super) const DEBIAN: &str = "/usr/lib/postgresql";

/// The user that the server runs as if this process is root's, since it refuses to run as root.
pub(super) const USER: &str = "postgres";

/// Why a server can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PostgresServerError {
    /// The programs are not installed.
    #[error(
        "initdb, pg_basebackup, postgres and psql are neither in PATH nor in {DEBIAN}: install the package postgresql"
    )]
    NotInstalled,
    /// This process is root's, and there is no other user to run the server as.
    #[error("the server can't run as root, and there is no user {USER}: install the package postgresql")]
    NoUser,
    /// A file or process can't be created or used.
    #[error("the database server can't be started or stopped: {0}")]
    Io(#[from] io::Error),
    /// A program failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// The program's name.
        program: &'static str,
        /// What it wrote.
        output: String,
    },
    /// The server did not start, or did not do in time what it was asked for.
    #[error("the database server did not {action} in time; the end of its log:\n{log}")]
    Timeout {
        /// What it was to do.
        action: &'static str,
        /// The end of its log.
        log: String,
    },
}

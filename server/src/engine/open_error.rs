//! Why a data directory can't be opened.

use std::io;

use super::sql::connection::SqlError;

/// The name of the database of the embedded engine.
pub(super) const FILE_NAME: &str = "parlor.db";

/// Why a data directory can't be opened. The directory is left unchanged.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or a file in it can't be created, read or written.
    #[error("it can't be used: {0}")]
    Io(#[from] io::Error),
    /// Another process holds the lock of the directory.
    #[error("another Parlor is using it")]
    InUse,
    /// No server has stored anything in the directory.
    #[error("there is no {FILE_NAME} in it: start the server once")]
    NoDatabase,
    /// The database was written by an older Parlor.
    #[error("{FILE_NAME} in it has schema version {found}: start a server of this version ({supported}) once")]
    Older {
        /// The database's schema version.
        found: u32,
        /// The schema version of this program.
        supported: u32,
    },
    /// The database file belongs to another program.
    #[error("{FILE_NAME} in it is not a database of Parlor")]
    NotParlorDatabase,
    /// The database was written by a newer Parlor.
    #[error("{FILE_NAME} in it has schema version {found}, and this Parlor knows up to {supported}: use a newer one")]
    Newer {
        /// The database's schema version.
        found: u32,
        /// The newest schema version that this program supports.
        supported: u32,
    },
    /// The logs can't be read, from which the search index in the directory is made. The cause is logged.
    #[error("its search index can't be compared with the logs, which can't be read")]
    Log,
    /// The database can't be read.
    #[error("{FILE_NAME} in it is damaged or can't be read: {0}")]
    Damaged(#[from] SqlError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Damaged(error.into())
    }
}

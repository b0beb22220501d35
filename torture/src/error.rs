//! Why a test run ends without a verdict.

use std::io;

use crate::auditor::NoReply;
use crate::postgres_server::PostgresServerError;
use crate::server_process::ServerProcessError;

/// Why a test run ended without a verdict.
#[derive(Debug, thiserror::Error)]
pub enum TortureError {
    /// The flags contradict each other.
    #[error("{0}")]
    Flags(&'static str),
    /// The database under test did not start, or could not be changed as planned.
    #[error("{0}")]
    Database(#[from] PostgresServerError),
    /// The server under test did not start, or it exited unexpectedly.
    #[error("{0}")]
    Server(String),
    /// The auditor could not read the rooms' logs.
    #[error("{0}")]
    Audit(String),
    /// The operating system refused a file, a socket or a process.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<ServerProcessError> for TortureError {
    fn from(error: ServerProcessError) -> Self {
        Self::Server(error.to_string())
    }
}

impl From<NoReply> for TortureError {
    fn from(error: NoReply) -> Self {
        Self::Audit(error.to_string())
    }
}

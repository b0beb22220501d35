//! The database for commands that run beside a server. It takes no lock of the data directory, and writes only rows that
//! the server reads when they are used.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::super::open_error::FILE_NAME;
use super::super::open_error::OpenError;
use super::super::sql::connection::{SqlConnection, SqlError, SqlResult};
use super::super::sql::{bot_tokens, invitations};
use super::super::{EngineError, NewBotToken, NewInvitation, now};
use super::schema;

/// An open database of a data directory, of which a server may be running.
#[derive(Debug)]
pub struct AdminDatabase(Connection);

/// Why a command could not write.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The change is refused.
    #[error(transparent)]
    Refused(#[from] EngineError),
    /// The database can't be written.
    #[error("the database can't be written: {0}")]
    Database(#[from] SqlError),
}

impl AdminDatabase {
    /// Opens the database of a data directory in which a server of this version has run.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        Ok(Self(schema::open_existing(&directory.join(FILE_NAME))?))
    }

    /// Stores an invitation.
    ///
    /// # Errors
    /// [`AdminError`].
    pub fn add_invitation(&mut self, invitation: &NewInvitation) -> Result<(), AdminError> {
        self.write(|database| invitations::add(database, invitation, now()))
    }

    /// Stores a bot token.
    ///
    /// # Errors
    /// [`AdminError`].
    pub fn add_bot_token(&mut self, token: &NewBotToken) -> Result<(), AdminError> {
        self.write(|database| bot_tokens::add(database, token, now()))
    }

    fn write<T>(
        &mut self,
        write: impl FnOnce(&dyn SqlConnection) -> SqlResult<Result<T, EngineError>>,
    ) -> Result<T, AdminError> {
        // Waits while the server commits, and the server waits for this.
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate).map_err(SqlError::from)?;
        let written = write(&*transaction)??;
        transaction.commit().map_err(SqlError::from)?;
        Ok(written)
    }
}

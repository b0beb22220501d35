//! The shared database for commands that run beside the nodes. They are no node themselves, and write only rows that nodes
//! read when they are used.

use super::super::sql::store::WriteScope;
use super::super::sql::{bot_tokens, invitations};
use super::super::{EngineError, NewBotToken, NewInvitation};
use super::config::PostgresConfig;
use super::pool::PostgresPool;
use super::{PostgresError, schema, transactions};

/// An open database that servers use.
#[derive(Debug)]
pub struct PostgresAdmin(PostgresPool);

impl PostgresAdmin {
    /// Connects to a database in which a server of this version has run.
    ///
    /// # Errors
    /// [`PostgresError`].
    pub async fn open(config: PostgresConfig) -> Result<Self, PostgresError> {
        let pool = PostgresPool::new(config)?;
        schema::check_version(&*pool.get().await?).await?;
        Ok(Self(pool))
    }

    /// Stores an invitation.
    ///
    /// # Errors
    /// The change is refused, or the database can't be written.
    pub async fn add_invitation(&self, invitation: NewInvitation) -> Result<(), EngineError> {
        let add = transactions::write(&self.0, WriteScope::Server, move |context| {
            invitations::add(context.database, &invitation, context.at)
        });
        add.await.map(|_| ())
    }

    /// Stores a bot token.
    ///
    /// # Errors
    /// The change is refused, or the database can't be written.
    pub async fn add_bot_token(&self, token: NewBotToken) -> Result<(), EngineError> {
        let add = transactions::write(&self.0, WriteScope::Server, move |context| {
            bot_tokens::add(context.database, &token, context.at)
        });
        add.await.map(|_| ())
    }
}

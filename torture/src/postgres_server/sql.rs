//! SQL that the server executes, and its settings.

use std::process::Command;

use super::installation::output;
use super::{PostgresServer, PostgresServerError};

impl PostgresServer {
    /// Runs SQL in the database `postgres` and returns the rows, a line for each, with `|` between columns.
    ///
    /// # Errors
    /// [`PostgresServerError::Failed`] with the database's message.
    pub fn query(&self, sql: &str) -> Result<String, PostgresServerError> {
        self.query_in("postgres", sql)
    }

    /// Runs SQL in a database, like [`query`](Self::query).
    ///
    /// # Errors
    /// [`PostgresServerError::Failed`] with the database's message.
    pub fn query_in(&self, database: &str, sql: &str) -> Result<String, PostgresServerError> {
        Ok(output("psql", self.psql(database).args(["-c", sql]))?.trim_end().to_owned())
    }

    /// The command that runs SQL in a database, from its standard input if it gets no other arguments. It writes rows
    /// like [`query`](Self::query) and ends at the first error.
    #[must_use]
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = self.command("psql");
        psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", &self.url_of(database)]);
        psql.env("PGCONNECT_TIMEOUT", "10");
        psql
    }

    /// Creates an empty database and returns its connection URL.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn create_database(&self, name: &str) -> Result<String, PostgresServerError> {
        self.query(&format!("CREATE DATABASE \"{name}\""))?;
        Ok(self.url_of(name))
    }

    /// Changes a setting that needs no restart, and waits until it applies to new connections.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn set(&self, name: &str, value: &str) -> Result<(), PostgresServerError> {
        let loaded = self.query("SELECT pg_conf_load_time()")?;
        self.query(&format!("ALTER SYSTEM SET {name} = '{}'", value.replace('\'', "''")))?;
        self.query("SELECT pg_reload_conf()")?;
        self.wait_for("reload its settings", |server| Ok(server.query("SELECT pg_conf_load_time()")? != loaded))
    }
}

//! A second server that follows the first by streaming replication, and takes its place.

use super::installation::output;
use super::{PostgresServer, PostgresServerError};

/// Whether a standby receives what the server writes.
const IS_STREAMING: &str = "SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'streaming'";

impl PostgresServer {
    /// Makes and starts another server that follows this one by streaming replication. Commits wait for it only if
    /// `synchronous_standby_names` is `*`.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn standby(&self) -> Result<Self, PostgresServerError> {
        let mut standby = Self::in_new_folder(self.installation.clone())?;
        if self.has_small_disk {
            standby.mount_small_disk()?;
        }
        let mut copy = standby.command("pg_basebackup");
        copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", &self.url(), "-D"]);
        output("pg_basebackup", copy.arg(standby.data()))?;
        let standby = standby.configure_and_start("")?;
        self.wait_for_standby()?;
        Ok(standby)
    }

    /// Waits until a standby receives what this server writes.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn wait_for_standby(&self) -> Result<(), PostgresServerError> {
        self.wait_for("start replication", |server| Ok(server.query(IS_STREAMING)? == "t"))
    }

    /// Makes a standby accept writes. It does not follow another server any more.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn promote(&mut self) -> Result<(), PostgresServerError> {
        self.query("SELECT pg_promote(wait => false)")?;
        self.wait_for("accept writes", |server| Ok(server.query("SELECT pg_is_in_recovery()")? == "f"))
    }
}

//! The embedded engine as a [`Fixture`].

use parlor_server::engine::{Deliveries, Directory, EmbeddedEngine, EventLog};
use rusqlite::Connection;

use super::fixture::Fixture;
use super::records::unix_millis;
use crate::support::engine::{TempDir, open};

/// An embedded engine in a temporary directory.
pub(super) struct EmbeddedFixture {
    /// `None` only while it is reopened: one process has one engine in a directory.
    opened: Option<(EmbeddedEngine, Deliveries)>,
    temp_dir: TempDir,
}

impl EmbeddedFixture {
    fn engine(&self) -> &EmbeddedEngine {
        &self.opened.as_ref().unwrap().0
    }

    /// Closes the engine, runs statements on its database, and opens it again.
    async fn reopen_after(&mut self, sql: &str) {
        self.engine().close().await;
        self.opened = None;
        Connection::open(self.temp_dir.0.join("parlor.db")).unwrap().execute_batch(sql).unwrap();
        self.opened = Some(open(&self.temp_dir.0));
    }
}

impl Fixture for EmbeddedFixture {
    async fn create() -> Self {
        let temp_dir = TempDir::new();
        Self { opened: Some(open(&temp_dir.0)), temp_dir }
    }

    fn directory(&self) -> &dyn Directory {
        self.engine()
    }

    fn log(&self) -> &dyn EventLog {
        self.engine()
    }

    async fn reopen(&mut self) {
        self.reopen_after("").await;
    }

    async fn pass_time(&mut self, millis: u64) {
        let columns = [("device_links", "created"), ("invitations", "expires"), ("accounts", "old_secret_until")];
        let sql = columns.map(|(table, column)| format!("UPDATE {table} SET {column} = {column} - {millis};"));
        self.reopen_after(&sql.concat()).await;
    }

    async fn store_nameless_accounts(&mut self, count: usize) {
        let now = unix_millis();
        let sql = format!(
            "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers LIMIT {count})
             INSERT INTO accounts (id, created, used) SELECT 'nameless ' || number, {now}, {now} FROM numbers;"
        );
        self.reopen_after(&sql).await;
    }
}

//! The embedded engine as a [`Fixture`].

use parlor_server::engine::{Deliveries, Directory, EmbeddedEngine, EventLog};
use rusqlite::Connection;

use super::engine::{TempDir, open, unix_millis};
use super::fixture::Fixture;

/// An embedded engine in a temporary directory.
pub(crate) struct EmbeddedFixture {
    /// `None` only while it is reopened: one process has one engine in a directory.
    opened: Option<(EmbeddedEngine, Deliveries)>,
    temp_dir: TempDir,
}

impl EmbeddedFixture {
    /// Opens an engine in a directory.
    pub(crate) fn open(temp_dir: TempDir) -> Self {
        Self { opened: Some(open(&temp_dir.0)), temp_dir }
    }

    /// Closes the engine and returns its directory, when all deliveries are received and nothing uses a file any more.
    pub(crate) async fn close(mut self) -> TempDir {
        self.engine().close().await;
        if let Some((_, mut deliveries)) = self.opened.take() {
            while deliveries.recv().await.is_some() {}
        }
        self.temp_dir
    }

    fn database(&self) -> Connection {
        Connection::open(self.temp_dir.0.join("parlor.db")).unwrap()
    }

    fn engine(&self) -> &EmbeddedEngine {
        &self.opened.as_ref().unwrap().0
    }
}

impl Fixture for EmbeddedFixture {
    async fn create() -> Self {
        Self::open(TempDir::new())
    }

    fn directory(&self) -> &dyn Directory {
        self.engine()
    }

    fn log(&self) -> &dyn EventLog {
        self.engine()
    }

    fn log_and_deliveries(&mut self) -> (&dyn EventLog, &mut Deliveries) {
        let (engine, deliveries) = self.opened.as_mut().unwrap();
        (engine, deliveries)
    }

    async fn reopen_after(&mut self, sql: &str) {
        self.engine().close().await;
        self.opened = None;
        self.execute(sql);
        self.opened = Some(open(&self.temp_dir.0));
    }

    async fn store_nameless_accounts(&mut self, count: usize) {
        let now = unix_millis();
        let sql = format!(
            "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers LIMIT {count})
             INSERT INTO accounts (id, created, used) SELECT 'nameless ' || number, {now}, {now} FROM numbers;"
        );
        self.reopen_after(&sql).await;
    }

    fn execute(&self, sql: &str) {
        self.database().execute_batch(sql).unwrap();
    }

    fn query_integer(&self, sql: &str) -> i64 {
        self.database().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

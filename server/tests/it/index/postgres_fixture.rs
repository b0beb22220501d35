//! The engine for PostgreSQL as a [`Fixture`].

use std::path::Path;
use std::sync::Arc;

use parlor::RoomName;
use parlor_server::engine::{Directory, EventLog, PostgresEngine};

use super::fixture::Fixture;
use crate::support::engine::TempDir;
use crate::support::postgres::{Opened, TestDatabase};

/// An engine with a database and a data directory of its own.
pub(super) struct PostgresFixture {
    opened: Option<Opened>,
    temp_dir: TempDir,
    database: Arc<TestDatabase>,
    backup: Option<TestDatabase>,
}

impl PostgresFixture {
    fn engine(&self) -> &PostgresEngine {
        &self.opened.as_ref().unwrap().0
    }

    /// The database that the engine uses.
    pub(super) fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Opens an engine with the same database and another data directory: another node.
    pub(super) async fn another_node(&self) -> Self {
        let (temp_dir, database) = (TempDir::new(), self.database.clone());
        Self { opened: Some(database.open_in(&temp_dir.0).await.unwrap()), temp_dir, database, backup: None }
    }
}

impl Fixture for PostgresFixture {
    async fn create() -> Self {
        let (temp_dir, database) = (TempDir::new(), Arc::new(TestDatabase::create()));
        Self { opened: Some(database.open_in(&temp_dir.0).await.unwrap()), temp_dir, database, backup: None }
    }

    fn log(&self) -> &dyn EventLog {
        self.engine()
    }

    fn directory(&self) -> &dyn Directory {
        self.engine()
    }

    fn data(&self) -> &Path {
        &self.temp_dir.0
    }

    fn room_id(&self, room: &RoomName) -> i64 {
        self.database.query(&format!("SELECT id FROM rooms WHERE name = '{}'", room.as_str())).trim().parse().unwrap()
    }

    async fn close(&mut self) {
        self.engine().close().await;
        self.opened = None;
    }

    async fn open(&mut self) {
        self.opened = Some(self.database.open_in(&self.temp_dir.0).await.unwrap());
    }

    fn change_log(&mut self, sql: &str) {
        self.database.query(sql);
    }

    fn back_up(&mut self) {
        self.backup = Some(self.database.copy());
    }

    fn restore(&mut self) {
        self.database = Arc::new(self.backup.take().unwrap());
    }
}

//! The embedded engine as a [`Fixture`].

use std::fs;
use std::path::Path;

use parlor::RoomName;
use parlor_server::engine::{Deliveries, Directory, EmbeddedEngine, EventLog};
use rusqlite::Connection;

use super::fixture::Fixture;
use crate::support::engine::{TempDir, open};

/// An embedded engine in a temporary directory.
pub(super) struct EmbeddedFixture {
    opened: Option<(EmbeddedEngine, Deliveries)>,
    temp_dir: TempDir,
    backup: Vec<u8>,
}

impl EmbeddedFixture {
    fn engine(&self) -> &EmbeddedEngine {
        &self.opened.as_ref().unwrap().0
    }

    fn database(&self) -> Connection {
        Connection::open(self.temp_dir.0.join("parlor.db")).unwrap()
    }
}

impl Fixture for EmbeddedFixture {
    async fn create() -> Self {
        let temp_dir = TempDir::new();
        Self { opened: Some(open(&temp_dir.0)), temp_dir, backup: Vec::new() }
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
        self.database().query_row("SELECT id FROM rooms WHERE name = ?1", [room.as_str()], |row| row.get(0)).unwrap()
    }

    async fn close(&mut self) {
        self.engine().close().await;
        self.opened = None;
    }

    async fn open(&mut self) {
        self.opened = Some(open(&self.temp_dir.0));
    }

    fn change_log(&mut self, sql: &str) {
        self.database().execute_batch(sql).unwrap();
    }

    fn back_up(&mut self) {
        self.backup = fs::read(self.temp_dir.0.join("parlor.db")).unwrap();
    }

    fn restore(&mut self) {
        fs::write(self.temp_dir.0.join("parlor.db"), &self.backup).unwrap();
    }
}
